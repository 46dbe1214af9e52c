// What a payload of our plugin tells. The client's own objects are in it, so that it tells what the database does.

import type { EventBody, Millis } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { HookDelivery, HookReading, Unreadable } from '../agent.ts'
import { given, isObject, listOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { eventId } from '../event-ids.ts'
import { inOrder, tell } from '../hook-telling.ts'
import { idOf, sessionIdOf, turnIdOf } from './ids.ts'
import { readPart } from './parts.ts'
import { createdAt, promptOf, USER_SHELL } from './prompts.ts'

/** What one event adds to the reading that every payload gives. */
type Finding = Partial<Pick<HookReading, 'observations' | 'moment' | 'turn' | 'facts'>>

interface Hook {
  readonly payload: JsonObject
  readonly at: Millis
  readonly session: string
  readonly turn: TurnId | undefined
  /** The session of the subagent that this is about. */
  readonly subagent: string | undefined
  readonly cwd: string
}

/** The names are OpenCode's, of its plugin hooks and of its events. */
const READERS: Readonly<Record<string, (hook: Hook) => Finding>> = {
  'session.created': readSessionStart,
  'chat.message': readPrompt,
  'message.part.updated': readToolPart,
  'session.idle': readTurnEnd,
  dispose: readSessionEnd,
}

export function parseHook({ payload, event, receivedAt }: HookDelivery): HookReading | Unreadable {
  if (!isObject(payload)) return { kind: 'unreadable', reason: 'payload is not an object' }
  const session = sessionIdOf(payload['session'])
  if (session === undefined) return { kind: 'unreadable', reason: 'payload has no session' }
  if (event === undefined || event === '') return { kind: 'unreadable', reason: 'payload came without its event' }
  const read = Object.hasOwn(READERS, event) ? READERS[event] : undefined
  const [turn, subagent, cwd] = [turnIdOf(payload['turn']), idOf(payload['subagent']), wordsOf(payload['directory'])]
  const { observations = [], ...found } =
    read?.({ payload, at: receivedAt, session, turn, subagent, cwd: cwd ?? '' }) ?? {}
  const database = wordsOf(payload['database'])
  const pathOf = (of: string): string | undefined => database === undefined ? undefined : `${database}#${of}`
  const childPath = subagent === undefined ? undefined : pathOf(subagent)
  return {
    kind: 'reading', session, facts: {},
    ...given('turn', turn), ...given('cwd', cwd), ...given('transcriptPath', pathOf(session)),
    subagentTranscripts: subagent === undefined || childPath === undefined ? [] : [{ subagent, path: childPath }],
    ...found,
    observations: inOrder(observations),
  }
}

/** A subagent's session is a part of its parent's. */
function readSessionStart(hook: Hook): Finding {
  const info = objectOf(hook.payload['info'])
  const at = createdAt(info) ?? hook.at
  if (hook.subagent !== undefined) {
    const agentType = wordsOf(info['agent']) ?? 'unknown'
    const id = eventId('subagent-start', hook.subagent)
    return { observations: [tell({ ...hook, at }, id, { kind: 'subagent-start', agentType })] }
  }
  const body: EventBody = { kind: 'session-start', reason: 'startup' }
  return {
    moment: 'session-start', facts: given('agentVersion', wordsOf(info['version'])),
    observations: [tell({ ...hook, at }, eventId('session-start', hook.session), body)],
  }
}

function readPrompt(hook: Hook): Finding {
  const message = objectOf(hook.payload['message'])
  const id = idOf(message['id'])
  const prompt = promptOf(listOf(hook.payload['parts']).map(objectOf))
  if (id === undefined || prompt === undefined || prompt.text === USER_SHELL) return {}
  const main = hook.subagent === undefined
  const begins = main && prompt.origin === 'human'
  const turn = begins ? turnIdOf(id) : hook.turn
  const body: EventBody = {
    kind: 'prompt', text: prompt.text, origin: main || prompt.origin === 'client' ? prompt.origin : 'agent',
    ...given('images', prompt.images === 0 ? undefined : prompt.images),
  }
  const model = wordsOf(objectOf(message['model'])['modelID'])
  return {
    ...given('turn', turn), ...(begins ? { moment: 'turn-start' } : {}), facts: main ? given('model', model) : {},
    observations: [tell({ ...hook, at: createdAt(message) ?? hook.at, turn }, eventId('prompt', id), body)],
  }
}

function readToolPart(hook: Hook): Finding {
  const place = { at: hook.at, model: undefined, cwd: hook.cwd, report: () => {} }
  const told = readPart(objectOf(hook.payload['part']), place)
  return { observations: told.map(({ id, body, at, subagent = hook.subagent }) =>
    tell({ ...hook, at, subagent }, id, body)) }
}

/** An error and the end that follows are one to us: the client tells of both. */
function readTurnEnd(hook: Hook): Finding {
  if (hook.subagent !== undefined) return {}
  const error = textOf(objectOf(hook.payload['error'])['name'])
  const outcome = error === undefined ? 'completed' : error === 'MessageAbortedError' ? 'interrupted' : 'failed'
  const observations = hook.turn === undefined ? []
    : [tell(hook, eventId('end', hook.turn), { kind: 'turn-end', outcome })]
  return { moment: 'turn-end', observations }
}

/** The client leaves; the session may go on in another one. */
function readSessionEnd(hook: Hook): Finding {
  const id = eventId('session-end', hook.turn ?? hook.session)
  const end = tell({ ...hook, turn: undefined }, id, { kind: 'session-end', reason: 'exit' })
  return { moment: 'session-end', observations: [end] }
}
