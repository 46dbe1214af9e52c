// How a line of a rollout of Codex tells an event.

import type { EventBody, EventSource, Millis } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import type { Memory } from './memory.ts'
import { given } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { TranscriptReader } from '../transcript-reader.ts'

export interface Line {
  readonly payload: JsonObject
  readonly at: Millis
  readonly offset: number
  /** The turn that the client names. */
  readonly own?: TurnId
  /** The turn of the main conversation: for a subagent, its parent's. */
  readonly turn?: TurnId
}

export type Reader = TranscriptReader<Memory>

interface Telling {
  readonly at?: Millis | undefined
  readonly subagent?: string
  readonly source?: EventSource
}

/** Not always the line that is being read: a script is told when its output comes. */
export function tell(reader: Reader, line: Line, id: EventId, body: EventBody, telling: Telling = {}): void {
  const subagent = telling.subagent ?? reader.source.subagent
  const { at = line.at, source = 'transcript' } = telling
  reader.observations.push({
    event: { id, ...given('turn', line.turn), ...given('subagent', subagent), at, ...body },
    source,
    offset: line.offset + reader.told++,
  })
  if (body.kind === 'prompt' || body.kind === 'response') reader.memory.worked = true
}
