// From the checkpoints linked to a commit to what there is to say about it. Pure; how it looks is decided elsewhere.

import { BRING_HINT, DOCTOR_HINT } from './absence.ts'
import type { Absence } from './absence.ts'
import type {
  CheckpointRecord, Evidence, FileRecord, LinkRecord, SessionRecord, Statement, TranscriptEntry, TurnRecord,
} from './checkpoint.ts'
import type { CommitSummary, UnreadCommit } from './commit-summary.ts'
import type { CheckpointId, Oid, SessionId } from './ids.ts'

/** A checkpoint as it was found behind a link. */
export interface FoundCheckpoint {
  readonly kind: 'found'
  /** Absent: a session checkpoint that was looked for itself. */
  readonly link?: LinkRecord
  readonly record: CheckpointRecord
  /** Its folder in the tree of the ref. */
  readonly folder: string
}

export type LostCheckpoint =
  /** A link leads to a checkpoint that is not here. */
  | { readonly kind: 'missing'; readonly checkpoint: CheckpointId }
  | { readonly kind: 'newer'; readonly checkpoint: CheckpointId; readonly schema: number }
  | { readonly kind: 'unreadable'; readonly checkpoint: CheckpointId; readonly reason: string }

export type StoredCheckpoint = FoundCheckpoint | LostCheckpoint

/** A checkpoint with what was read of its transcript. */
export type ReadCheckpoint = FoundCheckpoint & { readonly entries: readonly TranscriptEntry[] }

/** All that there is about one commit. */
export interface CommitExplanation<Commit = CommitSummary | UnreadCommit> {
  readonly commit: Commit
  readonly checkpoints: readonly ReadCheckpoint[]
  /** Links whose checkpoint is not here, or cannot be read. */
  readonly lost: readonly LostCheckpoint[]
  /** What it reverts, what that reverts in its turn, and so on. No part of its own reasoning. */
  readonly reverted?: readonly RevertedCommit[]
  /** Why there is neither; absent where there is, and where nobody asked. */
  readonly absence?: Absence
}

export interface RevertedCommit {
  readonly oid: Oid
  readonly subject: string
  readonly checkpoints: readonly CheckpointId[]
}

/** One checkpoint without what an earlier one has already said. */
export interface ExplainedCheckpoint {
  readonly id: CheckpointId
  readonly kind: CheckpointRecord['kind']
  /** A session checkpoint that is shown for itself, and not for a commit. */
  readonly isAlone: boolean
  readonly sessions: readonly ExplainedSession[]
  readonly files: readonly FileRecord[]
  readonly symbols: CheckpointRecord['symbols']
  readonly redactions: CheckpointRecord['redactions']
  /** In plain words, most important first. */
  readonly evidence: readonly string[]
  /** Other checkpoints that say the same: two clones promoted the same commit. */
  readonly twins: readonly CheckpointId[]
}

export interface ExplainedSession {
  readonly record: SessionRecord
  readonly turns: readonly TurnRecord[]
  readonly statements: readonly Statement[]
  readonly entries: readonly TranscriptEntry[]
}

/** `session`: the beginning of the only session that is wanted. */
export function explainCheckpoints(linked: readonly ReadCheckpoint[], session = ''): readonly ExplainedCheckpoint[] {
  const told = new Set<string>()
  const isNew = (key: string): boolean => !told.has(key) && told.add(key) !== undefined
  const explained: ExplainedCheckpoint[] = []
  for (const checkpoint of linked) {
    const one = explainOne(checkpoint, session, isNew)
    if (one.sessions.length > 0) explained.push(one)
    else {
      const twin = explained.findLastIndex((other) => linked.some(({ record }) =>
        record.id === other.id && record.kind === one.kind && record.origin.commit === checkpoint.record.origin.commit))
      if (twin >= 0) explained[twin] = { ...explained[twin]!, twins: [...explained[twin]!.twins, one.id] }
    }
  }
  return explained
}

