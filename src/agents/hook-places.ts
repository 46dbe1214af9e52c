// The files in which agents look for hooks, from the root of a worktree.

import { AGENT_NAMES } from '../model/ids.ts'
import type { AgentName } from '../model/ids.ts'

export interface HookPlace {
  /** For this clone alone; where the agent knows no such file, the same as `shared`, and private until it is in Git. */
  readonly local: string
  /** For everybody, through Git. */
  readonly shared: string
  /** In linked worktrees too, this agent reads the file of the main one. */
  readonly onlyMain?: true
}

/** A file that is private to the clone as long as Git does not know it. */
const single = (name: string): HookPlace => ({ local: name, shared: name })

export const HOOK_PLACES: Readonly<Record<AgentName, HookPlace>> = {
  'claude-code': { local: '.claude/settings.local.json', shared: '.claude/settings.json' },
  codex: { ...single('.codex/hooks.json'), onlyMain: true },
  // The cloud agent of GitHub runs what is shared as well: without git-bitloops, the command does nothing.
  copilot: { local: '.github/copilot/settings.local.json', shared: '.github/hooks/git-bitloops.json' },
  cursor: single('.cursor/hooks.json'),
  gemini: single('.gemini/settings.json'),
  opencode: single('.opencode/plugin/git-bitloops.js'),
}

/** Every file in which hooks of ours may stand for the agent. */
export const hookFilesOf = (agent: AgentName): readonly string[] =>
  [...new Set([HOOK_PLACES[agent].local, HOOK_PLACES[agent].shared])]

export const ALL_HOOK_FILES: readonly string[] = AGENT_NAMES.flatMap(hookFilesOf)

/** Whether a text of such a file may hold hooks of ours. */
export const mentionsUs = (text: string): boolean => /\/bitloops\/agent-hook|git-bitloops/.test(text)
