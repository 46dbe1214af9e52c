// How events are named by the ids that a client gives, so that hook and transcript name a fact alike. What a client
// does otherwise stands in `ids.ts` beside its adapter.

import type { EventId, SessionId, TurnId } from '../model/ids.ts'

/** UUIDs and the like: printable ASCII without quotes and backslashes. What is longer would swell the store's index. */
const ID = /^[!#-[\]-~]{1,100}$/

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

export const idOf = (value: unknown): string | undefined => isId(value) ? value : undefined
export const sessionIdOf = (value: unknown): SessionId | undefined => isId(value) ? value as SessionId : undefined
export const turnIdOf = (value: unknown): TurnId | undefined => isId(value) ? value as TurnId : undefined

/** What an id tells of. `prompt-text` and `response-text` stand in for facts that the client does not name there. */
type Told =
  | 'session-start' | 'session-end' | 'prompt' | 'prompt-text' | 'response' | 'response-text' | 'reasoning' | 'end'
  | 'call' | 'result' | 'change' | 'usage' | 'compaction' | 'notice' | 'error' | 'undo'
  | 'subagent-start' | 'subagent-end'

/** `call:toolu_01`, `change:toolu_01:0`. `of`: ids of the client; a digest where it gives none; a count within them. */
export const eventId = (told: Told, ...of: readonly (string | number)[]): EventId => [told, ...of].join(':') as EventId
