// What a transcript of Claude Code tells: JSON lines that form a tree, appended while the client works.
// Read in slices of whole lines; where the slices are cut makes no difference.

import type { TranscriptLine } from '../agent.ts'
import { readAssistant, readAttachment, readSystem, readUser, settleOpen } from './lines.ts'
import { keep, recall, remember } from './memory.ts'
import type { Line, Reader } from './reader.ts'
import { placeInTurn } from './turns.ts'
import { idOf } from '../event-ids.ts'
import { digestOf, given, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { parseTyped, parserOf, report } from '../transcript-reader.ts'

/** The client's log of its requests: most bytes of a transcript, and nothing that the other lines do not tell. */
const REQUEST_LOG = '{"type":"api-request'

const BOOKKEEPING: ReadonlySet<string> = new Set([
  'agent-name', 'agent-setting', 'ai-title', 'api-request', 'api-request-blob', 'api-request-shape', 'atis-latch',
  'cost-state', 'custom-title', 'file-history-delta', 'file-history-snapshot', 'last-prompt', 'mode', 'permission-mode',
  'queue-operation', 'relocated', 'summary', 'tag', 'tools-used', 'worktree-state',
])

export const parseTranscript = parserOf({ recall, readLine, keep })

/** True for a line that a resumed session needs. */
function readLine(reader: Reader, { offset, text }: TranscriptLine): boolean {
  if (text.startsWith(REQUEST_LOG) || text.trim() === '') return false
  const parsed = parseTyped(reader, text)
  if (parsed === undefined) return false
  const { raw, type } = parsed
  if (BOOKKEEPING.has(type)) return readBookkeeping(reader, type, raw)
  const uuid = idOf(raw['uuid'])
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (read === undefined) report(reader, `line:${type}`)
  else if (uuid === undefined) report(reader, `line:${type} without uuid`)
  if (uuid === undefined) return false
  const line = placeInTurn(reader, { raw, type, uuid, offset })
  remember(reader.memory, 'lines', uuid, line.turn)
  settleOpen(reader, line)
  noteFacts(reader, line)
  read?.(reader, line)
  return !isSnapshot(raw)
}

/** The system prompt and all tools, again and again. The client resumes without it, closing the gap in the chain. */
const isSnapshot = (raw: JsonObject): boolean => objectOf(raw['attachment'])['type'] === 'prompt_snapshot'

const READERS: Readonly<Record<string, (reader: Reader, line: Line) => void>> = {
  user: readUser,
  assistant: readAssistant,
  system: readSystem,
  attachment: readAttachment,
}

/** Until the first line of its own, the client's bookkeeping tells when a file was begun, and with which prompt. */
function readBookkeeping({ memory }: Reader, type: string, raw: JsonObject): boolean {
  const snapshot = objectOf(raw['snapshot'])
  if (!memory.own && type === 'queue-operation' && memory.dated === undefined) {
    date(textOf(raw['timestamp']), digestOf(textOf(raw['content'])?.trim()))
  } else if (!memory.own && type === 'file-history-snapshot') {
    date(textOf(snapshot['timestamp']), idOf(raw['messageId']))
  }
  return type.startsWith('file-history-')

  function date(timestamp: string | undefined, of: string | undefined): void {
    const at = Date.parse(timestamp ?? '')
    if (of !== undefined && !Number.isNaN(at)) memory.dated = { at, of }
  }
}

/** Of the main conversation only: a subagent may run another model, or on another branch. */
function noteFacts(reader: Reader, { raw, turn }: Line): void {
  if (turn.copied === true) {
    reader.facts = { ...reader.facts, forked: true }
    return
  }
  if (reader.source.subagent !== undefined) return
  reader.facts = {
    ...reader.facts,
    ...given('agentVersion', wordsOf(raw['version'])), ...given('gitBranch', wordsOf(raw['gitBranch'])),
  }
}
