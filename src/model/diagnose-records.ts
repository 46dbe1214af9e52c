// From what was found to what is said: the records, from the inbox to the checkpoints in Git.

import { fail, ok, orElse, warn } from './check.ts'
import type { Check } from './check.ts'
import { FORMAT_VERSION } from './checkpoint.ts'
import type { Millis } from './event.ts'
import type { CheckpointId, Oid } from './ids.ts'
import { countOf, formatAge, shortOid } from './text-layout.ts'

export type StoreState =
  /** No session was ever recorded. */
  | { readonly kind: 'none' }
  | { readonly kind: 'sound'; readonly sizeBytes: number; readonly version: number; readonly sessions: number }
  | { readonly kind: 'damaged'; readonly path: string; readonly said: string }
  | { readonly kind: 'newer'; readonly said: string }
  /** Another process writes, or it cannot be opened. */
  | { readonly kind: 'unusable'; readonly said: string }

export interface InboxFacts {
  readonly waiting: number
  /** When the oldest of them was written. */
  readonly oldestAt?: Millis
  readonly drainIsAlive: boolean
  /** A hook began to start a drain that never came. */
  readonly hasOldClaim: boolean
  /** Deliveries that were cut off. */
  readonly abandoned: number
  readonly quarantined: number
}

/** A thing that was counted. */
export interface CountedFinding {
  readonly kind: string
  readonly what: string
  readonly count: number
  readonly lastAt: Millis
}

export interface SilentSession {
  readonly agent: string
  readonly session: string
  readonly lastEventAt: Millis
}

export interface SessionFacts {
  /** With a turn under way, but silent. */
  readonly silent: readonly SilentSession[]
  /** Ended, with edits that are in no commit. */
  readonly unsettled: readonly SilentSession[]
  readonly transcripts: { readonly missing: number; readonly refused: number }
  /** Worktrees whose HEAD moved where recorded edits wait. */
  readonly moved: readonly string[]
  readonly openPlans: readonly { readonly checkpoint: CheckpointId; readonly commit: Oid }[]
}

export interface FailureLine {
  readonly at: Millis
  readonly where: string
  readonly message: string
}

export interface CheckpointFacts {
  readonly ref: 'absent' | 'readable' | 'unreadable'
  /** Checkpoints that this clone made. */
  readonly made: number
  readonly version: number
  /** Commits that were looked at. */
  readonly commits: number
  readonly broken: readonly { readonly commit: Oid; readonly checkpoint: CheckpointId; readonly why: string }[]
  /** Named by a note, but not there. */
  readonly dangling: readonly { readonly commit: Oid; readonly checkpoint: CheckpointId }[]
  /** There, but named by no note. */
  readonly unnoted: readonly { readonly commit: Oid; readonly checkpoint: CheckpointId }[]
  readonly leftovers: readonly string[]
}

export interface RecordFacts {
  readonly now: Millis
  readonly store: StoreState
  /** Private files that others may read. */
  readonly exposed: readonly string[]
  readonly inbox: InboxFacts
  readonly findings: readonly CountedFinding[]
  readonly sessions: SessionFacts
  /** The last ones, oldest first. */
  readonly failures: readonly FailureLine[]
  readonly checkpoints: CheckpointFacts
}

export const STUCK_MS = 60_000
const RECENT_MS = 7 * 24 * 3_600_000
const MAX_NAMED = 3

const DRAIN = { fix: 'git bitloops doctor --fix takes it in', repair: 'drain' } as const
const byHand = (fix: string): { readonly fix: string } => ({ fix })

export const diagnoseRecords = (facts: RecordFacts): readonly Check[] => [
  ...diagnoseStore(facts),
  ...diagnoseInbox(facts),
  ...diagnoseFindings(facts),
  ...diagnoseSessions(facts),
  ...diagnoseCheckpoints(facts.checkpoints),
  ...diagnoseFailures(facts),
]

