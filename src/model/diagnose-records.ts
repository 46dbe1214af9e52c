// From what was found to what is said: what was recorded, from the inbox to the commit.

import { fail, fixedBy, ok, orElse, warn } from './check.ts'
import type { Check, Remedy } from './check.ts'
import type { Millis } from './event.ts'
import type { CheckpointId, Oid } from './ids.ts'
import { countOf, formatAge, shortOid, formatBytes } from './text-layout.ts'

export type StoreState =
  /** No session was ever recorded. */
  | { readonly kind: 'none' }
  | { readonly kind: 'sound'; readonly sizeBytes: number; readonly version: number; readonly sessions: number }
  | { readonly kind: 'damaged'; readonly path: string; readonly said: string }
  /** Written by a newer version. */
  | { readonly kind: 'newer'; readonly said: string }
  /** It cannot be opened. */
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

export interface NamedSession {
  readonly agent: string
  readonly session: string
  readonly lastEventAt: Millis
}

export interface SessionsFacts {
  /** With a turn under way, but silent for long. */
  readonly silent: readonly NamedSession[]
  /** Over for long, with edits that are in no commit. */
  readonly unsettled: readonly NamedSession[]
  readonly missingTranscripts: number
  readonly refusedTranscripts: number
  /** Worktrees whose HEAD moved unseen while recorded edits wait there. */
  readonly moved: readonly string[]
  /** Without a checkpoint: the commit gets links only. */
  readonly openPlans: readonly { readonly checkpoint: CheckpointId | null; readonly commit: Oid }[]
  /** Over or compacted, and in no checkpoint, though the strategy asks for one. */
  readonly unkept: number
}

export interface Failure {
  readonly at: Millis
  readonly where: string
  readonly message: string
}

export interface RecordsFacts {
  readonly now: Millis
  readonly store: StoreState
  /** Private files and folders that others may read. */
  readonly exposed: readonly string[]
  readonly inbox: InboxFacts
  readonly findings: readonly CountedFinding[]
  readonly sessions: SessionsFacts
  /** The last ones, oldest first. */
  readonly failures: readonly Failure[]
}

/** What waits longer than this was not taken in by the drain that should have come. */
const STUCK_MS = 60_000
const RECENT_MS = 7 * 24 * 3_600_000
const MAX_NAMED = 3

export const diagnoseRecords = (facts: RecordsFacts): readonly Check[] => [
  ...diagnoseStore(facts.store),
  ...facts.exposed.length === 0 ? [] : [fail('rights', `others on this machine can read ${facts.exposed.join(', ')}`,
    fixedBy('rights', 'takes that right away'))],
  ...diagnoseInbox(facts),
  ...diagnoseFindings(facts),
  ...diagnoseSessions(facts.sessions, facts.now),
  ...diagnoseFailures(facts),
]

const WAITS = 'Until then, what hooks deliver waits in the inbox'

function diagnoseStore(store: StoreState): readonly Check[] {
  switch (store.kind) {
    case 'none': return [ok('live-store', 'no session has been recorded here yet')]
    case 'sound': {
      const facts = [countOf(store.sessions, 'session'), formatBytes(store.sizeBytes), `format ${store.version}`]
      return [ok('live-store', `the live store is sound: ${facts.join(', ')}`)]
    }
    case 'damaged': return [fail('live-store',
      `the live store is damaged: ${store.said}. Checkpoints are safe, they are in Git`,
      { fix: `move ${store.path} away, and keep it for what is in no commit yet; a new one is made. ${WAITS}` })]
    case 'newer': return [fail('live-store', store.said, { fix: `update git-bitloops. ${WAITS}` })]
    case 'unusable': return [fail('live-store', store.said, { fix: `see if the disk is full or read-only. ${WAITS}` })]
  }
}

function diagnoseInbox({ inbox, now, findings }: RecordsFacts): readonly Check[] {
  const { waiting, oldestAt, drainIsAlive, hasOldClaim, abandoned, quarantined } = inbox
  const problems: Check[] = []
  const tell = (message: string, remedy: Remedy): void => { problems.push(warn('inbox', message, remedy)) }
  if (oldestAt !== undefined && now - oldestAt > STUCK_MS && !drainIsAlive) {
    tell(`${countOf(waiting, 'delivered payload')} not taken in, the oldest from ${formatAge(oldestAt, now)}`,
      fixedBy('drain', 'takes in what waits'))
  }
  if (hasOldClaim) tell('a drain was to be started, and never came', fixedBy('drain', 'drains now'))
  if (abandoned > 0) {
    tell(`${countOf(abandoned, 'delivery', 'deliveries')} cut off half-way`, fixedBy('drain', 'sets the rest aside'))
  }
  if (quarantined > 0) {
    const reasons = listFindings(findings.filter(({ kind }) => kind === 'payload'))
    tell(`${countOf(quarantined, 'payload')} made no sense and stayed out${reasons === '' ? '' : `: ${reasons}`}`,
      { fix: 'look into bitloops/inbox/quarantine in the Git directory, and delete what you have seen' })
  }
  const waits = waiting === 0 ? 'the inbox is empty' : `${countOf(waiting, 'payload')} came just now`
  return orElse(problems, 'inbox', waits)
}

