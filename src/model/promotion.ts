// Decides which sessions led to a commit: their recorded edits must reach it, hunk by hunk where both sides are known.
// Pure: all that was read is a parameter; what is decided is a value.

import type { ChangedPath, FilePatch } from './diff.ts'
import type { Evidence, FileRecord } from './checkpoint.ts'
import type { CheckpointId, SessionId, TurnId } from './ids.ts'
import { bagOf, countIn, isContained, isTelling, reaches } from './line-match.ts'
import type { EditLines, LineBag } from './line-match.ts'

/** A recorded file change that no commit has yet. */
export interface PendingEdit {
  /** Its row in the live store. */
  readonly row: number
  readonly session: SessionId
  readonly turn?: TurnId
  readonly path: string
  readonly from?: string
  readonly change: 'create' | 'modify' | 'delete' | 'rename'
  readonly evidence: 'tool' | 'inferred' | 'unknown'
  /** The checkpoint of an earlier commit has its event, though no commit had the edit. */
  readonly claimed?: true
  /** The session checkpoint that has its event. */
  readonly keptIn?: CheckpointId
  /** Absent when the tool does not tell which lines. */
  readonly lines?: EditLines
}

/** The session in whose shell the commit was made. */
export interface ShellSession {
  readonly session: SessionId
  /** Blob ids of the paths that were already dirty when its turn began; undefined when nobody looked. */
  readonly dirtyBefore?: ReadonlyMap<string, string>
}

export interface CommitDiff {
  readonly changed: readonly ChangedPath[]
  /** Patches of the paths that edits name, by path. */
  readonly patches: ReadonlyMap<string, FilePatch>
  /** Paths of the commit that still differ in the working tree. */
  readonly stillDirty: ReadonlySet<string>
}

export interface Contribution {
  readonly session: SessionId
  readonly why: Evidence['why']
  readonly paths: readonly string[]
  /** Turns whose edits were told in an earlier checkpoint and reach a commit only now: they are told again, whole. */
  readonly turns: ReadonlySet<TurnId>
  /** Session checkpoints that told edits already: the commit is linked to them. */
  readonly kept: ReadonlySet<CheckpointId>
  /** They told all that the session has in the commit. */
  readonly isKept: boolean
}

export interface PlannedPromotion {
  readonly contributions: readonly Contribution[]
  readonly files: readonly FileRecord[]
  /** Edits that no later commit can hold: `taken` by this one, or `lost` (overwritten or thrown away). */
  readonly settled: readonly { readonly row: number; readonly how: 'taken' | 'lost' }[]
}

interface Contributor {
  readonly session: SessionId
  readonly turns: readonly TurnId[]
  readonly kept: readonly CheckpointId[]
  readonly isKept: boolean
  readonly why: Evidence['why']
}

interface PathMatch {
  readonly file?: FileRecord
  readonly by: readonly Contributor[]
  readonly settled: PlannedPromotion['settled']
}

/** What a commit takes; no contribution when no session led to it (its edits may be settled all the same). */
export function planPromotion(
  diff: CommitDiff, edits: readonly PendingEdit[], shell: ShellSession | undefined,
): PlannedPromotion {
  const matches = diff.changed.map((path) =>
    matchPath(path, diff, edits.filter((edit) => concerns(edit, path)), shell))
  const contributions = new Map<SessionId, Gathering>()
  matches.forEach((match, at) => {
    for (const { session, turns, kept, isKept, why } of match.by) {
      const known: Gathering = contributions.get(session)
        ?? { why, paths: new Set(), turns: new Set(), kept: new Set(), isKept: true }
      known.isKept &&= isKept
      for (const checkpoint of kept) known.kept.add(checkpoint)
      if (STRENGTH.indexOf(why) < STRENGTH.indexOf(known.why)) known.why = why
      known.paths.add(diff.changed[at]!.path)
      for (const turn of turns) known.turns.add(turn)
      contributions.set(session, known)
    }
  })
  if (shell !== undefined && diff.changed.length > 0 && !contributions.has(shell.session)) {
    contributions.set(shell.session,
      { why: 'agent-shell', paths: new Set(), turns: new Set(), kept: new Set(), isKept: false })
  }
  return {
    contributions: [...contributions].map(([session, found]) => ({ session, ...found, paths: [...found.paths] })),
    files: matches.flatMap((match) => match.file ?? []),
    settled: matches.flatMap((match) => match.settled),
  }
}

interface Gathering {
  why: Evidence['why']
  readonly paths: Set<string>
  readonly turns: Set<TurnId>
  readonly kept: Set<CheckpointId>
  isKept: boolean
}

const STRENGTH: readonly Evidence['why'][] = ['edits', 'agent-shell', 'inferred', 'content-replaced', 'same-turn']

const concerns = (edit: PendingEdit, changed: ChangedPath): boolean =>
  edit.path === changed.path || edit.path === changed.from || (edit.from !== undefined && edit.from === changed.path)

