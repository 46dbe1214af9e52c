// What the parts of an agent's message tell: answers, reasoning, calls of tools with their results and changes, tokens.

import type { EventBody, Millis } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import { boundedDepth, given, isObject, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { eventId } from '../event-ids.ts'
import { idOf } from './ids.ts'
import { changesOf, isKnownTool, readsOf } from './tools.ts'

/** One fact, still without its turn. `subagent`: that it is about. */
export interface Told {
  readonly id: EventId
  readonly at: Millis
  readonly body: EventBody
  readonly subagent?: string
}

export interface MessagePlace {
  /** When the message was begun, for parts that know no time. */
  readonly at: Millis
  readonly model: string | undefined
  readonly cwd: string
  /** Takes the names of tools and kinds of parts that we do not know. */
  readonly report: (unknown: string) => void
}

const QUIET: ReadonlySet<string> = new Set([
  'agent', 'compaction', 'file', 'patch', 'snapshot', 'step-start', 'subtask', 'tool', 'step-finish',
])

export function readPart(part: JsonObject, place: MessagePlace): readonly Told[] {
  const id = idOf(part['id'])
  const type = textOf(part['type']) ?? 'none'
  if (id === undefined) return []
  if (type === 'text' || type === 'reasoning') return readWords(part, id, type, place)
  if (type === 'tool') return readTool(part, id, place)
  if (type === 'step-finish') return readUsage(part, id, place)
  if (type === 'retry') {
    const text = textOf(objectOf(objectOf(part['error'])['data'])['message']) ?? ''
    const at = numberOf(objectOf(part['time'])['created']) ?? place.at
    return [{ id: eventId('notice', id), at, body: { kind: 'notice', what: 'api-error', text } }]
  }
  if (!QUIET.has(type)) place.report(`part:${type}`)
  return []
}

/** A text has no end while it streams; one that its client left so is told by nobody. */
function readWords(part: JsonObject, id: string, type: 'text' | 'reasoning', place: MessagePlace): readonly Told[] {
  const text = wordsOf(part['text'])
  const { start, end } = objectOf(part['time'])
  if (text === undefined || part['synthetic'] === true || (start !== undefined && end === undefined)) return []
  const kind = type === 'text' ? 'response' : 'reasoning'
  const body: EventBody = { kind, text, ...given('model', place.model) }
  return [{ id: eventId(kind, id), at: numberOf(start) ?? place.at, body }]
}

/** The state of a call grows until it is completed or an error; what is told of it before stays. */
function readTool(part: JsonObject, call: string, place: MessagePlace): readonly Told[] {
  const tool = wordsOf(part['tool'])
  const state = objectOf(part['state'])
  const status = textOf(state['status']) ?? 'none'
  if (tool === undefined || status === 'pending') return []
  if (!isKnownTool(tool)) place.report(`tool:${tool}`)
  const time = objectOf(state['time'])
  const began = numberOf(time['start']) ?? place.at
  const input = boundedDepth(state['input'] ?? {})
  const asked: Told = { id: eventId('call', call), at: began, body: {
    kind: 'tool-call', tool, call, input, ...given('reads', readsOf(tool, input)),
  } }
  const child = tool === 'task' ? readChild(state, call, began) : []
  if (status !== 'completed' && status !== 'error') return [asked, ...child]
  const ended = numberOf(time['end']) ?? began
  const result: Told = { id: eventId('result', call), at: ended, body: {
    kind: 'tool-result', tool, call, outcome: outcomeOf(status, state),
    output: textOf(state['output']) ?? textOf(state['error']) ?? '', durationMs: Math.max(0, ended - began),
  } }
  const metadata = objectOf(state['metadata'])
  const finished = { tool, call, input: objectOf(input), metadata, cwd: place.cwd }
  const changes = (status === 'completed' ? changesOf(finished) : []).map((body, index): Told =>
    ({ id: eventId('change', call, index), at: ended, body }))
  return [asked, ...child, result, ...changes, ...status === 'completed' ? readChildsEnd(state, call, ended) : []]
}

type Outcome = (EventBody & { kind: 'tool-result' })['outcome']

/** A shell command that failed is completed for the client, which keeps the exit code. */
function outcomeOf(status: string, state: JsonObject): Outcome {
  const { exit, interrupted } = objectOf(state['metadata'])
  if (status === 'completed') return typeof exit === 'number' && exit !== 0 ? 'failed' : 'ok'
  const error = textOf(state['error']) ?? ''
  if (interrupted === true || error === 'Tool execution aborted') return 'interrupted'
  return /^The user (?:rejected permission|has specified a rule)/.test(error) ? 'refused' : 'failed'
}

const childOf = (state: JsonObject): string | undefined => idOf(objectOf(state['metadata'])['sessionId'])
const agentTypeOf = (state: JsonObject): string => wordsOf(objectOf(state['input'])['subagent_type']) ?? 'unknown'

function readChild(state: JsonObject, call: string, at: Millis): readonly Told[] {
  const subagent = childOf(state)
  if (subagent === undefined) return []
  const body: EventBody = { kind: 'subagent-start', agentType: agentTypeOf(state), call }
  return [{ id: eventId('subagent-start', subagent), at, body, subagent }]
}

/** The same subagent may be asked again, and ends each time. */
function readChildsEnd(state: JsonObject, call: string, at: Millis): readonly Told[] {
  const subagent = childOf(state)
  if (subagent === undefined) return []
  const output = textOf(state['output']) ?? ''
  const said = /<task_result>\n?([^]*?)\n?<\/task_result>/.exec(output)?.[1] ?? output
  const body: EventBody = { kind: 'subagent-end', agentType: agentTypeOf(state), ...given('text', wordsOf(said)) }
  return [{ id: eventId('subagent-end', call), at, body, subagent }]
}

/** One for each request to the model. The client counts neither cached tokens as input nor reasoning as output. */
function readUsage(part: JsonObject, message: string, { at, model }: MessagePlace): readonly Told[] {
  const { tokens } = part
  if (!isObject(tokens) || model === undefined) return []
  const count = (value: unknown): number => Math.max(0, numberOf(value) ?? 0)
  const cache = objectOf(tokens['cache'])
  const counted = {
    input: count(tokens['input']), output: count(tokens['output']) + count(tokens['reasoning']),
    cacheRead: count(cache['read']), cacheWrite: count(cache['write']),
  }
  if (Object.values(counted).every((one) => one === 0)) return []
  return [{ id: eventId('usage', message), at, body: { kind: 'usage', message, model, tokens: counted } }]
}

/** The call that a part makes and that has not ended. */
export function openCallOf(part: JsonObject): { readonly call: string; readonly tool: string } | undefined {
  const [call, tool] = [idOf(part['id']), wordsOf(part['tool'])]
  const { status } = objectOf(part['state'])
  return part['type'] === 'tool' && status === 'running' && call !== undefined && tool !== undefined
    ? { call, tool } : undefined
}

/** When a part ended; undefined where it knows no time. */
export const endOf = (part: JsonObject): Millis | undefined =>
  numberOf(objectOf(part['time'])['end']) ?? numberOf(objectOf(objectOf(part['state'])['time'])['end'])
