// How the events of Gemini CLI are named: by the client's own ids of messages, tool calls and subagents.

import type { EventId, SessionId, TurnId } from '../../model/ids.ts'

const id = (text: string): EventId => text as EventId

/**
 * UUIDs and the like: printable ASCII without quotes and backslashes. The id of a tool call holds the name of the tool,
 * which for a tool of an MCP server may be long.
 */
const ID = /^[!#-[\]-~]{1,200}$/

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

export const idOf = (value: unknown): string | undefined => isId(value) ? value : undefined
export const sessionIdOf = (value: unknown): SessionId | undefined => isId(value) ? value as SessionId : undefined

/** A turn is named by the line of its prompt. */
export const turnOf = (message: string): TurnId => message as TurnId

export const promptEvent = (message: string): EventId => id(`prompt:${message}`)
export const responseEvent = (message: string): EventId => id(`response:${message}`)
export const reasoningEvent = (message: string, index: number): EventId => id(`reasoning:${message}:${index}`)
export const usageEvent = (message: string): EventId => id(`usage:${message}`)
export const noticeEvent = (message: string): EventId => id(`notice:${message}`)
export const compactionEvent = (message: string): EventId => id(`compaction:${message}`)
export const endEvent = (turn: string): EventId => id(`end:${turn}`)
export const callEvent = (call: string): EventId => id(`call:${call}`)
export const resultEvent = (call: string): EventId => id(`result:${call}`)
export const changeEvent = (call: string): EventId => id(`change:${call}`)
export const subagentStartEvent = (agent: string): EventId => id(`subagent-start:${agent}`)
export const subagentEndEvent = (agent: string): EventId => id(`subagent-end:${agent}`)
export const sessionStartEvent = (digest: string): EventId => id(`session-start:${digest}`)
export const sessionEndEvent = (digest: string): EventId => id(`session-end:${digest}`)
