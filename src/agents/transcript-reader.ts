// How transcripts are read, line by line: what is passed along meanwhile, and what comes of it. What a line means, and
// what must be remembered of it, is the agent's own.

import type { Observation } from '../model/event.ts'
import type { AgentAdapter, SessionFacts, TranscriptLine, TranscriptSource, TranscriptState } from './agent.ts'
import { parseObject, textOf } from './json.ts'
import type { JsonObject } from './json.ts'

export interface TranscriptReader<Memory> {
  readonly source: TranscriptSource
  readonly memory: Memory
  readonly observations: Observation[]
  readonly unknown: Set<string>
  facts: SessionFacts
  /** Where the line stands that is being read. */
  offset: number
  /** How many events the line has told: each stands a byte on, so that the events of a line keep their order. */
  told: number
}

/** What is an agent's own. */
interface TranscriptFormat<Memory> {
  /** The memory that a state keeps; a state that we cannot read counts as none. */
  readonly recall: (state: TranscriptState | undefined, source: TranscriptSource) => Memory
  /** True for a line that a resumed session needs. */
  readonly readLine: (reader: TranscriptReader<Memory>, line: TranscriptLine) => boolean
  readonly keep: (memory: Memory) => TranscriptState
}

export const parserOf = <Memory>(
  { recall, readLine, keep }: TranscriptFormat<Memory>,
): AgentAdapter['parseTranscript'] => (lines, source, state) => {
  const memory = recall(state, source)
  const reader: TranscriptReader<Memory> =
    { source, memory, observations: [], unknown: new Set(), facts: {}, offset: 0, told: 0 }
  const native = lines.filter((line) => {
    Object.assign(reader, { offset: line.offset, told: 0 })
    return readLine(reader, line)
  })
  const { observations, facts, unknown } = reader
  return { observations, native, state: keep(memory), facts, unknown: [...unknown] }
}

/** Where the next event of the line stands. */
export const nextOffset = (reader: Pick<TranscriptReader<unknown>, 'offset' | 'told'>): number =>
  reader.offset + reader.told++

const MAX_REPORT_LENGTH = 80

/** Notes the name of something that the adapter does not know. */
export function report(reader: Pick<TranscriptReader<unknown>, 'unknown'>, what: string): void {
  reader.unknown.add(what.slice(0, MAX_REPORT_LENGTH))
}

/** The object that a line holds, and its type; undefined, and reported, where either is missing. */
export function parseTyped(
  reader: Pick<TranscriptReader<unknown>, 'unknown'>, text: string,
): { readonly raw: JsonObject; readonly type: string } | undefined {
  const raw = parseObject(text)
  const type = textOf(raw?.['type'])
  if (raw !== undefined && type !== undefined) return { raw, type }
  report(reader, raw === undefined ? 'line:not-json' : 'line:no-type')
  return undefined
}
