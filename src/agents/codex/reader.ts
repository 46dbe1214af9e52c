// What is passed along while a rollout is read, and how a line tells an event.

import type { EventBody, EventSource, Millis, Observation } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import type { SessionFacts, TranscriptSource } from '../agent.ts'
import type { Memory } from './memory.ts'
import { given } from '../json.ts'
import type { JsonObject } from '../json.ts'

export interface Line {
  readonly payload: JsonObject
  readonly at: Millis
  readonly offset: number
  /** The turn that the client names. */
  readonly own?: TurnId
  /** The turn of the main conversation: for a subagent, its parent's. */
  readonly turn?: TurnId
}

export interface Reader {
  readonly source: TranscriptSource
  readonly memory: Memory
  readonly observations: Observation[]
  readonly unknown: Set<string>
  facts: SessionFacts
  /** How many events the line has told. */
  told: number
}

interface Telling {
  readonly at?: Millis | undefined
  readonly subagent?: string
  readonly source?: EventSource
}

/** Events of a line stand a few bytes apart, so that they keep their order. */
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

const MAX_REPORT_LENGTH = 80

export function report(reader: Reader, kind: 'line' | 'event' | 'item' | 'tool', name: string): void {
  reader.unknown.add(`${kind}:${name}`.slice(0, MAX_REPORT_LENGTH))
}
