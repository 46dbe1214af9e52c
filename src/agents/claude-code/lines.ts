// What the single lines of a transcript tell: prompts, answers, tool calls, usage, compactions, ends of turns.

import type { EventBody } from '../../model/event.ts'
import { blocksOf, imagesOf, promptText } from './content.ts'
import { eventId, idOf } from '../event-ids.ts'
import { openCall, remember } from './memory.ts'
import type { OpenUsage } from './memory.ts'
import { isEcho, isInterruption, originOfText, shellCommandOf, slashCommandOf } from './prompts.ts'
import { placeIn, tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { readToolResults } from './results.ts'
import { isKnownTool, pathOfInput } from './tools.ts'
import { boundedDepth, given, isObject, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { report } from '../transcript-reader.ts'

export function readUser(reader: Reader, line: Line): void {
  const content = objectOf(line.raw['message'])['content']
  const text = promptText(content)
  if (text === undefined) return readToolResults(reader, line)
  if (line.raw['isMeta'] === true || line.raw['isCompactSummary'] === true || isEcho(text)) return
  if (isInterruption(text)) return readEnd(reader, line, 'interrupted')
  const command = shellCommandOf(text)
  if (command !== undefined) {
    const body: EventBody = { kind: 'notice', what: 'user-shell', text: command }
    tell(reader, placeIn(reader, line), eventId('notice', line.uuid), body)
  } else {
    readPrompt(reader, line, text, imagesOf(content))
  }
}

/** A slash command is a prompt when it went to the model; one that the client answers itself has no `turnOrigin`. */
function readPrompt(reader: Reader, line: Line, words: string, images: number): void {
  const slash = slashCommandOf(words)
  if (slash !== undefined && line.raw['turnOrigin'] === undefined) return
  const text = slash ?? words
  if (text.trim() === '' && images === 0) return
  const id = reader.source.subagent === undefined ? line.turn.id : undefined
  tell(reader, placeIn(reader, line), eventId('prompt', id ?? line.uuid), {
    kind: 'prompt', text, origin: originOf(reader, line.raw, text),
    ...given('images', images === 0 ? undefined : images),
  })
}

function originOf(reader: Reader, raw: JsonObject, text: string): 'human' | 'client' | 'agent' {
  // Old clients start two agents with this word at every session, to warm up a cache.
  if (reader.source.subagent !== undefined) return text === 'Warmup' ? 'client' : 'agent'
  const turn = textOf(raw['turnOrigin'])
  if (turn !== undefined && turn !== 'human' && turn !== 'sdk') return 'client'
  const kind = textOf(objectOf(raw['origin'])['kind'])
  return kind !== undefined && kind !== 'human' ? 'client' : originOfText(text)
}

function readEnd(reader: Reader, line: Line, outcome: 'completed' | 'interrupted' | 'failed'): void {
  if (reader.source.subagent !== undefined || line.turn.id === undefined) return
  tell(reader, placeIn(reader, line), eventId('end', line.turn.id), { kind: 'turn-end', outcome })
}

/** One line holds one block of an API message; a message's usage stands on each of its lines, final on the last. */
export function readAssistant(reader: Reader, line: Line): void {
  const message = objectOf(line.raw['message'])
  const blocks = blocksOf(message['content'])
  const model = wordsOf(message['model'])
  if (line.raw['isApiErrorMessage'] === true) {
    const text = promptText(message['content']) ?? ''
    tell(reader, placeIn(reader, line), eventId('notice', line.uuid), { kind: 'notice', what: 'api-error', text })
    return readEnd(reader, line, 'failed')
  }
  if (model === '<synthetic>') return
  blocks.forEach((block, index) => readBlock(reader, line, block, index, model))
  if (model !== undefined) {
    readUsage(reader, line, message, model)
    const own = reader.source.subagent === undefined && line.turn.copied !== true
    if (own) reader.facts = { ...reader.facts, model }
  }
  // Clients without prompt ids write no line at the end of a turn, under -p.
  const last = blocks.at(-1)?.['type'] === 'text' && message['stop_reason'] === 'end_turn'
  if (last && line.turn.byLine === true) readEnd(reader, line, 'completed')
}

function readBlock(reader: Reader, line: Line, block: JsonObject, index: number, model: string | undefined): void {
  const { type, text, thinking, id, name, input } = block
  const said = wordsOf(type === 'text' ? text : type === 'thinking' ? thinking : undefined)
  if (said !== undefined) {
    const kind = type === 'text' ? 'response' : 'reasoning'
    const body: EventBody = { kind, text: said, ...given('model', model) }
    // The client writes one block a line, so that a number is hardly ever needed.
    tell(reader, placeIn(reader, line), eventId(kind, line.uuid, ...index === 0 ? [] : [index]), body)
  }
  const call = idOf(id)
  const tool = wordsOf(name)
  if (type !== 'tool_use' || call === undefined || tool === undefined) return
  if (!isKnownTool(tool)) report(reader, `tool:${tool}`)
  const agentType = textOf(objectOf(input)['subagent_type'])
  remember(reader.memory, 'calls', call, openCall(tool, line.at, agentType, pathOfInput(input)))
  const body: EventBody = { kind: 'tool-call', tool, call, input: boundedDepth(input ?? {}) }
  tell(reader, placeIn(reader, line), eventId('call', call), body)
}

function readUsage(reader: Reader, line: Line, message: JsonObject, model: string): void {
  const id = idOf(message['id'])
  if (id === undefined || !isObject(message['usage']) || reader.memory.counted.has(id)) return
  const count = (key: string): number => Math.max(0, numberOf(objectOf(message['usage'])[key]) ?? 0)
  const tokens = {
    input: count('input_tokens'), output: count('output_tokens'),
    cacheRead: count('cache_read_input_tokens'), cacheWrite: count('cache_creation_input_tokens'),
  }
  const usage: OpenUsage = { ...placeIn(reader, line), message: id, model: model.slice(0, 100), tokens }
  reader.memory.usage = usage
  if (typeof message['stop_reason'] === 'string') tellUsage(reader, usage)
}

function tellUsage(reader: Reader, usage: OpenUsage): void {
  const { message, model, tokens } = usage
  reader.memory.usage = undefined
  remember(reader.memory, 'counted', message, true)
  tell(reader, usage, eventId('usage', message), { kind: 'usage', message, model, tokens })
}

/** Tells what waited for this line: the usage of a message that was broken off, a compaction and its summary. */
export function settleOpen(reader: Reader, line: Line): void {
  const { usage, compaction } = reader.memory
  if (usage !== undefined && idOf(objectOf(line.raw['message'])['id']) !== usage.message) tellUsage(reader, usage)
  if (compaction === undefined) return
  reader.memory.compaction = undefined
  const text = promptText(objectOf(line.raw['message'])['content'])
  const summary = line.raw['isCompactSummary'] === true ? text : undefined
  tell(reader, compaction, eventId('compaction', compaction.uuid),
    { kind: 'compaction', trigger: compaction.trigger, ...given('summary', wordsOf(summary)) })
}

const KNOWN_SYSTEM: ReadonlySet<string> = new Set(['api_error', 'informational', 'local_command'])

export function readSystem(reader: Reader, line: Line): void {
  const subtype = textOf(line.raw['subtype']) ?? 'none'
  if (subtype === 'turn_duration' || subtype === 'stop_hook_summary') return readEnd(reader, line, 'completed')
  if (subtype === 'compact_boundary') {
    const trigger = (textOf(objectOf(line.raw['compactMetadata'])['trigger']) ?? 'unknown').slice(0, 100)
    reader.memory.compaction = { ...placeIn(reader, line), uuid: line.uuid, trigger }
  } else if (!KNOWN_SYSTEM.has(subtype)) {
    report(reader, `system:${subtype}`)
  }
}

/** What the client gives the model besides the conversation, and the traces of hooks. */
const KNOWN_ATTACHMENTS: ReadonlySet<string> = new Set([
  'agent_listing_delta', 'async_hook_response', 'auto_mode', 'command_permissions', 'date', 'deferred_tools_delta',
  'deferred_tools_record', 'environment', 'file', 'hook_additional_context', 'hook_blocking_error', 'hook_cancelled',
  'hook_non_blocking_error', 'hook_stopped_continuation', 'hook_success', 'hook_system_message', 'instructions',
  'mcp_instructions_delta', 'model', 'plan_mode', 'plan_mode_exit', 'prompt_snapshot', 'remote_session_change',
  'session_context', 'silent_turn_reminder', 'skill_listing', 'structured_output', 'total_tokens_reminder',
])

/** A prompt typed while the agent worked stands here. Its hook gives it the id of the turn it went into. */
export function readAttachment(reader: Reader, line: Line): void {
  const attachment = objectOf(line.raw['attachment'])
  const type = textOf(attachment['type']) ?? 'none'
  if (type !== 'queued_command') {
    if (!KNOWN_ATTACHMENTS.has(type)) report(reader, `attachment:${type}`)
    return
  }
  const text = wordsOf(promptText(attachment['prompt']))
  if (text === undefined) return
  const human = attachment['humanTurn'] === true || objectOf(attachment['origin'])['kind'] === 'human'
  const origin = reader.source.subagent !== undefined ? 'agent' : human ? 'human' : 'client'
  tell(reader, placeIn(reader, line), eventId('prompt', line.uuid), { kind: 'prompt', text, origin })
}
