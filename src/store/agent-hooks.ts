// What has to be written in a worktree so that agents call us, and what to be taken out again.

import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOOK_FORMS } from '../agents/hook-forms.ts'
import { HOOK_PLACES, hookFilesOf } from '../agents/hook-places.ts'
import { listTracked } from '../git/tracked.ts'
import type { Repository } from '../git/repository.ts'
import { addAgentHooks, findSwitchedOff, hasAgentHooks, removeAgentHooks } from '../model/agent-settings.ts'
import type { SettingsEdit } from '../model/agent-settings.ts'
import type { FileChange } from '../model/file-change.ts'
import { AGENT_NAMES } from '../model/ids.ts'
import type { AgentName } from '../model/ids.ts'
import { foldersOf } from './agents-here.ts'

export interface AgentHooksPlan {
  readonly changes: readonly FileChange[]
  /** What the user has to know or do. */
  readonly findings: readonly string[]
  /** A file that would have to be changed, but is in Git: everybody would see it. From the worktree's root. */
  readonly reserved?: string
}

const NOTHING_TO_DO: AgentHooksPlan = { changes: [], findings: [] }

/**
 * Registers the agent's hooks in the private file of a worktree, or in the one that is shared. `tracked`: the files
 * that are in Git, and so not ours to change.
 */
export function planAgentHooks(
  root: string, agent: AgentName, isShared: boolean, tracked: ReadonlySet<string>,
): AgentHooksPlan {
  const { local, shared } = HOOK_PLACES[agent]
  const form = HOOK_FORMS[agent]
  // Where everybody has them, nobody needs them twice.
  if (!isShared && local !== shared && hasAgentHooks(readFile(join(root, shared)), form)) return NOTHING_TO_DO
  const name = isShared ? shared : local
  const plan = planEdit(root, name, (text) => addAgentHooks(text, form))
  if (isShared || plan.changes.length === 0 || !tracked.has(name)) return plan
  return {
    changes: [], reserved: name,
    findings: [`${join(root, name)} is in Git, and was left alone: git bitloops init --agent ${agent} --project ` +
      'registers hooks there, for everybody'],
  }
}

/** `isOurs`: whether a file that is shared, or in Git, was written by us; else it came from others. */
export const planAgentHooksRemoval = (
  root: string, tracked: ReadonlySet<string>, isOurs: (path: string) => boolean,
): readonly FileChange[] => AGENT_NAMES.flatMap((agent) => hookFilesOf(agent).flatMap((name) => {
  const isPrivate = name === HOOK_PLACES[agent].local && !tracked.has(name)
  return isPrivate || isOurs(join(root, name))
    ? planEdit(root, name, (text) => removeAgentHooks(text, HOOK_FORMS[agent])).changes : []
}))

/** Those of the agents' private files that are in Git in this worktree. */
export const listTrackedHookFiles = (
  repository: Repository, root: string, agents: readonly AgentName[],
): Promise<ReadonlySet<string>> => listTracked(repository, root, agents.map((agent) => HOOK_PLACES[agent].local))

function planEdit(root: string, name: string, edit: (text: string | undefined) => SettingsEdit): AgentHooksPlan {
  const path = join(root, name)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if ([...foldersOf(name), name].some((each) => isLink(join(root, each)))) return told(linkIn(path))
  if (found !== undefined && !found.isFile()) return told(`${path} is not a file`)
  const before = found === undefined ? undefined : readFileSync(path)
  const text = before?.toString('utf8')
  if (before !== undefined && !Buffer.from(text!).equals(before)) return told(`${path} was left alone: it is not UTF-8`)
  const edited = edit(text)
  if (edited.kind === 'unusable') return told(`${path} was left alone: ${edited.reason}`)
  const off = text === undefined ? undefined : findSwitchedOff(text)
  const findings = off === undefined ? [] : [`${off} in ${path} keeps all hooks from running`]
  if (edited.kind === 'unchanged') return { changes: [], findings }
  const after = edited.kind === 'delete' ? undefined : Buffer.from(edited.text)
  return { changes: [{ path, before, after, mode: found === undefined ? 0o644 : found.mode & 0o777 }], findings }
}

const told = (finding: string): AgentHooksPlan => ({ changes: [], findings: [finding] })
const linkIn = (path: string): string => `${path} is behind a symbolic link: agent hooks in it are left to you`
const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
