// How the hooks of agents tell events, and what those of Claude Code and Codex tell alike.

import type { EventBody, Millis, Observation } from '../model/event.ts'
import type { EventId, TurnId } from '../model/ids.ts'
import type { HookReading } from './agent.ts'
import { eventId } from './event-ids.ts'
import { digestOf, given, wordsOf } from './json.ts'
import type { JsonObject } from './json.ts'

/** What a hook is about, and when. */
export interface HookPlace {
  readonly at: Millis
  readonly turn?: TurnId | undefined
  readonly subagent?: string | undefined
}

export const tell = ({ at, turn, subagent }: HookPlace, id: EventId, body: EventBody, unnamed?: true): Observation => ({
  event: { id, ...given('turn', turn), ...given('subagent', subagent), at, ...body },
  source: 'hook', ...given('unnamed', unnamed),
})

/** In the order of one payload. */
export const inOrder = (observations: readonly Observation[]): readonly Observation[] =>
  observations.map((observation, offset) => ({ ...observation, offset }))

interface PayloadHook extends HookPlace {
  readonly payload: JsonObject
}

/** `Stop`. An old client's names no turn: the end is then told by the transcript alone. */
export function readStop(hook: PayloadHook): Pick<HookReading, 'moment' | 'awaitedText' | 'observations'> {
  const text = wordsOf(hook.payload['last_assistant_message'])
  const said = text === undefined ? []
    : [tell(hook, eventId('response-text', digestOf(hook.turn, text)), { kind: 'response', text }, true)]
  return { moment: 'turn-end', ...given('awaitedText', text), observations: [...said, ...ended(hook, 'completed')] }
}

export const ended = (hook: HookPlace, outcome: 'completed' | 'interrupted' | 'failed'): readonly Observation[] =>
  hook.turn === undefined ? [] : [tell(hook, eventId('end', hook.turn), { kind: 'turn-end', outcome })]

/** Names what a payload tells without an id: of its plain values only, whatever their order. */
export function digestOfPayload(payload: JsonObject): string {
  const plain = Object.entries(payload).filter(([, value]) => typeof value !== 'object')
  return digestOf(...plain.map(([key, value]) => `${key}=${String(value)}`).sort())
}
