// What is passed along while a transcript of Gemini CLI is read, and how a line tells an event.

import type { EventBody, Millis, Observation } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import type { SessionFacts, TranscriptSource } from '../agent.ts'
import type { Memory } from './memory.ts'
import { given } from '../json.ts'
import type { JsonObject } from '../json.ts'

export interface Reader {
  readonly source: TranscriptSource
  readonly memory: Memory
  readonly observations: Observation[]
  readonly unknown: Set<string>
  facts: SessionFacts
  /** The place of the line that is being read, and how many events it has told. */
  offset: number
  told: number
}

export interface Message {
  readonly raw: JsonObject
  readonly id: string
  readonly at: Millis
  /** The time of what was told before. */
  readonly before: Millis
}

/** Events of a line stand a byte apart, so that they keep their order. */
export function tell(
  reader: Reader, at: Millis, id: EventId, body: EventBody, subagent = reader.source.subagent,
): void {
  const { memory, offset } = reader
  reader.observations.push({
    event: { id, ...given('turn', memory.turn), ...given('subagent', subagent), at, ...body },
    source: 'transcript', offset: offset + reader.told++,
  })
}

const MAX_REPORT_LENGTH = 80

export function report(reader: Reader, what: string): void {
  reader.unknown.add(what.slice(0, MAX_REPORT_LENGTH))
}