/** For each kind of finding: what it is about, and what it means. Payloads are told with the inbox. */
const FINDINGS: Readonly<Record<string, readonly [about: string, meaning: string]>> = {
  tool: ['unknown tools', 'files they change are found by comparing the working tree'],
  line: ['unknown kinds of transcript lines', 'what they say is not shown'],
  transcript: ['transcripts that were not read', 'what was said is known from hooks only'],
  'transcript-replaced': ['transcripts replaced by others', 'they were read again from the start'],
  worktree: ['working trees not compared', 'files changed without a tool are not known there'],
  snapshot: ['turns without a snapshot', 'rewind cannot go back to them'],
}

function diagnoseFindings({ findings, now }: RecordsFacts): readonly Check[] {
  const problems = Object.entries(FINDINGS).flatMap(([kind, [about, meaning]]) => {
    const all = findings.filter((finding) => finding.kind === kind)
    if (all.length === 0) return []
    const last = formatAge(Math.max(...all.map(({ lastAt }) => lastAt)), now)
    return [warn('findings', `${about}: ${listFindings(all)}, last ${last}; ${meaning}`)]
  })
  return orElse(problems, 'findings', 'all that agents told was understood')
}

function diagnoseSessions(facts: SessionsFacts, now: Millis): readonly Check[] {
  const { silent, unsettled, missingTranscripts, refusedTranscripts, moved, openPlans, unkept } = facts
  const problems: Check[] = []
  const tell = (count: number, what: string, remedy: Remedy = {}): void => {
    if (count > 0) problems.push(warn('sessions', `${countOf(count, 'session')} ${what}`, remedy))
  }
  const listSessions = (sessions: readonly NamedSession[]): string => listNames(sessions.map(
    ({ agent, session, lastEventAt }) => `${agent} ${session.slice(0, 8)} (${formatAge(lastEventAt, now)})`))
  tell(silent.length, `in the middle of a turn, but silent: ${listSessions(silent)}`,
    { fix: 'nothing to do: what the transcript still tells is read at the next commit' })
  tell(unsettled.length, `over, with edits that are in no commit: ${listSessions(unsettled)}`,
    { fix: 'commit them; what was recorded of them stays until then' })
  tell(unkept, 'over or compacted, and in no checkpoint yet', fixedBy('missed', 'keeps them'))
  tell(missingTranscripts, 'without a transcript: what was said is known from hooks only')
  tell(refusedTranscripts, 'with a transcript that is no plain file of yours: it was not read')
  for (const worktree of moved) {
    problems.push(warn('missed',
      `HEAD of ${worktree} moved unseen while recorded edits wait there: a commit may lack its checkpoint`,
      fixedBy('missed', 'looks, and promotes what it finds')))
  }
  for (const { checkpoint, commit } of openPlans) {
    const what = checkpoint === null ? 'the link to a session' : `checkpoint ${checkpoint}`
    problems.push(warn('plans', `${what} of commit ${shortOid(commit)} was begun, but not finished`,
      fixedBy('plans', 'finishes it')))
  }
  return orElse(problems, 'sessions', 'no session is stuck, and no commit was missed')
}

function diagnoseFailures({ failures, now }: RecordsFacts): readonly Check[] {
  const recent = failures.filter(({ at }) => now - at < RECENT_MS)
  const last = failures.at(-1)
  const problems = recent.map(({ at, where, message }) =>
    warn('log', `${where} failed ${formatAge(at, now)}: ${message}`))
  const before = last === undefined ? '' : ` for a week (the last one ${formatAge(last.at, now)})`
  return orElse(problems, 'log', `no failure was logged${before}`)
}

const listFindings = (findings: readonly CountedFinding[]): string =>
  listNames(findings.map(({ what, count }) => `${what} (${count})`))
const listNames = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMED).join(', ') + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '')
