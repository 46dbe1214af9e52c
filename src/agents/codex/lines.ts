// What the lines of a rollout tell besides finished items: who and where, ends of turns, what older clients wrote.

import type { EventBody } from '../../model/event.ts'
import { eventId, idOf } from '../event-ids.ts'
import { readCall, readOutput } from './calls.ts'
import { promptEvent } from './ids.ts'
import { readItem } from './items.ts'
import { boundedName, boundedPath, boundedSummary } from './memory.ts'
import { originOfText, taskOf, textOfParts, typedText } from './prompts.ts'
import { tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { readTotals } from './usage.ts'
import { digestOf, given, isObject, listOf, objectOf, textOf, wordsOf } from '../json.ts'
import { report } from '../transcript-reader.ts'

/** The first one is the session's own; what an old client's fork copied begins with its origin's. */
export function readSessionMeta(reader: Reader, line: Line): void {
  const { memory, source } = reader
  if (memory.met) return
  memory.met = true
  const { cwd, cli_version: version, git, forked_from_id: origin, source: from } = line.payload
  memory.cwd = boundedPath(wordsOf(cwd))
  if (source.subagent === undefined) {
    reader.facts = {
      ...reader.facts,
      ...given('agentVersion', wordsOf(version)), ...given('gitBranch', wordsOf(objectOf(git)['branch'])),
      ...(idOf(origin) === undefined ? {} : { forked: true }),
    }
    return
  }
  const role = objectOf(objectOf(objectOf(from)['subagent'])['thread_spawn'])['agent_role']
  memory.agentType = boundedName(wordsOf(role)) ?? 'default'
}

export function readTurnContext(reader: Reader, line: Line): void {
  const { memory, source } = reader
  const { model, cwd } = line.payload
  memory.model = boundedName(wordsOf(model)) ?? memory.model
  memory.cwd = boundedPath(wordsOf(cwd)) ?? memory.cwd
  if (source.subagent === undefined) reader.facts = { ...reader.facts, ...given('model', memory.model) }
}

/** The words between the client's own introduction and the end are the model's. */
export function readCompacted(reader: Reader, line: Line): void {
  const message = textOf(line.payload['message']) ?? ''
  reader.memory.summary = boundedSummary(message.replace(/^Another language model [^\n]*\n/, ''))
  if (reader.memory.itemised) return
  const summary = wordsOf(reader.memory.summary)
  reader.memory.summary = undefined
  const id = eventId('compaction', digestOf(reader.source.session, String(line.at), summary))
  tell(reader, line, id, { kind: 'compaction', trigger: 'unknown', ...given('summary', summary) })
}

const EVENTS: Readonly<Record<string, (reader: Reader, line: Line) => void>> = {
  task_started: readTurnStart, turn_started: readTurnStart,
  task_complete: readTurnEnd, turn_complete: readTurnEnd,
  turn_aborted: (reader, line) => tellEnd(reader, line, 'interrupted'),
  item_completed: readItem,
  token_count: readTotals,
  user_message: readOldPrompt,
  thread_rolled_back: readRollback,
}

/** Told better by other lines, or nothing that was said or done. */
const KNOWN_EVENTS: ReadonlySet<string> = new Set([
  'agent_message', 'agent_reasoning', 'agent_reasoning_raw_content', 'agent_reasoning_section_break',
  'context_compacted', 'entered_review_mode', 'error', 'exec_command_begin', 'exec_command_end',
  'exited_review_mode', 'item_started', 'mcp_tool_call_begin', 'mcp_tool_call_end', 'patch_apply_begin',
  'patch_apply_end', 'session_configured', 'stream_error', 'thread_settings_applied', 'turn_diff',
  'undo_completed', 'view_image_tool_call', 'warning', 'web_search_begin', 'web_search_end',
])

export function readEvent(reader: Reader, line: Line): void {
  const type = textOf(line.payload['type']) ?? 'no type'
  if (Object.hasOwn(EVENTS, type)) EVENTS[type]!(reader, line)
  else if (!KNOWN_EVENTS.has(type)) report(reader, `event:${type}`)
}

/** A subagent that gets another task starts once. */
function readTurnStart(reader: Reader, line: Line): void {
  const { memory, source } = reader
  memory.worked = false
  if (source.subagent === undefined) return
  const agentType = memory.agentType ?? 'default'
  tell(reader, line, eventId('subagent-start', source.subagent), { kind: 'subagent-start', agentType })
}

function readTurnEnd(reader: Reader, line: Line): void {
  const { error, last_agent_message: said } = line.payload
  const failure = isObject(error) ? textOf(error['message']) ?? JSON.stringify(error).slice(0, 1000) : undefined
  if (failure !== undefined) {
    const id = eventId('notice', digestOf(line.own, failure))
    tell(reader, line, id, { kind: 'notice', what: 'api-error', text: failure })
  }
  tellEnd(reader, line, failure === undefined ? 'completed' : 'failed', wordsOf(said))
}

/** A subagent's end is told as that; the turn of a compaction is none of the user's. */
function tellEnd(reader: Reader, line: Line, outcome: 'completed' | 'interrupted' | 'failed', text?: string): void {
  const { memory, source } = reader
  if (line.own === undefined) return
  if (source.subagent !== undefined) {
    const body: EventBody = { kind: 'subagent-end', agentType: memory.agentType ?? 'default', ...given('text', text) }
    tell(reader, line, eventId('subagent-end', source.subagent, line.own), body)
  } else if (memory.worked) {
    tell(reader, line, eventId('end', line.own), { kind: 'turn-end', outcome })
  }
}

/** Clients that record no items. */
function readOldPrompt(reader: Reader, line: Line): void {
  const text = typedText(textOf(line.payload['message']) ?? '')
  const images = listOf(line.payload['images']).length
  if (reader.memory.itemised || (text.trim() === '' && images === 0)) return
  const origin = reader.source.subagent !== undefined ? 'agent' : originOfText(text)
  tell(reader, line, promptEvent(line.own, text),
    { kind: 'prompt', text, origin, ...given('images', images === 0 ? undefined : images) })
}

function readRollback(reader: Reader, line: Line): void {
  const text = `The user went back by ${String(line.payload['num_turns'] ?? 'some')} turns.`
  tell(reader, line, eventId('notice', digestOf(reader.source.session, String(line.at))),
    { kind: 'notice', what: 'rolled-back', text })
}

/** What the client gives the model besides the conversation. */
const KNOWN_ITEMS: ReadonlySet<string> = new Set([
  'additional_tools', 'compaction', 'compaction_summary', 'context_compaction', 'ghost_snapshot', 'other',
])

export function readResponseItem(reader: Reader, line: Line): void {
  const type = textOf(line.payload['type']) ?? 'no type'
  if (type === 'message' || type === 'reasoning') return readOldMessage(reader, line, type)
  if (type === 'agent_message') return readTask(reader, line)
  if (type.endsWith('_call')) return readCall(reader, line, type.slice(0, -'_call'.length))
  if (type.endsWith('_output')) return readOutput(reader, line)
  if (!KNOWN_ITEMS.has(type)) report(reader, `item:${type}`)
}

/** Clients that record no items. */
function readOldMessage(reader: Reader, line: Line, type: 'message' | 'reasoning'): void {
  const { role, content, summary, id } = line.payload
  if (reader.memory.itemised || (type === 'message' && role !== 'assistant')) return
  const text = wordsOf(type === 'message' ? textOfParts(content)
    : [textOfParts(summary), textOfParts(content)].filter((part) => part !== '').join('\n\n'))
  if (text === undefined) return
  const kind = type === 'message' ? 'response' : 'reasoning'
  tell(reader, line, eventId(kind, idOf(id) ?? digestOf(reader.source.session, String(line.at), text)),
    { kind, text, ...given('model', reader.memory.model) })
}

function readTask(reader: Reader, line: Line): void {
  const text = reader.source.subagent === undefined ? undefined : taskOf(line.payload)
  if (text !== undefined) tell(reader, line, promptEvent(line.own, text), { kind: 'prompt', text, origin: 'agent' })
}
