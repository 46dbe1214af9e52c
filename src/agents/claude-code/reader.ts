// What is passed along while a transcript is read, and how a line tells an event.

import type { EventBody, EventSource, Observation } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import type { SessionFacts, TranscriptSource } from '../agent.ts'
import type { Memory, Place } from './memory.ts'
import type { PlacedLine } from './turns.ts'
import { given } from '../json.ts'

export type Line = PlacedLine

export interface Reader {
  readonly source: TranscriptSource
  readonly memory: Memory
  readonly observations: Observation[]
  readonly unknown: Set<string>
  facts: SessionFacts
  /** How many events the line has told. */
  told: number
}

/** Where an event of the line stands: a few bytes on for each, so that the events of a line keep their order. */
export const placeIn = (reader: Reader, line: Line): Place =>
  ({ at: line.at, turn: line.turn, offset: line.offset + reader.told++ })

export function tell(
  reader: Reader, place: Place, id: EventId, body: EventBody,
  subagent = reader.source.subagent, source: EventSource = 'transcript',
): void {
  reader.observations.push({
    event: { id, ...given('turn', place.turn?.id), ...given('subagent', subagent), at: place.at, ...body },
    source,
    offset: place.offset,
  })
}
