// What reading one transcript of Gemini CLI must remember from line to line, and from one reading to the next.

import type { Millis } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { TranscriptState } from '../agent.ts'
import { idOf, turnOf } from './ids.ts'
import { given, listOf, numberOf, objectOf, textOf } from '../json.ts'

export interface Memory {
  /** The turn of the last prompt of the user. */
  turn?: TurnId | undefined
  /**
   * How far that turn is. `answered`: the last message called no tool; the client says nothing more when a turn is
   * over, and the tools that a message called stand in it only when they have ended.
   */
  phase?: 'working' | 'answered' | 'ended' | undefined
  /** The time of what was told last. */
  at: Millis
  /** Digest of what a hook said must be done before the turn may end. */
  blocked?: string | undefined
  /** The message that holds the summary of the last compaction. */
  summary?: string | undefined
  /** Digests of the last prompts, oldest first. */
  readonly prompts: string[]
}

const MAX_PROMPTS = 200

export function rememberPrompt({ prompts }: Memory, digest: string): void {
  prompts.push(digest)
  if (prompts.length > MAX_PROMPTS) prompts.shift()
}

/** The memory that a state keeps; a state we cannot read counts as none. */
export function recall(state: TranscriptState | undefined): Memory {
  const { turn, phase, at, blocked, summary, prompts } = objectOf(state)
  const id = idOf(turn)
  return {
    turn: id === undefined ? undefined : turnOf(id),
    phase: phase === 'working' || phase === 'answered' || phase === 'ended' ? phase : undefined,
    at: numberOf(at) ?? 0, blocked: textOf(blocked), summary: idOf(summary),
    prompts: listOf(prompts).filter((digest) => typeof digest === 'string'),
  }
}

export const keep = ({ turn, phase, at, blocked, summary, prompts }: Memory): TranscriptState => ({
  at, prompts, ...given('turn', turn), ...given('phase', phase), ...given('blocked', blocked),
  ...given('summary', summary),
})
