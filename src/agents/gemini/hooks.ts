// What a hook payload of Gemini CLI tells: the moments of a session. It names no turn, no message and no tool call, and
// the prompt in it is what the client made of the user's words. All that is in the transcript, which is read at once.

import type { HookDelivery, HookReading, Unreadable } from '../agent.ts'
import { eventId } from '../event-ids.ts'
import { inOrder, tell } from '../hook-telling.ts'
import { sessionIdOf } from './ids.ts'
import { digestOf, given, isObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

interface Hook {
  readonly payload: JsonObject
  readonly at: number
}

type Finding = Partial<Pick<HookReading, 'observations' | 'moment'>>

const READERS: Readonly<Record<string, (hook: Hook) => Finding>> = {
  SessionStart: readSessionStart,
  BeforeAgent: () => ({ moment: 'turn-start' }),
  AfterAgent: () => ({ moment: 'turn-end' }),
  SessionEnd: readSessionEnd,
}

export function parseHook(delivery: HookDelivery): HookReading | Unreadable {
  const { payload, receivedAt } = delivery
  if (!isObject(payload)) return { kind: 'unreadable', reason: 'payload is not an object' }
  const session = sessionIdOf(payload['session_id'])
  if (session === undefined) return { kind: 'unreadable', reason: 'payload has no session_id' }
  const name = textOf(payload['hook_event_name']) ?? delivery.event
  if (name === undefined) return { kind: 'unreadable', reason: 'payload has no hook_event_name' }
  const time = Date.parse(textOf(payload['timestamp']) ?? '')
  const hook: Hook = { payload, at: Number.isNaN(time) ? receivedAt : time }
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
  const { observations = [], ...found } = read?.(hook) ?? {}
  return {
    kind: 'reading', session, subagentTranscripts: [], facts: {},
    ...given('cwd', wordsOf(payload['cwd'])),
    ...given('transcriptPath', transcriptPathOf(name, payload)),
    ...found,
    observations: inOrder(observations),
  }
}

/** As a session is resumed the client first names, and makes, another file; then it goes on in the one it had. */
const transcriptPathOf = (name: string, payload: JsonObject): string | undefined =>
  name === 'SessionStart' && payload['source'] === 'resume' ? undefined : wordsOf(payload['transcript_path'])

function readSessionStart(hook: Hook): Finding {
  const reason = textOf(hook.payload['source']) ?? 'startup'
  const id = eventId('session-start', digestOf(reason, String(hook.at)))
  return { moment: 'session-start', observations: [tell(hook, id, { kind: 'session-start', reason })] }
}

/** The client says that a session ends up to three times, within a quarter of a second. */
const SAME_END_MS = 5000

function readSessionEnd(hook: Hook): Finding {
  const reason = textOf(hook.payload['reason']) ?? 'other'
  const id = eventId('session-end', digestOf(reason, String(Math.floor(hook.at / SAME_END_MS))))
  return { moment: 'session-end', observations: [tell(hook, id, { kind: 'session-end', reason })] }
}