function explainOne(checkpoint: ReadCheckpoint, wanted: string, isNew: (key: string) => boolean): ExplainedCheckpoint {
  const { link, record, entries } = checkpoint
  const sessions = record.sessions.filter(({ session }) => session.startsWith(wanted)).flatMap((session) => {
    const place = `${session.agent} ${session.session}`
    const isUntold = (...facts: readonly unknown[]): boolean => isNew(JSON.stringify([place, ...facts]))
    const isIts = (one: { readonly session: SessionId }): boolean => one.session === session.session
    const one: ExplainedSession = {
      record: session,
      turns: session.turns.filter((turn) => isUntold('turn', turn.number, turn.startedAt, turn.prompt, turn.response)),
      statements: record.statements.filter((each) => isIts(each) && isUntold(each.kind, each.turn, each.text)),
      entries: entries.filter((each) => isIts(each) && each.agent === session.agent && isUntold('entry', each.id)),
    }
    return one.turns.length + one.statements.length + one.entries.length > 0 ? [one] : []
  })
  const shown = new Set<SessionId>(sessions.map((session) => session.record.session))
  return {
    id: record.id,
    kind: record.kind,
    isAlone: link === undefined,
    sessions,
    files: wanted === '' ? record.files
      : record.files.filter((file) => file.sessions.some((session) => shown.has(session))),
    symbols: record.symbols,
    redactions: record.redactions,
    evidence: [
      ...link === undefined ? [] : [explainLink(link, record.origin.commit)],
      ...record.evidence.filter((evidence) => shown.has(evidence.session) && isReason(evidence, link)).map((evidence) =>
        (shown.size > 1 ? `${evidence.session.slice(0, 8)}: ` : '') + explainEvidence(evidence)),
    ],
    twins: [],
  }
}

/** That a session was kept for its own sake is no reason why a commit has it. */
const isReason = ({ why }: Evidence, link: LinkRecord | undefined): boolean => why !== 'session' || link === undefined

/** Why this commit has this checkpoint. */
export function explainLink(link: LinkRecord, origin: Oid): string {
  const from = (link.from ?? origin).slice(0, 10)
  if (link.evidence === 'commit') return 'made for this commit'
  if (link.evidence === 'attached' && link.by === 'promotion') {
    return `kept on top of ${from} before this commit, linked by its edits, which are in it`
  }
  const words = LINK_WORDS[link.evidence]?.(from, link.by) ?? `'${link.evidence}'`
  return `made for ${origin.slice(0, 10)}, linked by ${words}${words.includes(link.by) ? '' : ` (${link.by})`}`
}

/** A newer version may know more kinds. */
const LINK_WORDS: Readonly<Partial<Record<LinkRecord['evidence'], (from: string, by: string) => string>>> = {
  'rewrite': (from, by) => `${by} of ${from}`,
  'cherry-pick': (from) => `cherry-pick from ${from}`,
  'squash': (from) => `squash of ${from}`,
  'split': (from) => `split of ${from}`,
  'tree': (from) => `tree: inferred from ${from}, which left exactly these files`,
  'patch-id': (from) => `patch-id: inferred from ${from}, which made exactly this change`,
  'attached': (from, by) => by === 'import' ? `import: another tool names it as it does that of ${from}` : 'hand',
}

function explainEvidence({ why, paths = [], late }: Evidence): string {
  const files = paths.length === 0 ? 'files' : paths.length === 1 ? paths[0]! : `${paths.length} files`
  const words: Readonly<Record<Evidence['why'], string>> = {
    'edits': `its recorded edits${paths.length === 0 ? '' : ` of ${files}`} are in the commit`,
    'agent-shell': 'the agent\'s own shell made the commit',
    'inferred': `${files} changed while its tools ran (inferred)`,
    'content-replaced': `it wrote ${files}, whose content was replaced before the commit (weak)`,
    'same-turn': 'said in the same turn, after the commit',
    'session': 'kept for its own sake, without a commit',
    'imported': `another tool kept that it had a part in ${paths.length === 0 ? 'the commit' : files}`,
  }
  return `${words[why] ?? why}${late === true ? ', found later, since no hook saw the commit' : ''}`
}

/** What is wrong with a checkpoint that a link leads to, and what may help. */
export function explainLoss(
  lost: LostCheckpoint, place: 'clone' | 'remote' = 'clone',
): { readonly message: string; readonly hint: string } {
  switch (lost.kind) {
    case 'missing': return {
      message: `checkpoint ${lost.checkpoint} is linked, but not ` +
        (place === 'clone' ? 'in this clone' : 'on the remote'),
      hint: place === 'clone' ? BRING_HINT : 'whoever made it has to push it: git bitloops push',
    }
    case 'newer': return {
      message: `checkpoint ${lost.checkpoint} was written by a newer git-bitloops (format ${lost.schema})`,
      hint: 'update git-bitloops',
    }
    case 'unreadable': return {
      message: `checkpoint ${lost.checkpoint} cannot be read: ${lost.reason}`, hint: DOCTOR_HINT,
    }
  }
}
