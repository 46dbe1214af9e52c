// What is passed along while a transcript of Copilot is read, and how a line tells an event.

import type { Event, EventBody, Observation } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import type { SessionFacts } from '../agent.ts'
import { endEvent } from '../event-ids.ts'
import type { Memory } from './memory.ts'
import { given } from '../json.ts'
import type { JsonObject } from '../json.ts'

export interface Line {
  readonly type: string
  readonly id: string
  readonly at: number
  readonly offset: number
  readonly data: JsonObject
  /** The subagent that the line is about. */
  readonly subagent: string | undefined
}

export interface Reader {
  readonly memory: Memory
  readonly observations: Observation[]
  readonly unknown: Set<string>
  facts: SessionFacts
  /** How many events the line has told: each stands a byte on, so that the events of a line keep their order. */
  told: number
}

export function tell(reader: Reader, line: Line, id: EventId, body: EventBody, at = line.at): void {
  add(reader, line, { id, ...given('turn', turnOf(reader, line)), ...given('subagent', line.subagent), at, ...body })
}

/** Of the session itself, not of a turn. */
export function tellOutside(reader: Reader, line: Line, id: EventId, body: EventBody, at = line.at): void {
  add(reader, line, { id, at, ...body })
}

function add(reader: Reader, line: Line, event: Event): void {
  reader.observations.push({ event, source: 'transcript', offset: line.offset + reader.told++ })
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
  tell(reader, { ...line, subagent: undefined }, endEvent(memory.turn), { kind: 'turn-end', outcome }, at)
}
