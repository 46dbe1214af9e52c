// What has to be written in a worktree so that its agents call us, and so that Git does not show it.

import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentName } from '../model/ids.ts'
import { addAgentHooks, hasAgentHooks, removeAgentHooks, switchesHooksOff } from '../model/agent-settings.ts'
import type { SettingsEdit } from '../model/agent-settings.ts'
import type { FileChange } from '../model/file-change.ts'
import type { Settings } from '../model/settings.ts'
import { putBlock, takeBlock } from '../model/marked-block.ts'

export const AGENT_SETTINGS = '.claude/settings.local.json'
export const SHARED_AGENT_SETTINGS = '.claude/settings.json'

export interface AgentHooksPlan {
  readonly changes: readonly FileChange[]
  /** What the user has to know or do. */
  readonly findings: readonly string[]
}

const NOTHING_TO_DO: AgentHooksPlan = { changes: [], findings: [] }

/** Registers the agent's hooks in the private settings of a worktree, or in those shared with everybody. */
export function planAgentHooks(worktree: string, agent: AgentName, shared: boolean): AgentHooksPlan {
  // Where everybody has them, nobody needs them twice.
  if (!shared && hasAgentHooks(readText(worktree, SHARED_AGENT_SETTINGS), agent)) return NOTHING_TO_DO
  return planEdit(worktree, shared ? SHARED_AGENT_SETTINGS : AGENT_SETTINGS, (text) => addAgentHooks(text, agent))
}

export const planAgentHooksRemoval = (worktree: string, name: string): AgentHooksPlan =>
  planEdit(worktree, name, removeAgentHooks)

function planEdit(worktree: string, name: string, edit: (text: string | undefined) => SettingsEdit): AgentHooksPlan {
  const path = join(worktree, name)
  const found = lstatSync(path, { throwIfNoEntry: false })
  const folder = lstatSync(join(worktree, '.claude'), { throwIfNoEntry: false })
  if (folder?.isSymbolicLink() === true || found?.isSymbolicLink() === true) {
    return { changes: [], findings: [`${path} is behind a symbolic link: agent hooks in it are left to you`] }
  }
  const text = readText(worktree, name)
  const edited = edit(text)
  const off = text !== undefined && switchesHooksOff(text)
  const findings = off ? [`"disableAllHooks" in ${path} keeps all hooks from running`] : []
  if (edited.kind === 'unusable') return { changes: [], findings: [`${path} was left alone: ${edited.reason}`] }
  if (edited.kind === 'unchanged') return { changes: [], findings }
  const before = text === undefined ? undefined : readFileSync(path)
  const after = edited.kind === 'delete' ? undefined : Buffer.from(edited.text)
  return { changes: [{ path, before, after, mode: found === undefined ? 0o644 : found.mode & 0o777 }], findings }
}

/** Keeps what is private to this clone out of `git status`. `path` is the clone's `info/exclude`. */
export function planExclude(path: string, directory: Settings['directory']): readonly FileChange[] {
  const lines = [
    '# Private to this clone. `git bitloops uninstall` takes these lines out again.',
    `/${AGENT_SETTINGS}`,
    '/.bitloops/settings.local.json',
    ...(directory === 'tracked' ? [] : ['/.bitloops/checkpoints/']),
  ]
  return planText(path, (text) => putBlock(text, lines, text.length))
}

export const planExcludeRemoval = (path: string): readonly FileChange[] => planText(path, takeBlock)

function planText(path: string, edit: (text: string) => string): readonly FileChange[] {
  const found = lstatSync(path, { throwIfNoEntry: false })
  const before = found === undefined ? undefined : readFileSync(path)
  const after = Buffer.from(edit(before?.toString('latin1') ?? ''), 'latin1')
  return before === undefined ? (after.length === 0 ? [] : [{ path, before, after, mode: 0o644 }])
    : before.equals(after) ? [] : [{ path, before, after, mode: found!.mode & 0o777 }]
}

function readText(worktree: string, name: string): string | undefined {
  try {
    return readFileSync(join(worktree, name), 'utf8')
  } catch {
    return undefined
  }
}
