// By what one can see that somebody uses an agent.

import type { AgentName } from '../model/ids.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface AgentSigns {
  /** Programs on the PATH. */
  readonly programs: readonly string[]
  /** The folder where it keeps its settings and sessions. `home`: the user's. */
  readonly folder: (home: string, env: Environment) => string
  /** What it, or who uses it, puts into a working tree. */
  readonly files: readonly string[]
}

export const AGENT_SIGNS: Readonly<Record<AgentName, AgentSigns>> = {
  'claude-code': {
    programs: ['claude'],
    folder: (home, { CLAUDE_CONFIG_DIR: chosen }) => chosen || `${home}/.claude`,
    files: ['.claude', 'CLAUDE.md'],
  },
  codex: {
    programs: ['codex'],
    folder: (home, { CODEX_HOME: chosen }) => chosen || `${home}/.codex`,
    files: ['.codex'],
  },
  copilot: {
    programs: ['copilot'],
    folder: (home, { COPILOT_HOME: chosen }) => chosen || `${home}/.copilot`,
    files: ['.github/copilot', '.github/hooks', '.github/copilot-instructions.md'],
  },
  cursor: {
    programs: ['cursor-agent', 'cursor'],
    folder: (home) => `${home}/.cursor`,
    files: ['.cursor', '.cursorrules'],
  },
  gemini: {
    programs: ['gemini'],
    folder: (home, { GEMINI_CLI_HOME: chosen }) => `${chosen || home}/.gemini`,
    files: ['.gemini', 'GEMINI.md'],
  },
  opencode: {
    programs: ['opencode'],
    folder: (home, { OPENCODE_CONFIG_DIR: chosen, XDG_CONFIG_HOME: config }) =>
      chosen || `${config || `${home}/.config`}/opencode`,
    files: ['.opencode', 'opencode.json', 'opencode.jsonc'],
  },
}
