// How events are named by the ids that a client gives, so that hook and transcript name a fact alike. Claude Code,
// Copilot and Cursor go by this; clients whose ids are others have names of their own.

import type { EventId, SessionId, TurnId } from '../model/ids.ts'

const id = (text: string): EventId => text as EventId

/** UUIDs and the like: printable ASCII without quotes and backslashes. What is longer would swell the store's index. */
const ID = /^[!#-[\]-~]{1,100}$/

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

export const idOf = (value: unknown): string | undefined => isId(value) ? value : undefined
export const sessionIdOf = (value: unknown): SessionId | undefined => isId(value) ? value as SessionId : undefined
export const turnIdOf = (value: unknown): TurnId | undefined => isId(value) ? value as TurnId : undefined

/** `of`: the turn; the line's uuid where a turn has more than one prompt. */
export const promptEvent = (of: string): EventId => id(`prompt:${of}`)
export const endEvent = (turn: string): EventId => id(`end:${turn}`)
export const callEvent = (call: string): EventId => id(`call:${call}`)
export const resultEvent = (call: string): EventId => id(`result:${call}`)
export const changeEvent = (call: string, index: number): EventId => id(`change:${call}:${index}`)
export const usageEvent = (message: string): EventId => id(`usage:${message}`)
export const compactionEvent = (boundary: string): EventId => id(`compaction:${boundary}`)
export const subagentStartEvent = (agent: string): EventId => id(`subagent-start:${agent}`)
export const subagentEndEvent = (agent: string): EventId => id(`subagent-end:${agent}`)
/** `index`: of the block in its line; the client writes one block a line, so it is hardly ever needed. */
export const lineEvent = (kind: 'response' | 'reasoning' | 'notice', uuid: string, index = 0): EventId =>
  id(index === 0 ? `${kind}:${uuid}` : `${kind}:${uuid}:${index}`)
/** What a hook tells without an id of the agent. */
export const digestEvent = (kind: string, digest: string): EventId => id(`${kind}:${digest}`)