function matchPath(
  changed: ChangedPath, diff: CommitDiff, edits: readonly PendingEdit[], shell: ShellSession | undefined,
): PathMatch {
  const patch = diff.patches.get(changed.path)
  const bags = { added: bagOf(patch?.added ?? []), removed: bagOf(patch?.removed ?? []) }
  const mayBeAgent = edits.filter((edit) => edit.evidence !== 'unknown')
  const reaching = mayBeAgent.filter((edit) => editReaches(edit, changed, patch, bags))
  const clean = !diff.stillDirty.has(changed.path)
  const settled = edits.flatMap((edit) => settle(edit, reaching.includes(edit), clean, bags.added))
  if (reaching.length > 0) return { file: fileOf(changed, patch, bags, reaching), by: sessionsOf(reaching), settled }

  const made = changed.change === 'create' ? mayBeAgent.filter((edit) => edit.change === 'create') : []
  if (made.length > 0) {
    const by = sessionsOf(made).map((session) => ({ ...session, why: 'content-replaced' as const }))
    return { file: { ...fileOf(changed, patch, bags, made), agentAdded: 0, evidence: 'replaced' }, by, settled }
  }
  if (shell !== undefined && shell.dirtyBefore !== undefined && edits.length === 0
    && shell.dirtyBefore.get(changed.path) !== (changed.oid ?? '')) {
    // Written by the shell that made the commit, or by a tool that does not tell; not there when the turn began.
    const counts = countsOf(patch)
    const file: FileRecord = { ...pathOf(changed), ...counts, evidence: 'inferred', sessions: [shell.session] }
    return { file, by: [{ session: shell.session, turns: [], kept: [], isKept: false, why: 'agent-shell' }], settled }
  }
  return { by: [], settled }
}

function editReaches(
  edit: PendingEdit, changed: ChangedPath, patch: FilePatch | undefined, bags: { added: LineBag; removed: LineBag },
): boolean {
  if (changed.change === 'delete') {
    return edit.change === 'delete' || edit.change === 'rename' || edit.lines !== undefined
  }
  if (edit.change === 'delete') return false
  if (edit.lines === undefined || patch === undefined || patch.binary || changed.change === 'type') return true
  if (edit.lines.added.length === 0 && edit.lines.removed.length === 0) return true
  return reaches(edit.lines, bags)
}

/**
 * A path that is clean again leaves nothing for a later commit; a dirty one keeps the edits that are not wholly in
 * this one.
 */
function settle(
  edit: PendingEdit, reached: boolean, clean: boolean, added: LineBag,
): { row: number; how: 'taken' | 'lost' }[] {
  if (clean) return [{ row: edit.row, how: reached ? 'taken' : 'lost' }]
  const whole = reached && edit.lines !== undefined && isContained(edit.lines, added)
  return whole ? [{ row: edit.row, how: 'taken' }] : []
}

function sessionsOf(edits: readonly PendingEdit[]): PathMatch['by'] {
  return [...new Set(edits.map(({ session }) => session))].map((session) => {
    const own = edits.filter((edit) => edit.session === session)
    return {
      session,
      turns: [...new Set(own.flatMap(({ claimed, turn }) => claimed === true ? turn ?? [] : []))],
      kept: [...new Set(own.flatMap(({ keptIn }) => keptIn ?? []))],
      isKept: own.every(({ keptIn }) => keptIn !== undefined),
      why: own.some(({ evidence }) => evidence === 'tool') ? 'edits' : 'inferred',
    }
  })
}

function fileOf(
  changed: ChangedPath, patch: FilePatch | undefined, bags: { added: LineBag }, edits: readonly PendingEdit[],
): FileRecord {
  const telling = edits.flatMap((edit) => edit.lines === undefined ? [] : [edit.lines.added])
  const lines = telling.length === 0 || patch === undefined || patch.binary
    ? {} : { agentAdded: countIn(patch.added, bagOf(telling.flat())) }
  const sessions = [...new Set(edits.map((edit) => edit.session))]
  return {
    ...pathOf(changed), ...countsOf(patch), ...lines,
    evidence: edits.some((edit) => edit.evidence === 'tool') ? 'tool' : 'inferred',
    sessions,
    ...(sessions.length > 1 && isShared(edits, bags.added) ? { ambiguous: true as const } : {}),
  }
}

/** True when two sessions wrote one and the same line of the commit, or one of them does not tell its lines. */
function isShared(edits: readonly PendingEdit[], added: LineBag): boolean {
  const writers = new Map<string, SessionId>()
  return edits.some((edit) => edit.lines === undefined || edit.lines.added.some((line) => {
    if (!isTelling(line) || !added.has(line)) return false
    const other = writers.get(line)
    writers.set(line, edit.session)
    return other !== undefined && other !== edit.session
  }))
}

const pathOf = (changed: ChangedPath): Pick<FileRecord, 'path' | 'from' | 'change'> => ({
  path: changed.path, ...(changed.from === undefined ? {} : { from: changed.from }), change: changed.change,
})

const countsOf = (patch: FilePatch | undefined): Pick<FileRecord, 'added' | 'removed'> =>
  patch === undefined || patch.binary ? {} : { added: patch.added.length, removed: patch.removed.length }
