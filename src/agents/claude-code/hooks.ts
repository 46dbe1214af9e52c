// What a hook payload of Claude Code tells. Lenient: unknown events and fields are no error, a wrong type counts as
// absent. The fields are those of 2.0.76 (no prompt_id, no last_assistant_message) to 2.1.329.

import type { EventBody } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { HookDelivery, HookReading, SessionFacts, Unreadable } from '../agent.ts'
import { eventId, idOf, sessionIdOf, turnIdOf } from '../event-ids.ts'
import { digestOfPayload, ended, inOrder, readStop, tell } from '../hook-telling.ts'
import { changeOf, isEditingTool } from './tools.ts'
import { originOfText } from './prompts.ts'
import { boundedDepth, digestOf, given, isObject, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** What one event name adds to the reading that every payload gives. */
type Finding = Partial<Pick<HookReading, 'observations' | 'moment' | 'awaitedText' | 'facts' | 'subagentTranscripts'>>

interface Hook {
  readonly payload: JsonObject
  readonly at: number
  readonly turn: TurnId | undefined
  readonly subagent: string | undefined
}

const READERS: Readonly<Record<string, (hook: Hook) => Finding>> = {
  SessionStart: readSessionStart,
  SessionEnd: readSessionEnd,
  UserPromptSubmit: readPrompt,
  PreToolUse: readToolCall,
  PostToolUse: readToolResult,
  PostToolUseFailure: readToolFailure,
  Stop: readStop,
  StopFailure: readStopFailure,
  SubagentStart: readSubagentStart,
  SubagentStop: readSubagentStop,
}

export function parseHook(delivery: HookDelivery): HookReading | Unreadable {
  const { payload, receivedAt } = delivery
  if (!isObject(payload)) return { kind: 'unreadable', reason: 'payload is not an object' }
  const session = sessionIdOf(payload['session_id'])
  if (session === undefined) return { kind: 'unreadable', reason: 'payload has no session_id' }
  const name = textOf(payload['hook_event_name'])
  if (name === undefined) return { kind: 'unreadable', reason: 'payload has no hook_event_name' }
  const turn = turnIdOf(payload['prompt_id'])
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
  const hook: Hook = { payload, at: receivedAt, turn, subagent: idOf(payload['agent_id']) }
  const { observations = [], ...found } = read?.(hook) ?? {}
  return {
    kind: 'reading', session, subagentTranscripts: [], facts: {},
    ...given('turn', turn),
    ...given('cwd', wordsOf(payload['cwd'])),
    ...given('transcriptPath', wordsOf(payload['transcript_path'])),
    ...found,
    observations: inOrder(observations),
  }
}

/** After a compaction the session goes on, often in the middle of a turn: that is no start. */
function readSessionStart(hook: Hook): Finding {
  const reason = textOf(hook.payload['source']) ?? 'startup'
  const facts: SessionFacts = {
    ...given('model', wordsOf(hook.payload['model'])), ...(reason === 'fork' ? { forked: true } : {}),
  }
  if (reason === 'compact') return { facts }
  const id = eventId('session-start', digestOfPayload(hook.payload))
  return { facts, moment: 'session-start', observations: [tell(hook, id, { kind: 'session-start', reason })] }
}

/** The prompt id of a SessionEnd is that of a turn that will never be. */
function readSessionEnd(hook: Hook): Finding {
  const id = eventId('session-end', digestOfPayload(hook.payload))
  const body: EventBody = { kind: 'session-end', reason: textOf(hook.payload['reason']) ?? 'other' }
  return { moment: 'session-end', observations: [tell({ ...hook, turn: undefined }, id, body)] }
}

function readPrompt(hook: Hook): Finding {
  const text = wordsOf(hook.payload['prompt'])
  if (text === undefined) return { moment: 'turn-start' }
  const body: EventBody = { kind: 'prompt', text, origin: originOfText(text) }
  return { moment: 'turn-start', observations: [
    hook.turn === undefined
      ? tell(hook, eventId('prompt-text', digestOf(text, String(hook.at))), body, true)
      : tell(hook, eventId('prompt', hook.turn), body),
  ] }
}

function readToolCall(hook: Hook): Finding {
  const call = idOf(hook.payload['tool_use_id'])
  const tool = wordsOf(hook.payload['tool_name'])
  if (call === undefined || tool === undefined) return {}
  const input = boundedDepth(hook.payload['tool_input'] ?? {})
  return { observations: [tell(hook, eventId('call', call), { kind: 'tool-call', tool, call, input })] }
}

function readToolResult(hook: Hook): Finding {
  const { tool_use_id: id, tool_name: name, tool_input: input, tool_response: response } = hook.payload
  const call = idOf(id)
  const tool = wordsOf(name)
  if (call === undefined || tool === undefined) return {}
  const outcome = objectOf(response)['interrupted'] === true ? 'interrupted' : 'ok'
  const result: EventBody = {
    kind: 'tool-result', tool, call, outcome, output: outputOf(tool, response),
    ...given('durationMs', numberOf(hook.payload['duration_ms'])),
  }
  const change = changeOf(tool, call, input, response)
  return { observations: [
    tell(hook, eventId('result', call), result),
    ...(change === undefined ? [] : [tell(hook, eventId('change', call, 0), change)]),
  ] }
}

function readToolFailure(hook: Hook): Finding {
  const call = idOf(hook.payload['tool_use_id'])
  if (call === undefined) return {}
  const body: EventBody = {
    kind: 'tool-result', ...given('tool', wordsOf(hook.payload['tool_name'])), call,
    outcome: hook.payload['is_interrupt'] === true ? 'interrupted' : 'failed',
    output: textOf(hook.payload['error']) ?? '',
    ...given('durationMs', numberOf(hook.payload['duration_ms'])),
  }
  return { observations: [tell(hook, eventId('result', call), body)] }
}

/** Its `last_assistant_message` is the client's "API Error: …", which nobody said. */
function readStopFailure(hook: Hook): Finding {
  return { moment: 'turn-end', observations: ended(hook, 'failed') }
}

function readSubagentStart(hook: Hook): Finding {
  const agentType = wordsOf(hook.payload['agent_type'])
  if (hook.subagent === undefined || agentType === undefined) return {}
  return { observations: [tell(hook, eventId('subagent-start', hook.subagent), { kind: 'subagent-start', agentType })] }
}

/** The helper that writes a compaction's summary stops too: of an empty type, with a transcript that never exists. */
function readSubagentStop(hook: Hook): Finding {
  const { agent_type: type, agent_transcript_path: path, last_assistant_message: message } = hook.payload
  if (hook.subagent === undefined || type === '') return {}
  const agentType = wordsOf(type) ?? 'unknown'
  const body: EventBody = { kind: 'subagent-end', agentType, ...given('text', wordsOf(message)) }
  const transcript = wordsOf(path)
  return {
    observations: [tell(hook, eventId('subagent-end', hook.subagent), body)],
    subagentTranscripts: transcript === undefined ? [] : [{ subagent: hook.subagent, path: transcript }],
  }
}

/** An editing tool's response holds the file up to three times over; the file change tells it better. */
function outputOf(tool: string, response: unknown): unknown {
  if (!isEditingTool(tool) || !isObject(response)) return boundedDepth(response ?? '')
  const { type, filePath, notebook_path: notebook, error } = response
  const path = textOf(filePath) ?? textOf(notebook)
  return { ...given('type', textOf(type)), ...given('path', path), ...given('error', wordsOf(error)) }
}
