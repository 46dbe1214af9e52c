// What the finished items of a rollout tell: prompts, answers, commands, patches, subagents. Code mode has the same.

import type { EventBody } from '../../model/event.ts'
import { absolute, recordedChanges } from './changes.ts'
import { eventId, idOf } from '../event-ids.ts'
import { promptEvent, changeEvent } from './ids.ts'
import { remember } from './memory.ts'
import { imagesOf, originOfText, textOfParts, typedText } from './prompts.ts'
import { tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { commandOf, isKnownTool, toolOf } from './tools.ts'
import type { Outcome } from './tools.ts'
import { boundedDepth, given, listOf, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { report } from '../transcript-reader.ts'

interface Item {
  readonly reader: Reader
  readonly line: Line
  readonly item: JsonObject
  readonly id: string
}

const READERS: Readonly<Record<string, (item: Item) => void>> = {
  UserMessage: readPrompt,
  HookPrompt: readHookPrompt,
  AgentMessage: readAnswer,
  Reasoning: readReasoning,
  CommandExecution: readCommand,
  FileChange: readPatch,
  McpToolCall: readMcpCall,
  CollabAgentToolCall: readCollaboration,
  SubAgentActivity: readActivity,
  ContextCompaction: readCompaction,
}

export function readItem(reader: Reader, line: Line): void {
  const item = objectOf(line.payload['item'])
  const type = textOf(item['type'])
  const id = idOf(item['id'])
  if (type === undefined || id === undefined) return report(reader, `item:${type ?? 'no type'}`)
  reader.memory.itemised = true
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  const found: Item = { reader, line, item, id }
  if (read !== undefined) return read(found)
  report(reader, `item:${type}`)
  readUnknown(found, type)
}

function readPrompt({ reader, line, item }: Item): void {
  const text = typedText(textOfParts(item['content']))
  const images = imagesOf(item['content'])
  if (text.trim() === '' && images === 0) return
  const origin = reader.source.subagent !== undefined ? 'agent' : originOfText(text)
  tell(reader, line, promptEvent(line.own, text),
    { kind: 'prompt', text, origin, ...given('images', images === 0 ? undefined : images) })
}

/** What a hook made the client say to the model at the end of a turn. */
function readHookPrompt({ reader, line, item, id }: Item): void {
  const text = wordsOf(textOfParts(item['fragments']))
  if (text !== undefined) tell(reader, line, eventId('prompt', id), { kind: 'prompt', text, origin: 'client' })
}

function readAnswer({ reader, line, item, id }: Item): void {
  const text = wordsOf(textOfParts(item['content']))
  if (text === undefined) return
  tell(reader, line, eventId('response', id), { kind: 'response', text, ...given('model', reader.memory.model) })
}

function readReasoning({ reader, line, item, id }: Item): void {
  const said = [...listOf(item['summary_text']), ...listOf(item['raw_content'])]
  const text = wordsOf(said.filter((part) => typeof part === 'string').join('\n\n'))
  if (text === undefined) return
  tell(reader, line, eventId('reasoning', id), { kind: 'reasoning', text, ...given('model', reader.memory.model) })
}

function readCommand(found: Item): void {
  const { reader, line, item, id } = found
  const command = commandOf(item['command'])
  if (item['source'] === 'user_shell') {
    return tell(reader, line, eventId('notice', id), { kind: 'notice', what: 'user-shell', text: command })
  }
  const cwd = folderOf(textOf(item['cwd'])) ?? reader.memory.cwd
  const read = listOf(item['parsed_cmd']).map(objectOf).filter((part) => part['type'] === 'read')
    .flatMap((part) => wordsOf(part['path']) ?? []).map((path) => absolute(path, cwd))
  const reads = read.length === 0 ? undefined : [...new Set(read)]
  // Told again where it adds what was read: the call itself does not say it.
  if (reads !== undefined || !reader.memory.calls.has(id)) {
    tellCall(found, { kind: 'tool-call', tool: 'Bash', call: id, input: { command }, ...given('reads', reads) })
  }
  tellResult(found, 'Bash', textOf(item['aggregated_output']) ?? '', numberOf(item['exit_code']) ?? 0)
}

function readPatch(found: Item): void {
  const { reader, line, item, id } = found
  const files = Object.keys(objectOf(item['changes']))
  // The hook tells the patch itself.
  if (!reader.memory.calls.has(id)) {
    tellCall(found, { kind: 'tool-call', tool: 'apply_patch', call: id, input: { files } }, 'call')
  }
  tellResult(found, 'apply_patch', wordsOf(item['stdout']) ?? textOf(item['stderr']) ?? '')
  if (item['status'] !== 'completed') return
  for (const change of recordedChanges(id, item['changes'])) {
    tell(reader, line, changeEvent(id, change.from ?? change.path), change)
  }
}

function readMcpCall(found: Item): void {
  const { item, id } = found
  const tool = toolOf(textOf(item['tool']) ?? 'unknown', `mcp__${textOf(item['server']) ?? 'unknown'}`)
  tellCall(found, { kind: 'tool-call', tool, call: id, input: boundedDepth(item['arguments'] ?? {}) })
  tellResult(found, tool, boundedDepth(item['result'] ?? item['error'] ?? ''))
}

/** Its result stands in a line of its own, but for calls from a script. */
function readCollaboration(found: Item): void {
  const { reader, line, item, id } = found
  const tool = toolOf(textOf(item['tool']) ?? 'unknown')
  if (!reader.memory.calls.has(id)) {
    const input = { ...given('prompt', textOf(item['prompt'])) }
    tellCall(found, { kind: 'tool-call', tool, call: id, input }, 'call')
    tellResult(found, tool, boundedDepth(item['agents_states'] ?? ''))
  }
  if (tool !== 'spawn_agent') return
  for (const subagent of listOf(item['receiver_thread_ids'])) {
    if (idOf(subagent) !== undefined) tellSubagent(reader, line, subagent as string, id)
  }
}

function readActivity(found: Item): void {
  const { reader, line, item, id } = found
  const subagent = idOf(item['agent_thread_id'])
  if (subagent === undefined || item['kind'] !== 'started') return
  if (!reader.memory.calls.has(id)) {
    const input = { ...given('agent_path', textOf(item['agent_path'])) }
    tellCall(found, { kind: 'tool-call', tool: 'spawn_agent', call: id, input }, 'call')
  }
  tellSubagent(reader, line, subagent, id)
}

/** The subagent itself, or its hook, knows its type better. */
function tellSubagent(reader: Reader, line: Line, subagent: string, call: string): void {
  tell(reader, line, eventId('subagent-start', subagent), { kind: 'subagent-start', agentType: 'default', call },
    { subagent, source: 'call' })
}

/** The user asks for one in a turn without prompt; the client's own come in the middle of the work. */
function readCompaction({ reader, line, id }: Item): void {
  const { memory } = reader
  const trigger = memory.worked ? 'auto' : 'manual'
  tell(reader, line, eventId('compaction', id),
    { kind: 'compaction', trigger, ...given('summary', wordsOf(memory.summary)) })
  memory.summary = undefined
}

/** An item of a kind that we do not know is most likely a tool's. */
function readUnknown(found: Item, type: string): void {
  const { type: _type, id, ...input } = found.item
  const tool = type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase().slice(0, 100)
  if (found.reader.memory.calls.has(id as string)) return
  tellCall(found, { kind: 'tool-call', tool, call: found.id, input: boundedDepth(input) }, 'call')
}

function tellCall(found: Item, body: EventBody & { readonly kind: 'tool-call' }, source?: 'call'): void {
  const { reader, line } = found
  if (source === undefined && !isKnownTool(body.tool)) report(reader, `tool:${body.tool}`)
  const at = numberOf(line.payload['started_at_ms'])
  tell(reader, line, eventId('call', body.call), body, { at, ...given('source', source) })
  const { memory } = reader
  for (const [script, open] of [...memory.scripts]) remember(memory, 'scripts', script, { ...open, called: true })
}

/** The first telling holds: what was interrupted ends some time later, as failed. */
function tellResult(found: Item, tool: string, output: unknown, exitCode = 0): void {
  const { reader, line, item, id } = found
  if (reader.memory.told.has(id)) return
  remember(reader.memory, 'told', id, true)
  tell(reader, line, eventId('result', id), {
    kind: 'tool-result', tool, call: id, outcome: outcomeOf(item, exitCode), output,
    ...given('durationMs', durationOf(item)),
  })
}

function outcomeOf(item: JsonObject, exitCode: number): Outcome {
  if (item['status'] === 'declined') return 'refused'
  return item['status'] === 'failed' || exitCode !== 0 ? 'failed' : 'ok'
}

function durationOf(item: JsonObject): number | undefined {
  const { secs, nanos } = objectOf(item['duration'])
  const [seconds, rest] = [numberOf(secs), numberOf(nanos)]
  return seconds === undefined ? undefined : Math.round(seconds * 1000 + (rest ?? 0) / 1e6)
}

/** `file:///home/dev/a%20b` → `/home/dev/a b`. */
function folderOf(url: string | undefined): string | undefined {
  if (url === undefined || !url.startsWith('file://')) return url
  try {
    return decodeURIComponent(new URL(url).pathname)
  } catch {
    return undefined
  }
}
