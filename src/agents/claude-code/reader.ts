// How a line of a transcript of Claude Code tells an event.

import type { EventBody, EventSource } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import type { Memory, Place } from './memory.ts'
import type { PlacedLine } from './turns.ts'
import { given } from '../json.ts'
import { nextOffset } from '../transcript-reader.ts'
import type { TranscriptReader } from '../transcript-reader.ts'

export type Line = PlacedLine
export type Reader = TranscriptReader<Memory>

/** Where an event of the line stands. */
export const placeIn = (reader: Reader, line: Line): Place =>
  ({ at: line.at, turn: line.turn, offset: nextOffset(reader) })

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
