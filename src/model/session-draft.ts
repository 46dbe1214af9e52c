// What a session gives to a checkpoint, gathered and redacted, before it is written down.

import type { SessionRecord, TranscriptSlice } from './checkpoint.ts'
import type { Event, Millis } from './event.ts'
import type { AgentName, SessionId, TurnId } from './ids.ts'

export interface SessionDraft {
  readonly agent: AgentName
  readonly agentVersion?: string
  readonly session: SessionId
  readonly foundBy: SessionRecord['foundBy']
  /** Redacted, each event once, in time order. */
  readonly events: readonly Event[]
  /** All turns of the session with their numbers, by start. */
  readonly turns: readonly { readonly turn: TurnId; readonly number: number; readonly startedAt: Millis }[]
  /** The agent's own lines, by file below the checkpoint. */
  readonly native: readonly { readonly path: string; readonly text: string }[]
  readonly slice?: TranscriptSlice
  /** Models that no event names. */
  readonly models?: readonly string[]
}