function diagnoseStore({ store, exposed }: RecordFacts): readonly Check[] {
  const rights = exposed.length === 0 ? [] : [fail('rights', `others on this machine can read ${exposed.join(', ')}`,
    { fix: 'git bitloops doctor --fix takes that away', repair: 'rights' })]
  switch (store.kind) {
    case 'none': return [...rights, ok('live-store', 'no session has been recorded here yet')]
    case 'sound': return [...rights, ok('live-store',
      `the live store is sound: ${countOf(store.sessions, 'session')}, ${formatSize(store.sizeBytes)}, format ${store.version}`)]
    case 'damaged': return [...rights, fail('live-store', `the live store is damaged: ${store.said}`, byHand(
      `keep ${store.path} (its drafts may be saved from it), then move it away: a new one is made. Checkpoints are not in danger: they are in Git`))]
    case 'newer': return [...rights, fail('live-store', store.said, byHand('update git-bitloops; what hooks deliver waits in the inbox until then'))]
    case 'unusable': return [...rights, fail('live-store', store.said, byHand('what hooks deliver waits in the inbox; see the disk, and its rights'))]
  }
}

const formatSize = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`

function diagnoseInbox({ inbox, now, findings }: RecordFacts): readonly Check[] {
  const { waiting, oldestAt, drainIsAlive, abandoned, quarantined, hasOldClaim } = inbox
  const isStuck = oldestAt !== undefined && now - oldestAt > STUCK_MS && !drainIsAlive
  const reasons = findings.filter(({ kind }) => kind === 'payload').map(({ what, count }) => `${what}: ${count}`)
  const problems = [
    ...isStuck ? [warn('inbox', `${countOf(waiting, 'payload')} ${waiting === 1 ? 'waits' : 'wait'} since ${formatAge(oldestAt, now)}, and nothing takes them in`, DRAIN)] : [],
    ...hasOldClaim ? [warn('inbox', 'a background process that should empty the inbox was begun and never came', DRAIN)] : [],
    ...abandoned > 0 ? [warn('inbox', `${countOf(abandoned, 'delivery was', 'deliveries were')} cut off half-way`,
      { fix: 'git bitloops doctor --fix sets it aside', repair: 'drain' })] : [],
    ...quarantined > 0 ? [warn('inbox', `${countOf(quarantined, 'payload')} made no sense and ${quarantined === 1 ? 'was' : 'were'} set aside` +
      (reasons.length === 0 ? '' : ` (ever: ${reasons.join(', ')})`), byHand('see bitloops/inbox/quarantine in the Git directory; what you no longer need can be deleted'))] : [],
  ]
  return orElse(problems, 'inbox', waiting === 0 ? 'the inbox is empty' : `${countOf(waiting, 'payload')} came just now`)
}

/** For each kind of finding: how it is said, and what it means. */
const FINDINGS: Readonly<Record<string, (names: string) => string>> = {
  tool: (names) => `tools that git-bitloops does not know: ${names}. Files they change are found by comparing the working tree`,
  line: (names) => `transcript lines that git-bitloops does not know: ${names}. They are not shown by explain`,
  transcript: (names) => `transcripts that were not read: ${names}. What was said is known from hooks only`,
  'transcript-replaced': (names) => `transcripts that were replaced while they were read: ${names}. They were read again from the start`,
  worktree: (names) => `working trees that could not be compared: ${names}. Files changed without a tool are not known`,
}

function diagnoseFindings({ findings, now }: RecordFacts): readonly Check[] {
  const problems = Object.entries(FINDINGS).flatMap(([kind, say]) => {
    const all = findings.filter((finding) => finding.kind === kind)
    if (all.length === 0) return []
    const last = Math.max(...all.map(({ lastAt }) => lastAt))
    return [warn('findings', `${say(listNames(all.map(({ what, count }) => `${what} (${count})`)))}; last ${formatAge(last, now)}`)]
  })
  return orElse(problems, 'findings', 'everything that agents told was understood')
}

function diagnoseSessions({ sessions, now }: RecordFacts): readonly Check[] {
  const { silent, unsettled, transcripts, moved, openPlans } = sessions
  const name = ({ agent, session, lastEventAt }: SilentSession): string => `${agent} ${session.slice(0, 8)}, ${formatAge(lastEventAt, now)}`
  const problems = [
    ...silent.length === 0 ? [] : [warn('sessions',
      `${countOf(silent.length, 'session')} stopped in the middle of a turn: ${listNames(silent.map(name))}. What its transcript still tells is read at the next commit`)],
    ...unsettled.length === 0 ? [] : [warn('sessions',
      `${countOf(unsettled.length, 'session')} ended with edits that are in no commit: ${listNames(unsettled.map(name))}`,
      byHand('commit them; nothing recorded is ever dropped for being old'))],
    ...transcripts.missing === 0 ? [] : [warn('sessions', `the transcript of ${countOf(transcripts.missing, 'session')} is not there: what was said is known from hooks only`)],
    ...transcripts.refused === 0 ? [] : [warn('sessions', `the transcript of ${countOf(transcripts.refused, 'session')} was not read, for it is no plain file of yours`)],
    ...moved.map((worktree) => warn('missed', `HEAD moved in ${worktree} where no hook saw it, and recorded edits wait there: a commit may have no checkpoint`,
      { fix: 'git bitloops doctor --fix looks, and promotes what it finds', repair: 'missed' })),
    ...openPlans.map(({ checkpoint, commit }) => warn('plans', `checkpoint ${checkpoint} of commit ${shortOid(commit)} was begun, but is not written yet`,
      { fix: 'git bitloops doctor --fix finishes it', repair: 'plans' })),
  ]
  return orElse(problems, 'sessions', 'no session is stuck, no commit was missed')
}

function diagnoseCheckpoints(facts: CheckpointFacts): readonly Check[] {
  const { ref, made, version, commits, broken, dangling, unnoted, leftovers } = facts
  const rest = leftovers.length === 0 ? [] : [warn('leftovers', `${countOf(leftovers.length, 'private ref')} below refs/bitloops/tmp is needed by nothing any more`,
    { fix: 'git bitloops doctor --fix takes it out', repair: 'leftovers' })]
  const bring = byHand('git fetch <remote> refs/bitloops/checkpoints shows whether a remote has it')
  if (ref === 'unreadable') return [...rest, fail('checkpoints', 'refs/bitloops/checkpoints leads to no commit that can be read', bring)]
  if (ref === 'absent' && made > 0) {
    return [...rest, fail('checkpoints', `refs/bitloops/checkpoints is gone, though ${countOf(made, 'checkpoint was', 'checkpoints were')} made here`, bring)]
  }
  if (version > FORMAT_VERSION) {
    return [...rest, fail('checkpoints', `refs/bitloops/checkpoints was written by a newer git-bitloops (format ${version}): it is read, but new checkpoints wait`,
      byHand('update git-bitloops'))]
  }
  const problems = [
    ...rest,
    ...named(broken, ({ commit, checkpoint, why }) => fail('checkpoints', `checkpoint ${checkpoint} of commit ${shortOid(commit)} ${why}`, bring)),
    ...named(dangling, ({ commit, checkpoint }) => fail('notes', `the note of commit ${shortOid(commit)} names checkpoint ${checkpoint}, which is not in this clone`, bring)),
    ...named(unnoted, ({ commit, checkpoint }) => warn('notes', `checkpoint ${checkpoint} of commit ${shortOid(commit)} is not in the commit's note: explain shows it, git log --notes does not`)),
  ]
  return orElse(problems, 'checkpoints', made === 0 && commits === 0 ? 'there are no checkpoints yet'
    : `those of the newest ${countOf(commits, 'commit')} are there, and their notes; older ones were not looked at`)
}

/** The first few of them one by one, the others as a number. */
function named<Thing>(things: readonly Thing[], say: (thing: Thing) => Check): readonly Check[] {
  const shown = things.slice(0, MAX_NAMED).map(say)
  const last = shown.at(-1)
  const more = things.length - shown.length
  return more === 0 || last === undefined ? shown : [...shown.slice(0, -1), { ...last, message: `${last.message} (and ${more} more like it)` }]
}

function diagnoseFailures({ failures, now }: RecordFacts): readonly Check[] {
  const recent = failures.filter(({ at }) => now - at < RECENT_MS)
  const last = failures.at(-1)
  return orElse(recent.map(({ at, where, message }) => warn('log', `${where} failed ${formatAge(at, now)}: ${message}`)), 'log',
    last === undefined ? 'no failure was logged' : `no failure was logged in the last week (the last one ${formatAge(last.at, now)})`)
}

const listNames = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMED).join(', ') + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '')

