// What agents run at every event, and the forms in which they are told to.

import { RESOLVE_COMMON_DIR } from './hook-file.ts'
import type { AgentName } from './ids.ts'

/** By this a command is known for ours, whatever version wrote it. */
export const OUR_COMMAND = '/bitloops/agent-hook"'

/**
 * CLAUDE_PROJECT_DIR is what most agents tell hooks of their project. Codex tells by the folder it runs them in: the
 * variable would be that of a Claude Code in whose shell it was started.
 */
export const namesProject = (agent: string): boolean => agent !== 'codex'

/**
 * One tolerant line of sh, safe to share: from the project folder upwards to the first repository. What is not there is
 * no error, and it never fails: a hook that does takes some agents down. It holds none of the agent's pipes: Gemini CLI
 * waits for them to be closed, even by what outlives the hook. The text must stay as it is over our versions: Codex
 * runs only the very line that the user has trusted.
 */
export const agentHookCommand = (agent: AgentName, event?: string): string =>
  `( p=${namesProject(agent) ? '${CLAUDE_PROJECT_DIR:-$PWD}' : '$PWD'}; ` +
  'until [ -f "$p/.git" ] || [ -d "$p/.git/objects" ]; do ' +
  'case $p in */*) p=${p%/*};; *) exit 0;; esac; done; d=$p/.git; ' +
  `${RESOLVE_COMMON_DIR.join('; ')}; ` +
  `[ -r "$c${OUR_COMMAND} ] && sh "$c${OUR_COMMAND} ${agent}${event === undefined ? '' : ` ${event}`} ` +
  ') >/dev/null 2>&1 || :'

/** How a file makes an agent call us: by entries beside those of others, or by being ours as a whole. */
export type HookForm = SettingsForm | { readonly kind: 'own-file'; readonly text: string }

export interface SettingsForm {
  readonly kind: 'settings'
  /** Without it, the agent does not take the file. */
  readonly version?: 1
  readonly entries: readonly HookEntry[]
}

export interface HookEntry {
  readonly event: string
  /** What stands in the list of the event: a hook, or a group with a hook in its `hooks`. */
  readonly item: Readonly<Record<string, unknown>>
}
