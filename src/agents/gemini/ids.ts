// The ids that Gemini CLI gives to sessions, messages, tool calls and subagents.

import type { SessionId, TurnId } from '../../model/ids.ts'

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
