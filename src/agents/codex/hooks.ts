// What a hook payload of Codex tells. Lenient: unknown events and fields are no error, a wrong type counts as absent.

import type { EventBody, Observation } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { HookDelivery, HookReading, SessionFacts, Unreadable } from '../agent.ts'
import { eventId, idOf, sessionIdOf, turnIdOf } from '../event-ids.ts'
import { digestOfPayload, ended, inOrder, readStop, tell } from '../hook-telling.ts'
import { patchedChanges } from './changes.ts'
import { promptEvent, changeEvent } from './ids.ts'
import { originOfText, typedText } from './prompts.ts'
import { inputOf, patchOf, toolOf, withoutHead } from './tools.ts'
import { tokensOf } from './usage.ts'
import { boundedDepth, given, isObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** What one event adds to the reading that every payload gives. */
type Finding = Partial<Pick<HookReading, 'observations' | 'moment' | 'awaitedText' | 'facts'>>

interface Hook {
  readonly payload: JsonObject
  readonly at: number
  /** A subagent's turn is its own; which turn of its parent that serves, only its transcript says. */
  readonly turn?: TurnId
  readonly subagent?: string
}

const READERS: Readonly<Record<string, (hook: Hook) => Finding>> = {
  SessionStart: readSessionStart,
  SessionEnd: readSessionEnd,
  UserPromptSubmit: readPrompt,
  PreToolUse: (hook) => ({ observations: toldCall(hook) }),
  PostToolUse: readToolResult,
  PostModelRequest: readModelRequest,
  Stop: readStop,
  Interrupt: readInterrupt,
  SubagentStart: readSubagentStart,
  SubagentStop: readSubagentStop,
}

export function parseHook({ payload, receivedAt, event }: HookDelivery): HookReading | Unreadable {
  if (!isObject(payload)) return { kind: 'unreadable', reason: 'payload is not an object' }
  const session = sessionIdOf(payload['session_id'])
  if (session === undefined) return { kind: 'unreadable', reason: 'payload has no session_id' }
  const name = textOf(payload['hook_event_name']) ?? event
  if (name === undefined) return { kind: 'unreadable', reason: 'payload has no hook_event_name' }
  const subagent = idOf(payload['agent_id'])
  const turn = subagent === undefined ? turnIdOf(payload['turn_id']) : undefined
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
  const hook: Hook = { payload, at: receivedAt, ...given('turn', turn), ...given('subagent', subagent) }
  const { observations = [], ...found } = read?.(hook) ?? {}
  return {
    kind: 'reading', session, facts: {},
    ...given('turn', turn), ...given('cwd', wordsOf(payload['cwd'])), ...transcriptsOf(payload, subagent),
    ...found,
    observations: inOrder(observations),
  }
}

/** A subagent's payloads name its own transcript; when it stops, both. */
function transcriptsOf(
  payload: JsonObject, subagent: string | undefined,
): Pick<HookReading, 'transcriptPath' | 'subagentTranscripts'> {
  const named = wordsOf(payload['transcript_path'])
  if (subagent === undefined) return { ...given('transcriptPath', named), subagentTranscripts: [] }
  const own = wordsOf(payload['agent_transcript_path'])
  const path = own ?? named
  return {
    ...given('transcriptPath', own === undefined ? undefined : named),
    subagentTranscripts: path === undefined ? [] : [{ subagent, path }],
  }
}

/** Comes with the first prompt. After a compaction the session goes on: that is no start. */
function readSessionStart(hook: Hook): Finding {
  const reason = textOf(hook.payload['source']) ?? 'startup'
  const facts: SessionFacts = {
    ...given('model', wordsOf(hook.payload['model'])), ...(reason === 'fork' ? { forked: true } : {}),
  }
  if (reason === 'compact' || hook.subagent !== undefined) return { facts }
  const id = eventId('session-start', digestOfPayload(hook.payload))
  return { facts, moment: 'session-start', observations: [tell(hook, id, { kind: 'session-start', reason })] }
}

function readSessionEnd(hook: Hook): Finding {
  const id = eventId('session-end', digestOfPayload(hook.payload))
  const body: EventBody = { kind: 'session-end', reason: textOf(hook.payload['reason']) ?? 'other' }
  return { moment: 'session-end', observations: [tell(hook, id, body)] }
}

function readPrompt(hook: Hook): Finding {
  const moment = hook.subagent === undefined ? { moment: 'turn-start' as const } : {}
  const text = wordsOf(typedText(textOf(hook.payload['prompt']) ?? ''))
  if (text === undefined) return moment
  const origin = hook.subagent === undefined ? originOfText(text) : 'agent'
  const id = promptEvent(turnIdOf(hook.payload['turn_id']), text)
  return { ...moment, observations: [tell(hook, id, { kind: 'prompt', text, origin })] }
}

function toldCall(hook: Hook): readonly Observation[] {
  const call = idOf(hook.payload['tool_use_id'])
  const name = wordsOf(hook.payload['tool_name'])
  if (call === undefined || name === undefined) return []
  const tool = toolOf(name)
  const input = inputOf(tool, hook.payload['tool_input'])
  return [tell(hook, eventId('call', call), { kind: 'tool-call', tool, call, input })]
}

/** What fails has no such hook, but for shells: how these went, only the transcript says. */
function readToolResult(hook: Hook): Finding {
  const told = toldCall(hook)
  const event = told[0]?.event
  if (event?.kind !== 'tool-call') return {}
  const { tool, call, input } = event
  const response = hook.payload['tool_response'] ?? ''
  const output = typeof response === 'string' && tool === 'apply_patch' ? withoutHead(response) : boundedDepth(response)
  const patch = patchOf(tool, input as JsonObject)
  const changes = patch === undefined ? [] : patchedChanges(call, patch, wordsOf(hook.payload['cwd']))
  return { observations: [
    ...told,
    tell(hook, eventId('result', call), { kind: 'tool-result', tool, call, outcome: 'ok', output }),
    ...changes.map((change) => tell(hook, changeEvent(call, change.from ?? change.path), change)),
  ] }
}

/** Sessions without a transcript (`--ephemeral`) tell their tokens here alone. */
function readModelRequest(hook: Hook): Finding {
  const { transcript_path: path, token_usage: usage, model: name } = hook.payload
  const model = wordsOf(name)
  const tokens = wordsOf(path) === undefined ? tokensOf(usage) : undefined
  if (tokens === undefined || model === undefined) return {}
  const message = digestOfPayload({ ...hook.payload, usage: JSON.stringify(tokens) })
  return { observations: [tell(hook, eventId('usage', message), { kind: 'usage', message, model, tokens })] }
}

function readInterrupt(hook: Hook): Finding {
  return { moment: 'turn-end', observations: ended(hook, 'interrupted') }
}

const agentTypeOf = ({ payload }: Hook): string => wordsOf(payload['agent_type']) ?? 'default'

function readSubagentStart(hook: Hook): Finding {
  if (hook.subagent === undefined) return {}
  const body: EventBody = { kind: 'subagent-start', agentType: agentTypeOf(hook) }
  return { observations: [tell(hook, eventId('subagent-start', hook.subagent), body)] }
}

function readSubagentStop(hook: Hook): Finding {
  const turn = turnIdOf(hook.payload['turn_id'])
  if (hook.subagent === undefined || turn === undefined) return {}
  const text = wordsOf(hook.payload['last_assistant_message'])
  const body: EventBody = { kind: 'subagent-end', agentType: agentTypeOf(hook), ...given('text', text) }
  return { observations: [tell(hook, eventId('subagent-end', hook.subagent, turn), body)] }
}
