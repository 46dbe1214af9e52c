// How a message in a transcript of Gemini CLI tells an event.

import type { EventBody, Millis } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import type { Memory } from './memory.ts'
import { given } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { nextOffset } from '../transcript-reader.ts'
import type { TranscriptReader } from '../transcript-reader.ts'

export type Reader = TranscriptReader<Memory>

export interface Message {
  readonly raw: JsonObject
  readonly id: string
  readonly at: Millis
  /** The time of what was told before. */
  readonly before: Millis
}

export function tell(
  reader: Reader, at: Millis, id: EventId, body: EventBody, subagent = reader.source.subagent,
): void {
  reader.observations.push({
    event: { id, ...given('turn', reader.memory.turn), ...given('subagent', subagent), at, ...body },
    source: 'transcript', offset: nextOffset(reader),
  })
}
