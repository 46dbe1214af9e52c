// How the events of OpenCode are named: by the client's own ids of messages and parts, so that the plugin and the
// database name a fact alike.

import type { EventId, SessionId, TurnId } from '../../model/ids.ts'

const id = (text: string): EventId => text as EventId

/** `ses_…`, `msg_…` and `prt_…`: printable ASCII without quotes, backslashes and `#`, which paths have. */
const ID = /^[!$-[\]-~]{1,100}$/

export const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && ID.test(value) ? value : undefined
export const sessionIdOf = (value: unknown): SessionId | undefined => idOf(value) as SessionId | undefined
/** A turn is called by the id of the user's message that began it. */
export const turnIdOf = (value: unknown): TurnId | undefined => idOf(value) as TurnId | undefined

/** What a message tells as a whole. */
export const messageEvent = (kind: 'prompt' | 'end' | 'error' | 'compaction' | 'undo', message: string): EventId =>
  id(`${kind}:${message}`)
/** What a part tells; not by the id that the model gave to a call, which some models give twice. */
export const partEvent = (
  kind: 'response' | 'reasoning' | 'call' | 'result' | 'usage' | 'notice' | 'subagent-end', part: string,
): EventId => id(`${kind}:${part}`)
export const changeEvent = (part: string, index: number): EventId => id(`change:${part}:${index}`)
export const sessionEvent = (kind: 'session-start' | 'session-end' | 'subagent-start', of: string): EventId =>
  id(`${kind}:${of}`)
