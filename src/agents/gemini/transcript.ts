// What a transcript of Gemini CLI tells: a log of JSON lines, each a header of a process, a message, a change of what
// is known of the session, or the order to forget messages. The history of the conversation may be replaced as a whole
// and messages be taken back; what was told of them stays.

import type { EventBody } from '../../model/event.ts'
import type { TranscriptLine } from '../agent.ts'
import { eventId } from '../event-ids.ts'
import { idOf } from './ids.ts'
import { keep, recall } from './memory.ts'
import { goOn, readGemini, readNote, readUser } from './messages.ts'
import { enclosed, spokenText } from './prompts.ts'
import { tell } from './reader.ts'
import type { Message, Reader } from './reader.ts'
import { given, isObject, listOf, objectOf, parseObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { parserOf, report } from '../transcript-reader.ts'

export const parseTranscript = parserOf({ recall, readLine, keep })

/** True for a line that a resumed session needs. */
function readLine(reader: Reader, { text }: TranscriptLine): boolean {
  if (text.trim() === '') return false
  const raw = parseObject(text)
  if (raw === undefined) {
    report(reader, 'line:not-json')
    return false
  }
  readRecord(reader, raw)
  return true
}

function readRecord(reader: Reader, raw: JsonObject): void {
  const rewind = idOf(raw['$rewindTo'])
  const id = idOf(raw['id'])
  if (isHeader(raw)) {
    goOn(reader)
    // Clients of before wrote the whole conversation at once.
    for (const message of listOf(raw['messages'])) readRecord(reader, objectOf(message))
  } else if (isObject(raw['$set'])) {
    readChange(reader, raw['$set'])
  } else if (rewind !== undefined) {
    const body: EventBody = { kind: 'notice', what: 'rewind', text: rewind }
    tell(reader, reader.memory.at, eventId('notice', 'rewind', rewind), body)
  } else if (id !== undefined) {
    readMessage(reader, raw, id)
  } else {
    report(reader, `line:${wordsOf(raw['type']) ?? Object.keys(raw)[0] ?? 'empty'}`)
  }
}

export const isHeader = (raw: JsonObject): boolean =>
  textOf(raw['sessionId']) !== undefined && textOf(raw['projectHash']) !== undefined

const READERS: Readonly<Record<string, (reader: Reader, message: Message) => void>> = {
  user: readUser, gemini: readGemini, info: readNote, warning: readNote, error: readNote,
}

function readMessage(reader: Reader, raw: JsonObject, id: string): void {
  const type = textOf(raw['type']) ?? 'none'
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (read === undefined) return report(reader, `line:${type}`)
  const time = Date.parse(textOf(raw['timestamp']) ?? '')
  const before = reader.memory.at
  const at = Number.isNaN(time) ? before : time
  reader.memory.at = at
  read(reader, { raw, id, at, before })
}

const KNOWN_CHANGES: ReadonlySet<string> = new Set([
  'directories', 'kind', 'lastUpdated', 'memoryScratchpad', 'messages', 'projectHash', 'sessionId', 'startTime',
  'summary',
])

/**
 * A history that replaces the one before was told message by message when it was made; only the summary of a
 * compaction is new in it.
 */
function readChange(reader: Reader, change: JsonObject): void {
  for (const key of Object.keys(change)) if (!KNOWN_CHANGES.has(key)) report(reader, `set:${key}`)
  const { memory } = reader
  // So begins a process that resumes the session, and so ends a compaction.
  if (change['sessionId'] !== undefined) goOn(reader)
  const last = listOf(change['messages']).map(objectOf).findLast((message) => summaryOf(message) !== undefined)
  const id = idOf(last?.['id'])
  if (last === undefined || id === undefined || id === memory.summary) return
  memory.summary = id
  const time = Date.parse(textOf(change['lastUpdated']) ?? textOf(last['timestamp']) ?? '')
  tell(reader, Number.isNaN(time) ? memory.at : time, eventId('compaction', id),
    { kind: 'compaction', trigger: 'unknown', ...given('summary', wordsOf(summaryOf(last))) })
}

/** What the model wrote to go on from, of a message that holds it. */
const summaryOf = (message: JsonObject): string | undefined => message['type'] !== 'user' ? undefined
  : enclosed(spokenText(message['content']), 'state_snapshot')?.text.trim()
