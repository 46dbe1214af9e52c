// What a transcript of Cursor tells, for sessions that no hook told of: who said what, and what tools were asked for.
// It is written anew as a whole, so that events are named by the number of their line.

import type { EventBody, EventSource } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import type { TranscriptLine, TranscriptSource, TranscriptState } from '../agent.ts'
import { eventId, turnIdOf } from '../event-ids.ts'
import { timeOf, typedText } from './prompts.ts'
import { askedChange, isKnownTool, readsOf, valueOf } from './tools.ts'
import { given, listOf, numberOf, objectOf, parseObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { parserOf, report } from '../transcript-reader.ts'
import type { TranscriptReader } from '../transcript-reader.ts'

interface Memory {
  /** Lines read so far. */
  lines: number
  turn: TurnId | undefined
  at: number
}

type Reader = TranscriptReader<Memory>

interface Line {
  readonly offset: number
  readonly number: number
}

export const parseTranscript = parserOf({ recall, readLine, keep })

function recall(state: TranscriptState | undefined, source: TranscriptSource): Memory {
  const { lines, turn, at } = objectOf(state)
  return { lines: numberOf(lines) ?? 0, turn: turnIdOf(turn), at: numberOf(at) ?? source.at ?? 0 }
}

function keep({ lines, turn, at }: Memory): TranscriptState {
  return { lines, ...given('turn', turn), at }
}

function readLine(reader: Reader, { offset, text }: TranscriptLine): boolean {
  if (text.trim() === '') return false
  const line: Line = { offset, number: reader.memory.lines++ }
  const raw = parseObject(text)
  if (raw === undefined) {
    report(reader, 'line:not-json')
    return false
  }
  const role = textOf(raw['role']) ?? textOf(raw['type'])
  const blocks = listOf(objectOf(raw['message'])['content']).map(objectOf)
  if (role === 'user') readUser(reader, line, blocks)
  else if (role === 'assistant') blocks.forEach((block, index) => { readBlock(reader, line, block, index) })
  else if (role === 'turn_ended') readEnd(reader, line, raw)
  else report(reader, `line:${role ?? 'no-role'}`)
  return true
}

/** Unnamed: what a hook told of it is better. */
function tell(
  reader: Reader, line: Line, index: number, id: EventId, body: EventBody, source: EventSource = 'transcript',
): void {
  const { source: { subagent }, memory: { turn, at } } = reader
  reader.observations.push({
    event: { id, ...given('turn', turn), ...given('subagent', subagent), at, ...body },
    source, offset: line.offset + index,
    ...body.kind === 'prompt' || body.kind === 'response' ? { unnamed: true } : {},
  })
}

const lineEvent = (kind: 'prompt' | 'response', { number }: Line, index: number): EventId =>
  eventId(kind, `line-${number}-${index}`)

function readUser(reader: Reader, line: Line, blocks: readonly JsonObject[]): void {
  const words = blocks.flatMap((block) => block['type'] === 'text' ? [textOf(block['text']) ?? ''] : []).join('\n')
  reader.memory.at = timeOf(words) ?? reader.memory.at
  const text = wordsOf(typedText(words))
  if (text === undefined) return
  const { subagent } = reader.source
  reader.memory.turn = turnIdOf(`line-${line.number}`)
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
  if (!isKnownTool(tool)) report(reader, `tool:${tool}`)
  const call = `line-${line.number}-${index}`
  const input = valueOf(asked) ?? {}
  tell(reader, line, index, eventId('call', call),
    { kind: 'tool-call', tool, call, input, ...given('reads', readsOf(tool, input)) })
  const change = askedChange(tool, call, input)
  if (change !== undefined) tell(reader, line, index, eventId('change', call), change, 'call')
}

function readEnd(reader: Reader, line: Line, { status }: JsonObject): void {
  const { memory: { turn }, source } = reader
  if (turn === undefined || source.subagent !== undefined) return
  const outcome = status === 'error' ? 'failed' : status === 'aborted' ? 'interrupted' : 'completed'
  tell(reader, line, 0, eventId('end', turn), { kind: 'turn-end', outcome })
}
