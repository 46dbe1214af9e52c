// The ids that OpenCode gives to sessions, messages and parts, by which plugin and database name a fact alike. A tool
// call goes by its part: the ids that models give to calls come twice with some.

import type { SessionId, TurnId } from '../../model/ids.ts'

/** `ses_…`, `msg_…` and `prt_…`: printable ASCII without quotes, backslashes and `#`, which paths have. */
const ID = /^[!$-[\]-~]{1,100}$/

export const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && ID.test(value) ? value : undefined
export const sessionIdOf = (value: unknown): SessionId | undefined => idOf(value) as SessionId | undefined
/** A turn is called by the id of the user's message that began it. */
export const turnIdOf = (value: unknown): TurnId | undefined => idOf(value) as TurnId | undefined
