// How a line of a transcript of Copilot tells an event.

import type { Event, EventBody } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import { eventId } from '../event-ids.ts'
import type { Memory } from './memory.ts'
import { given } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { nextOffset } from '../transcript-reader.ts'
import type { TranscriptReader } from '../transcript-reader.ts'

export interface Line {
  readonly type: string
  readonly id: string
  readonly at: number
  readonly offset: number
  readonly data: JsonObject
  /** The subagent that the line is about. */
  readonly subagent: string | undefined
}

export type Reader = TranscriptReader<Memory>

export function tell(reader: Reader, line: Line, id: EventId, body: EventBody, at = line.at): void {
  add(reader, { id, ...given('turn', turnOf(reader, line)), ...given('subagent', line.subagent), at, ...body })
}

/** Of the session itself, not of a turn. */
export function tellOutside(reader: Reader, line: Line, id: EventId, body: EventBody, at = line.at): void {
  add(reader, { id, at, ...body })
}

function add(reader: Reader, event: Event): void {
  reader.observations.push({ event, source: 'transcript', offset: nextOffset(reader) })
}

/** All that a subagent does belongs to the turn in which it was started. */
function turnOf({ memory }: Reader, line: Line): TurnId | undefined {
  const known = line.subagent === undefined ? undefined : memory.subagents.get(line.subagent)
  return known === undefined ? memory.turn : known.turn
}

/** Of the main conversation, once for each turn. */
export function endTurn(
  reader: Reader, line: Line, outcome: 'completed' | 'interrupted' | 'failed', at = line.at,
): void {
  const { memory } = reader
  if (memory.turn === undefined || memory.ended) return
  memory.ended = true
  tell(reader, { ...line, subagent: undefined }, eventId('end', memory.turn), { kind: 'turn-end', outcome }, at)
}
