// What the hooks of Cursor tell, which is nearly all there is: its transcripts know no ids, times, models, tokens and
// results. Payloads carry no time, so that facts without an id of the client are named by their turn and text.
// `user_email` is nobody's business and is never read.

import type { EventBody, FileChange, TokenUsage } from '../../model/event.ts'
import type { SessionId, TurnId } from '../../model/ids.ts'
import type { HookDelivery, HookReading, SessionFacts, Unreadable } from '../agent.ts'
import { eventId, idOf, sessionIdOf, turnIdOf } from '../event-ids.ts'
import { inOrder, tell } from '../hook-telling.ts'
import { typedText } from './prompts.ts'
import { askedChange, callIdOf, changeId, editedChange, readsOf, valueOf } from './tools.ts'
import { digestOf, given, isObject, listOf, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

type Finding = Partial<Pick<HookReading, 'observations' | 'moment'>>

interface Hook {
  readonly payload: JsonObject
  readonly session: SessionId
  readonly at: number
  readonly turn: TurnId | undefined
  readonly subagent: string | undefined
  readonly model: string | undefined
}

const READERS: Readonly<Record<string, (hook: Hook) => Finding>> = {
  sessionStart: readSessionStart,
  sessionEnd: readSessionEnd,
  beforeSubmitPrompt: readPrompt,
  preToolUse: readToolCall,
  postToolUse: readToolResult,
  postToolUseFailure: readToolFailure,
  afterFileEdit: readEdit,
  afterAgentThought: (hook) => readSaid(hook, 'reasoning'),
  afterAgentResponse: (hook) => readSaid(hook, 'response'),
  subagentStart: readSubagentStart,
  subagentStop: readSubagentStop,
  preCompact: readCompaction,
  stop: readStop,
}

/** The transcript's path is left out: whatever is in there, hooks have told better. */
export function parseHook({ payload, event, receivedAt }: HookDelivery): HookReading | Unreadable {
  if (!isObject(payload)) return { kind: 'unreadable', reason: 'payload is not an object' }
  const { conversation_id: conversation, parent_conversation_id: parent, generation_id: generation } = payload
  const session = sessionIdOf(parent) ?? sessionIdOf(conversation) ?? sessionIdOf(payload['session_id'])
  if (session === undefined) return { kind: 'unreadable', reason: 'payload has no conversation_id' }
  const name = wordsOf(payload['hook_event_name']) ?? event
  if (name === undefined) return { kind: 'unreadable', reason: 'payload has no hook_event_name' }
  const turn = turnIdOf(generation)
  const model = wordsOf(payload['model'])
  const hook: Hook = { payload, session, at: receivedAt, turn, subagent: idOf(payload['subagent_id']), model }
  const { observations = [], ...found } = Object.hasOwn(READERS, name) ? READERS[name]!(hook) : {}
  return {
    kind: 'reading', session, subagentTranscripts: [], facts: factsOf(hook),
    ...given('turn', turn),
    ...given('cwd', wordsOf(payload['cwd']) ?? wordsOf(listOf(payload['workspace_roots'])[0])),
    ...found,
    observations: inOrder(observations),
  }
}

const factsOf = ({ payload, model }: Hook): SessionFacts => ({
  ...given('agentVersion', wordsOf(payload['cursor_version'])), ...given('model', model),
  ...given('gitBranch', wordsOf(payload['git_branch'])),
})

/** What opens before the first prompt, or again, has no turn. */
const outside = (hook: Hook): Hook => ({ ...hook, turn: undefined })

function readSessionStart(hook: Hook): Finding {
  const id = eventId('session-start', digestOf(hook.session, hook.turn))
  return { observations: [tell(outside(hook), id, { kind: 'session-start', reason: 'startup' })] }
}

/** The command line says nothing of the end of a turn when it only prints: this is it, then. */
function readSessionEnd(hook: Hook): Finding {
  const { reason, duration_ms: duration } = hook.payload
  const id = eventId('session-end', digestOf(hook.session, hook.turn, String(duration)))
  const body: EventBody = { kind: 'session-end', reason: wordsOf(reason) ?? 'other' }
  return { moment: 'session-end', observations: [tell(outside(hook), id, body)] }
}

function readPrompt(hook: Hook): Finding {
  const text = wordsOf(typedText(textOf(hook.payload['prompt']) ?? ''))
  if (text === undefined) return { moment: 'turn-start' }
  const id = hook.turn === undefined ? eventId('prompt-text', digestOf(text)) : eventId('prompt', hook.turn)
  return { moment: 'turn-start', observations: [tell(hook, id, { kind: 'prompt', text, origin: 'human' })] }
}

function callOf({ payload }: Hook): { tool: string; call: string; input: unknown } | undefined {
  const call = callIdOf(payload['tool_use_id'])
  const tool = wordsOf(payload['tool_name'])
  if (call === undefined || tool === undefined) return undefined
  return { tool, call, input: valueOf(payload['tool_input']) ?? {} }
}

function readToolCall(hook: Hook): Finding {
  const asked = callOf(hook)
  if (asked === undefined) return {}
  const { tool, call, input } = asked
  const body: EventBody = { kind: 'tool-call', tool, call, input, ...given('reads', readsOf(tool, input)) }
  return { observations: [tell(hook, eventId('call', call), body)] }
}

/** The hooks of the shell, of files and of MCP tell the same without an id. A command that failed is a success. */
function readToolResult(hook: Hook): Finding {
  const asked = callOf(hook)
  if (asked === undefined) return {}
  const { tool, call, input } = asked
  const output = valueOf(hook.payload['tool_output']) ?? ''
  const exitCode = numberOf(objectOf(output)['exitCode']) ?? 0
  const result: EventBody = {
    kind: 'tool-result', tool, call, outcome: exitCode === 0 ? 'ok' : 'failed', output,
    ...given('durationMs', numberOf(hook.payload['duration'])),
  }
  const change = askedChange(tool, call, input)
  return { observations: [
    ...readToolCall(hook).observations ?? [],
    tell(hook, eventId('result', call), result),
    ...change === undefined ? [] : [tell(hook, changeId(hook.turn, change, call), change, givesWay(change))],
  ] }
}

/** A hook about the edit comes before, and tells the lines. Not from all programs, and not of deleted files. */
const givesWay = ({ change }: FileChange): true | undefined => change === 'delete' ? undefined : true

function readToolFailure(hook: Hook): Finding {
  const asked = callOf(hook)
  if (asked === undefined) return {}
  const { failure_type: type, is_interrupt: interrupted, error_message: message } = hook.payload
  const outcome = interrupted === true ? 'interrupted' : type === 'permission_denied' ? 'refused' : 'failed'
  const result: EventBody = {
    kind: 'tool-result', tool: asked.tool, call: asked.call, outcome, output: textOf(message) ?? '',
    ...given('durationMs', numberOf(hook.payload['duration'])),
  }
  return { observations: [
    ...readToolCall(hook).observations ?? [], tell(hook, eventId('result', asked.call), result),
  ] }
}

function readEdit(hook: Hook): Finding {
  const change = editedChange(hook.payload)
  if (change === undefined) return {}
  const edits = digestOf(JSON.stringify(change.hunks ?? []))
  return { observations: [tell(hook, changeId(hook.turn, change, edits), change)] }
}

function readSaid(hook: Hook, kind: 'reasoning' | 'response'): Finding {
  const text = wordsOf(hook.payload['text'])
  if (text === undefined) return {}
  const id = eventId(kind, digestOf(hook.turn, text))
  return { observations: [tell(hook, id, { kind, text, ...given('model', hook.model) })] }
}

function readSubagentStart(hook: Hook): Finding {
  if (hook.subagent === undefined) return {}
  const { subagent_type: type, tool_call_id: call, task } = hook.payload
  const agentType = wordsOf(type) ?? 'unknown'
  const start: EventBody = { kind: 'subagent-start', agentType, ...given('call', callIdOf(call)) }
  const text = wordsOf(task)
  return { observations: [
    tell(hook, eventId('subagent-start', hook.subagent), start),
    ...text === undefined ? []
      : [tell(hook, eventId('prompt', hook.subagent), { kind: 'prompt', text, origin: 'agent' })],
  ] }
}

/** Of the files that a subagent changed, its end gives the names. */
function readSubagentStop(hook: Hook): Finding {
  if (hook.subagent === undefined) return {}
  const { subagent_type: type, summary, modified_files: files } = hook.payload
  const end: EventBody = {
    kind: 'subagent-end', agentType: wordsOf(type) ?? 'unknown', ...given('text', wordsOf(summary)),
  }
  const changes = listOf(files).flatMap((path) => typeof path === 'string' && path !== '' ? [path] : []).map((path) =>
    tell(hook, eventId('change', digestOf(hook.subagent, path)),
      { kind: 'file-change', path, change: 'modify', tool: 'Task', evidence: 'tool' }))
  return { observations: [tell(hook, eventId('subagent-end', hook.subagent), end), ...changes] }
}

function readCompaction(hook: Hook): Finding {
  const { trigger, context_tokens: tokens, message_count: messages } = hook.payload
  const id = eventId('compaction', digestOf(hook.session, hook.turn, String(tokens), String(messages)))
  return { observations: [tell(hook, id, { kind: 'compaction', trigger: wordsOf(trigger) ?? 'unknown' })] }
}

const OUTCOMES: Readonly<Record<string, 'completed' | 'interrupted' | 'failed'>> =
  { completed: 'completed', aborted: 'interrupted', error: 'failed' }

function readStop(hook: Hook): Finding {
  const { turn, model } = hook
  if (turn === undefined) return { moment: 'turn-end' }
  const outcome = OUTCOMES[textOf(hook.payload['status']) ?? ''] ?? 'completed'
  const tokens = tokensOf(hook.payload)
  return { moment: 'turn-end', observations: [
    tell(hook, eventId('end', turn), { kind: 'turn-end', outcome }),
    ...tokens === undefined ? []
      : [tell(hook, eventId('usage', turn), { kind: 'usage', message: turn, model: model ?? 'unknown', tokens })],
  ] }
}

/** Of the whole turn, cache apart, as the client adds them up. Often it tells none: unknown is not 0. */
function tokensOf(payload: JsonObject): TokenUsage | undefined {
  const count = (key: string): number | undefined => {
    const found = numberOf(payload[key])
    return found === undefined ? undefined : Math.max(0, found)
  }
  const [input, output] = [count('input_tokens'), count('output_tokens')]
  if (input === undefined || output === undefined) return undefined
  return { input, output, cacheRead: count('cache_read_tokens') ?? 0, cacheWrite: count('cache_write_tokens') ?? 0 }
}
