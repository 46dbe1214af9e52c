// What the hooks of Copilot tell, of the command line and of VS Code. The command line has two spellings of each
// payload, and runs the hooks of eight places: the same event comes more than once. Its hooks name neither turns nor
// tool calls, all of which the transcript does.

import type { EventBody } from '../../model/event.ts'
import type { SessionId } from '../../model/ids.ts'
import type { HookDelivery, HookReading, Unreadable, Untold } from '../agent.ts'
import { eventId, idOf, sessionIdOf, turnIdOf } from '../event-ids.ts'
import { inOrder, tell } from '../hook-telling.ts'
import { callBodies } from './calls.ts'
import { sessionOfPath } from './places.ts'
import { typedText } from './prompts.ts'
import { digestOf, given, isObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

type Finding = Partial<Pick<HookReading, 'observations' | 'moment' | 'turn' | 'awaitsTurnEnd'>>

interface Hook {
  /** The payload with the names of the command line's camelCase events. */
  readonly fields: JsonObject
  readonly at: number
  readonly subagent: string | undefined
}

const READERS: Readonly<Record<string, (hook: Hook) => Finding>> = {
  userPromptSubmitted: readPrompt,
  preToolUse: readTool,
  postToolUse: readTool,
  subagentStart: readSubagentStart,
  subagentStop: readSubagentStop,
  agentStop: readStop,
  sessionEnd: readSessionEnd,
}

/** The names of PascalCase events that are not those of camelCase ones. */
const RENAMED: Readonly<Record<string, string>> = { userPromptSubmit: 'userPromptSubmitted', stop: 'agentStop' }

export function parseHook({ payload, event, receivedAt }: HookDelivery): HookReading | Unreadable | Untold {
  if (!isObject(payload)) return { kind: 'unreadable', reason: 'payload is not an object' }
  const fields = camelCased(payload)
  const said = wordsOf(fields['hookEventName']) ?? event
  if (said === undefined) return { kind: 'unreadable', reason: 'nobody says which event this is' }
  const subagent = idOf(fields['agentId'])
  const session = sessionOf(fields, subagent)
  if (session === undefined) return { kind: 'unreadable', reason: 'payload has no session id' }
  const camel = said.charAt(0).toLowerCase() + said.slice(1)
  const name = RENAMED[camel] ?? camel
  const hook: Hook = { fields, at: timeOf(fields['timestamp']) ?? receivedAt, subagent }
  const { observations = [], ...found } = Object.hasOwn(READERS, name) ? READERS[name]!(hook) : {}
  // Without the path, a subagent's subagent does not say whose session it works in.
  const isVague = subagent !== undefined && wordsOf(fields['transcriptPath']) === undefined
  if (isVague && observations.length === 0) return { kind: 'untold' }
  return {
    kind: 'reading', session, subagentTranscripts: [], facts: {},
    ...given('cwd', wordsOf(fields['cwd'])),
    ...given('transcriptPath', wordsOf(fields['transcriptPath'])),
    ...found,
    observations: inOrder(observations),
  }
}

const camelCased = (payload: JsonObject): JsonObject => Object.fromEntries(Object.entries(payload)
  .map(([key, value]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]))

/**
 * A subagent's hooks say its own id for the session's. Its parent is the session, unless that is a subagent itself:
 * then only the transcript's path knows better.
 */
function sessionOf(fields: JsonObject, subagent: string | undefined): SessionId | undefined {
  const own = sessionIdOf(fields['sessionId'])
  if (subagent === undefined) return own
  return sessionOfPath(wordsOf(fields['transcriptPath']) ?? '') ?? sessionIdOf(fields['parentAgentId']) ?? own
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined
}

/**
 * The turn has no name yet: it is known by its time, so that the same prompt from another hook begins no other one.
 * What a subagent was asked, the transcript tells: that begins no turn.
 */
function readPrompt(hook: Hook): Finding {
  if (hook.subagent !== undefined) return {}
  const begun = { moment: 'turn-start', ...given('turn', turnIdOf(`at:${hook.at}`)) } as const
  const text = wordsOf(typedText(textOf(hook.fields['prompt']) ?? ''))
  if (text === undefined) return begun
  const id = eventId('prompt-text', digestOf(text, String(hook.at)))
  return { ...begun, observations: [tell(hook, id, { kind: 'prompt', text, origin: 'human' }, true)] }
}

/** Only VS Code says which call it is about. */
function readTool(hook: Hook): Finding {
  const { toolUseId, toolName, toolInput, toolResponse } = hook.fields
  const told = callBodies({ id: toolUseId, tool: toolName, input: toolInput, result: toolResponse })
  return { observations: told.map(([id, body]) => tell(hook, id, body)) }
}

function readSubagentStart(hook: Hook): Finding {
  if (hook.subagent === undefined) return {}
  const agentType = wordsOf(hook.fields['agentType']) ?? 'unknown'
  return { observations: [tell(hook, eventId('subagent-start', hook.subagent), { kind: 'subagent-start', agentType })] }
}

function readSubagentStop(hook: Hook): Finding {
  if (hook.subagent === undefined) return {}
  const { agentType, response, lastAssistantMessage } = hook.fields
  const body: EventBody = {
    kind: 'subagent-end', agentType: wordsOf(agentType) ?? 'unknown',
    ...given('text', wordsOf(response) ?? wordsOf(lastAssistantMessage)),
  }
  return { observations: [tell(hook, eventId('subagent-end', hook.subagent), body)] }
}

/** The answer is written some 100 ms later. A subagent's end is not the turn's. */
function readStop(hook: Hook): Finding {
  return hook.subagent === undefined ? { moment: 'turn-end', awaitsTurnEnd: true } : {}
}

/** The transcript tells it by the same name. `sessionStart` is no such moment: it comes beside the first prompt. */
function readSessionEnd(hook: Hook): Finding {
  const body: EventBody = { kind: 'session-end', reason: wordsOf(hook.fields['reason']) ?? 'other' }
  return { moment: 'session-end', observations: [tell(hook, eventId('session-end', String(hook.at)), body)] }
}
