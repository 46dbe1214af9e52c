// What another tool kept of the sessions behind a commit, in our words. Both parsers make it; nothing in it is trusted.

import { cleanLine } from './clean.ts'
import type { LineRange } from './added-lines.ts'
import type { Event } from './event.ts'
import { AGENT_NAMES } from './ids.ts'
import type { AgentName, SessionId } from './ids.ts'
import type { SessionDraft } from './session-draft.ts'

export const FOREIGN_TOOLS = ['git-ai', 'entire'] as const
export type ForeignTool = (typeof FOREIGN_TOOLS)[number]

export interface ForeignSession {
  readonly agent: AgentName
  readonly agentVersion?: string
  readonly session: SessionId
  /** Models that no event names. */
  readonly models: readonly string[]
  /** Not redacted yet; in time order. */
  readonly events: readonly Event[]
  readonly turns: SessionDraft['turns']
  readonly files: readonly ForeignFile[]
}

export interface ForeignFile {
  readonly path: string
  /** The lines it wrote, as the commit leaves the file; absent: the tool does not tell. */
  readonly lines?: readonly LineRange[]
}

const NAMES: Readonly<Record<string, AgentName>> = {
  'claude': 'claude-code', 'codex-cli': 'codex', 'github-copilot': 'copilot', 'copilot-cli': 'copilot',
  'github-copilot-cli': 'copilot', 'cursor-cli': 'cursor', 'gemini-cli': 'gemini', 'open-code': 'opencode',
}
const MAX_NAME = 40

/**
 * An agent by our name for it. One that we cannot read keeps the name it has there: `agent` is a word to readers, and
 * its sessions are worth no less.
 */
export function agentOf(told: string): AgentName {
  const name = told.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, MAX_NAME)
  const known = AGENT_NAMES.find((each) => each === name) ?? NAMES[name]
  return known ?? (name === '' ? 'unknown' : name) as AgentName
}

const MAX_ID = 200

/** An agent's own id of a session, in one line. Entire once put the date before it. */
export const sessionIdOf = (told: string): SessionId =>
  cleanLine(told.replace(/^\d{4}-\d\d-\d\d-(?=[0-9a-f]{8}-)/, ''), MAX_ID) as SessionId
