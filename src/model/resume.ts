// Which sessions a branch goes on with, and what may be done with the transcript that an agent still has itself.

import type { SessionRecord } from './checkpoint.ts'
import type { StoredCheckpoint } from './explanation.ts'
import type { Millis } from './event.ts'
import type { AgentName, Oid, SessionId } from './ids.ts'

export interface CommitSessions {
  readonly commit: Oid
  readonly stored: readonly StoredCheckpoint[]
}

/** A session to go on with. */
export interface SessionChoice {
  readonly agent: AgentName
  readonly session: SessionId
  /** The last that is known of it. */
  readonly at: Millis
  /** The user's last words in it, redacted. */
  readonly prompt?: string
  /** Of its last turns nothing is committed yet. */
  readonly live: boolean
}

/** The sessions behind a commit, the newest first. A session that several checkpoints tell of counts once. */
export function sessionsOf(stored: readonly StoredCheckpoint[]): readonly SessionChoice[] {
  const choices = new Map<string, SessionChoice>()
  for (const found of stored) {
    if (found.kind !== 'found') continue
    for (const record of found.record.sessions) {
      const key = keyOf(record)
      choices.set(key, newer(choices.get(key), choiceOf(record)))
    }
  }
  return newestFirst([...choices.values()])
}

/** Those at work here come in beside those of the commit, if they were at work since. */
export function withLive(
  committed: readonly SessionChoice[], live: readonly SessionChoice[],
): readonly SessionChoice[] {
  const choices = new Map(committed.map((choice) => [keyOf(choice), choice]))
  const since = committed[0]?.at ?? -Infinity
  for (const choice of live) {
    const known = choices.get(keyOf(choice))
    if (known !== undefined || choice.at > since) choices.set(keyOf(choice), newer(known, choice))
  }
  return newestFirst([...choices.values()])
}

const keyOf = ({ agent, session }: { readonly agent: string; readonly session: string }): string =>
  `${agent} ${session}`

function choiceOf({ agent, session, endedAt, turns }: SessionRecord): SessionChoice {
  const prompt = turns.findLast((turn) => turn.prompt !== undefined)?.prompt
  const at = Date.parse(endedAt)
  return {
    agent, session, at: Number.isNaN(at) ? 0 : at, live: false, ...prompt === undefined ? {} : { prompt },
  }
}

function newer(known: SessionChoice | undefined, choice: SessionChoice): SessionChoice {
  if (known === undefined) return choice
  const [older, last] = choice.at >= known.at ? [known, choice] : [choice, known]
  return { ...older, ...last, live: known.live || choice.live }
}

const newestFirst = (choices: readonly SessionChoice[]): readonly SessionChoice[] =>
  [...choices].sort((left, right) => right.at - left.at || (left.session < right.session ? -1 : 1))

/** What is known of a transcript: the lines that matter by what tells them apart, and the newest time in them. */
export interface TranscriptFacts {
  readonly keys: ReadonlySet<string>
  readonly newest?: Millis
}

export type WritePlan =
  /** There is no such file. */
  | 'write'
  /** The agent has all of it, and maybe more: nothing to write. */
  | 'keep'
  /** The agent has less: what it has is kept as a copy. */
  | 'replace'
  /** The agent has what the checkpoints do not: never without being told to. */
  | 'ask'

/** `here`: undefined where the agent has no transcript of the session. */
export function planWrite(ours: TranscriptFacts, here: TranscriptFacts | undefined): WritePlan {
  if (here === undefined) return 'write'
  if (ours.keys.size > 0 && isWithin(ours.keys, here.keys)) return 'keep'
  // Without ids and times nobody can tell.
  const isOlder = here.keys.size > 0 && isWithin(here.keys, ours.keys)
    && here.newest !== undefined && ours.newest !== undefined && here.newest <= ours.newest
  return isOlder ? 'replace' : 'ask'
}

/** True when the agent's own goes on after what the checkpoints hold. */
export const goesOn = (ours: TranscriptFacts, here: TranscriptFacts): boolean =>
  here.newest !== undefined && (ours.newest === undefined || here.newest > ours.newest)

const isWithin = (part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean =>
  [...part].every((key) => whole.has(key))
