// What a transcript of Cursor tells, for sessions that no hook told of: who said what, and what tools were asked for.
// It is written anew as a whole, so that events are named by the number of their line.

import type { EventBody, EventSource, Observation } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import type { TranscriptLine, TranscriptReading, TranscriptSource, TranscriptState } from '../agent.ts'
import { digestEvent, endEvent, turnIdOf } from '../event-ids.ts'
import { timeOf, typedText } from './prompts.ts'
import { askedChange, isKnownTool, readsOf, valueOf } from './tools.ts'
import { given, listOf, numberOf, objectOf, parseObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

interface Reader {
  readonly source: TranscriptSource
  readonly observations: Observation[]
  readonly unknown: Set<string>
  /** Lines read so far. */
  lines: number
  turn: TurnId | undefined
  at: number
}

interface Line {
  readonly offset: number
  readonly number: number
}

export function parseTranscript(
  lines: readonly TranscriptLine[], source: TranscriptSource, state: TranscriptState | undefined,
): TranscriptReading {
  const kept = objectOf(state)
  const reader: Reader = {
    source, observations: [], unknown: new Set(), lines: numberOf(kept['lines']) ?? 0, turn: turnIdOf(kept['turn']),
    at: numberOf(kept['at']) ?? source.at ?? 0,
  }
  const native = lines.filter((line) => readLine(reader, line))
  return {
    observations: reader.observations, native, facts: {}, unknown: [...reader.unknown],
    state: { lines: reader.lines, ...given('turn', reader.turn), at: reader.at },
  }
}

function readLine(reader: Reader, { offset, text }: TranscriptLine): boolean {
  if (text.trim() === '') return false
  const line: Line = { offset, number: reader.lines++ }
  const raw = parseObject(text)
  if (raw === undefined) return report(reader, 'line:not-json')
  const role = textOf(raw['role']) ?? textOf(raw['type'])
  const blocks = listOf(objectOf(raw['message'])['content']).map(objectOf)
  if (role === 'user') readUser(reader, line, blocks)
  else if (role === 'assistant') blocks.forEach((block, index) => { readBlock(reader, line, block, index) })
  else if (role === 'turn_ended') readEnd(reader, line, raw)
  else report(reader, `line:${role ?? 'no-role'}`)
  return true
}

function report(reader: Reader, what: string): false {
  reader.unknown.add(what.slice(0, 80))
  return false
}

/** Unnamed: what a hook told of it is better. */
function tell(
  reader: Reader, line: Line, index: number, id: EventId, body: EventBody, source: EventSource = 'transcript',
): void {
  const { source: { subagent }, turn, at } = reader
  reader.observations.push({
    event: { id, ...given('turn', turn), ...given('subagent', subagent), at, ...body },
    source, offset: line.offset + index,
    ...body.kind === 'prompt' || body.kind === 'response' ? { unnamed: true } : {},
  })
}

const lineEvent = (kind: string, { number }: Line, index: number): EventId =>
  digestEvent(kind, `line-${number}-${index}`)

function readUser(reader: Reader, line: Line, blocks: readonly JsonObject[]): void {
  const words = blocks.flatMap((block) => block['type'] === 'text' ? [textOf(block['text']) ?? ''] : []).join('\n')
  reader.at = timeOf(words) ?? reader.at
  const text = wordsOf(typedText(words))
  if (text === undefined) return
  const { subagent } = reader.source
  reader.turn = turnIdOf(`line-${line.number}`)
  const origin = subagent === undefined ? 'human' : 'agent'
  tell(reader, line, 0, lineEvent('prompt', line, 0), { kind: 'prompt', text, origin })
}

/** Thoughts stand among the words, or are only said to have been there. No result is told: a call is but a wish. */
function readBlock(reader: Reader, line: Line, block: JsonObject, index: number): void {
  const { type, text, name, input: asked } = block
  if (type === 'text') {
    const said = wordsOf(textOf(text)?.replaceAll('[REDACTED]', '').trim())
    if (said === undefined) return
    return tell(reader, line, index, lineEvent('response', line, index), { kind: 'response', text: said })
  }
  const tool = wordsOf(name)
  if (type !== 'tool_use' || tool === undefined) return
  if (!isKnownTool(tool)) reader.unknown.add(`tool:${tool.slice(0, 80)}`)
  const call = `line-${line.number}-${index}`
  const input = valueOf(asked) ?? {}
  tell(reader, line, index, digestEvent('call', call),
    { kind: 'tool-call', tool, call, input, ...given('reads', readsOf(tool, input)) })
  const change = askedChange(tool, call, input)
  if (change !== undefined) tell(reader, line, index, digestEvent('change', call), change, 'call')
}

function readEnd(reader: Reader, line: Line, { status }: JsonObject): void {
  if (reader.turn === undefined || reader.source.subagent !== undefined) return
  const outcome = status === 'error' ? 'failed' : status === 'aborted' ? 'interrupted' : 'completed'
  tell(reader, line, 0, endEvent(reader.turn), { kind: 'turn-end', outcome })
}
