// The ids of the domain. Each is a string of its own type, so that an oid can never be passed where a session id
// belongs.

export type Brand<Base, Name extends string> = Base & { readonly __brand: Name }

/** A full Git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
export type Oid = Brand<string, 'Oid'>
/** The agent's own id of a conversation, as the agent writes it. */
export type SessionId = Brand<string, 'SessionId'>
/** The agent's own id of a prompt and all that followed from it. */
export type TurnId = Brand<string, 'TurnId'>
/** Unique within (agent, session); made from the agent's own ids, so that a fact told twice is one event. */
export type EventId = Brand<string, 'EventId'>
/** A ULID: 26 characters of Crockford's base 32. */
export type CheckpointId = Brand<string, 'CheckpointId'>

/** The agents whose sessions we read, by the names that people type. */
export const AGENT_NAMES = ['claude-code', 'codex', 'copilot', 'cursor', 'gemini', 'opencode'] as const
export type AgentName = (typeof AGENT_NAMES)[number]

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const CHECKPOINT_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

export const isOid = (text: string): text is Oid => OID.test(text)
export const isCheckpointId = (text: string): text is CheckpointId => CHECKPOINT_ID.test(text)
