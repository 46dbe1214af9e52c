// What the lines tell that the store makes of a session's rows: the session, and each message with its parts. A message
// is told again when it grew; where the readings are cut makes no difference.

import type { EventBody, EventSource, Millis } from '../../model/event.ts'
import type { EventId, TurnId } from '../../model/ids.ts'
import type { TranscriptLine } from '../agent.ts'
import { given, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { eventId } from '../event-ids.ts'
import { idOf, turnIdOf } from './ids.ts'
import { keep, recall, remember } from './memory.ts'
import type { Memory } from './memory.ts'
import { endOf, openCallOf, readPart } from './parts.ts'
import { createdAt, promptOf, USER_SHELL } from './prompts.ts'
import { parseRowLine } from './rows.ts'
import type { RowLine } from './rows.ts'
import { nextOffset, parserOf, report } from '../transcript-reader.ts'
import type { TranscriptReader } from '../transcript-reader.ts'

type Reader = TranscriptReader<Memory>

/** A message: its id, when it was begun, and the turn it belongs to. */
interface Message {
  readonly id: string
  readonly info: JsonObject
  readonly parts: readonly JsonObject[]
  readonly at: Millis
  readonly turn: TurnId | undefined
}

export const parseTranscript = parserOf({ recall, readLine, keep })

/** True for a line that a resumed session needs. */
function readLine(reader: Reader, { text }: TranscriptLine): boolean {
  const line = parseRowLine(text)
  const id = idOf(line?.info['id'])
  if (line === undefined || id === undefined) {
    if (text.trim() !== '') report(reader, 'line:neither session nor message')
    return false
  }
  if (line.kind === 'session') {
    readSession(reader, line.info)
  } else if (isCopied(reader.memory, line.info)) {
    if (reader.source.subagent === undefined) reader.facts = { ...reader.facts, forked: true }
  } else if (line.info['role'] === 'user') {
    readUser(reader, line, id)
  } else if (line.info['role'] === 'assistant') {
    readAssistant(reader, line, id)
  } else {
    report(reader, `role:${String(textOf(line.info['role']))}`)
  }
  return true
}

/** A fork copies its origin's messages with their times, under new ids. The origin tells them. */
function isCopied({ began }: Memory, info: JsonObject): boolean {
  const at = createdAt(info)
  return began !== undefined && at !== undefined && at < began
}

function readSession(reader: Reader, info: JsonObject): void {
  const { memory, source } = reader
  memory.began = createdAt(info) ?? memory.began
  if (source.subagent !== undefined) return
  reader.facts = { ...reader.facts, ...given('agentVersion', wordsOf(info['version'])) }
  const undone = idOf(objectOf(info['revert'])['messageID'])
  if (undone === undefined) return
  const at = numberOf(objectOf(info['time'])['updated']) ?? memory.at
  tell(reader, eventId('undo', undone), at, memory.turns.get(undone) ?? turnIdOf(undone), {
    kind: 'notice', what: 'undo', text: 'what follows was undone by the user, in the conversation and in the files',
  })
}

function readUser(reader: Reader, line: RowLine, id: string): void {
  const { memory, source } = reader
  const at = createdAt(line.info) ?? memory.at
  memory.at = at
  const mark = line.parts.find((part) => part['type'] === 'compaction')
  if (mark !== undefined) memory.compaction = { of: id, trigger: mark['auto'] === false ? 'manual' : 'auto' }
  const prompt = promptOf(line.parts)
  const own = source.subagent === undefined ? turnIdOf(id) : turnIdOf(line.turn)
  const turn = prompt?.origin === 'human' ? own : memory.turn ?? own
  if (turn !== undefined) remember(memory.turns, id, turn)
  if (prompt === undefined) return
  if (prompt.text === USER_SHELL) return remember(memory.shells, id, true)
  if (prompt.origin === 'human') {
    closeCalls(reader, at)
    memory.turn = turn
  }
  tell(reader, eventId('prompt', id), at, turn, {
    kind: 'prompt', text: prompt.text, ...given('images', prompt.images === 0 ? undefined : prompt.images),
    origin: source.subagent === undefined || prompt.origin === 'client' ? prompt.origin : 'agent',
  })
}

/**
 * Calls that were under way when the client was killed have no result; that the user goes on says so. A prompt may also
 * come while a call runs, whose own result then counts more.
 */
function closeCalls(reader: Reader, at: Millis): void {
  for (const [call, { tool, turn }] of reader.memory.calls) {
    tell(reader, eventId('result', call), at, turn as TurnId | undefined,
      { kind: 'tool-result', tool, call, outcome: 'interrupted', output: '' }, reader.source.subagent, 'call')
  }
  reader.memory.calls.clear()
}

function readAssistant(reader: Reader, line: RowLine, id: string): void {
  const { memory, source } = reader
  const parent = idOf(line.info['parentID'])
  const at = createdAt(line.info) ?? memory.at
  memory.at = at
  const turn = memory.turns.get(parent ?? '') ?? (source.subagent === undefined ? turnIdOf(parent) : undefined)
    ?? memory.turn
  const message: Message = { id, info: line.info, parts: line.parts, at, turn }
  if (memory.shells.has(parent ?? '')) return readUserShell(reader, message)
  const model = wordsOf(line.info['modelID'])
  if (model !== undefined && source.subagent === undefined) reader.facts = { ...reader.facts, model }
  readParts(reader, message, model)
  if (line.info['summary'] === true) readSummary(reader, message, parent ?? id)
  else readEnd(reader, message)
}

function readParts(reader: Reader, message: Message, model: string | undefined): void {
  const cwd = textOf(objectOf(message.info['path'])['cwd']) ?? ''
  let at = message.at
  for (const part of message.parts) {
    const place = { at, model, cwd, report: (unknown: string): void => { report(reader, unknown) } }
    for (const told of readPart(part, place)) {
      // The text of a summary is told by the compaction.
      if (message.info['summary'] === true && told.body.kind === 'response') continue
      tell(reader, told.id, told.at, message.turn, told.body, told.subagent)
    }
    const open = openCallOf(part)
    if (open === undefined) reader.memory.calls.delete(textOf(part['id']) ?? '')
    else remember(reader.memory.calls, open.call, { tool: open.tool, ...given('turn', message.turn) })
    at = Math.max(at, endOf(part) ?? 0)
  }
}

function readUserShell(reader: Reader, { parts, turn, at }: Message): void {
  for (const part of parts) {
    const [id, command] = [idOf(part['id']), textOf(objectOf(objectOf(part['state'])['input'])['command'])]
    if (id === undefined || command === undefined) continue
    tell(reader, eventId('notice', id), at, turn, { kind: 'notice', what: 'user-shell', text: command })
  }
}

/** A compaction is a mark in a message of the user, and the summary that answers it. */
function readSummary(reader: Reader, { info, parts }: Message, of: string): void {
  const { memory } = reader
  const completed = numberOf(objectOf(info['time'])['completed'])
  if (completed === undefined || info['error'] !== undefined) return
  const summary = parts.flatMap((part) => part['type'] === 'text' ? [textOf(part['text']) ?? ''] : []).join('\n')
  const trigger = memory.compaction?.of === of ? memory.compaction.trigger : 'unknown'
  tell(reader, eventId('compaction', of), completed, memory.turns.get(of),
    { kind: 'compaction', trigger, ...given('summary', wordsOf(summary)) })
}

/** With these the client asks the model again. */
const GOES_ON: ReadonlySet<string> = new Set(['tool-calls', 'unknown'])

function readEnd(reader: Reader, { id, info, turn }: Message): void {
  const completed = numberOf(objectOf(info['time'])['completed'])
  const finish = textOf(info['finish'])
  const error = objectOf(info['error'])
  const name = textOf(error['name'])
  const at = completed ?? reader.memory.at
  const aborted = name === 'MessageAbortedError'
  if (name !== undefined && !aborted) {
    const text = textOf(objectOf(error['data'])['message']) ?? name
    tell(reader, eventId('error', id), at, turn, { kind: 'notice', what: 'api-error', text })
  }
  const over = name !== undefined || (completed !== undefined && finish !== undefined && !GOES_ON.has(finish))
  if (!over || turn === undefined || reader.source.subagent !== undefined) return
  const outcome = aborted ? 'interrupted' : name === undefined ? 'completed' : 'failed'
  tell(reader, eventId('end', turn), at, turn, { kind: 'turn-end', outcome })
}

function tell(
  reader: Reader, id: EventId, at: Millis, turn: TurnId | undefined, body: EventBody,
  subagent = reader.source.subagent, source: EventSource = 'transcript',
): void {
  reader.observations.push({
    event: { id, ...given('turn', turn), ...given('subagent', subagent), at, ...body },
    source, offset: nextOffset(reader),
  })
}
