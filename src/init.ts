// Sets a repository up: Git hooks, agent hooks in all worktrees, settings, the private folder, and where
// checkpoints go. Everything is planned before a file is written; doing it twice changes no byte.

import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from './errors.ts'
import { findSettingsFile, LOCAL_SETTINGS_FILE, readSettings, SETTINGS_FILE } from './git/config.ts'
import { gitText } from './git/git.ts'
import { planHooks } from './git/hook-plan.ts'
import type { HooksPlan } from './git/hook-plan.ts'
import { findHooksPlace } from './git/hooks.ts'
import type { Repository } from './git/repository.ts'
import { listWorktrees } from './git/worktrees.ts'
import type { FileChange } from './model/file-change.ts'
import type { AgentName } from './model/ids.ts'
import { parseSettingsFile, putSettings } from './model/edit-settings.ts'
import { newSettings } from './model/settings.ts'
import type { Settings } from './model/settings.ts'
import { planHooksOfAgents, planHooksOfNew } from './store/agent-plans.ts'
import { listLostHooks } from './store/agents-here.ts'
import { chooseAgents, installedAgents } from './store/choose-agents.ts'
import type { AgentChoice } from './store/choose-agents.ts'
import { planExclude } from './store/exclude.ts'
import { applyChanges, checkWritable, forgetFiles, recordChanges } from './store/installation.ts'
import { setUpSharing } from './store/sharing.ts'

/** What hooks start, and where the scripts are that init copies. */
export interface ProgramPaths {
  readonly node: string
  readonly program: string
  readonly hooksFolder: string
}

export interface InitRequest extends AgentChoice {
  /** Settings go to `settings.local.json`. */
  readonly local: boolean
  /** The hooks of the agents that are named, or else of all, go to the settings that are shared through Git. */
  readonly project: boolean
  readonly chosen: Partial<Pick<Settings, 'directory' | 'push' | 'remote'>>
  readonly paths: ProgramPaths
  /** Asked before anything is written where others would see it. */
  readonly consent: (question: string) => Promise<boolean>
}

export interface InitResult {
  readonly changed: boolean
  readonly agents: readonly AgentName[]
  readonly worktrees: readonly string[]
  readonly hooks: HooksPlan['way']
  readonly hooksFolder: string
  /** The file that holds the settings, from the worktree's root. */
  readonly settingsFile: string
  readonly settings: Settings
  /** Where checkpoints go; undefined: they go nowhere. */
  readonly remote?: string
  readonly home: string
  /** What the user has to know or do, in sentences. */
  readonly findings: readonly string[]
}

const INBOX_FOLDERS = ['', 'inbox', 'inbox/tmp', 'inbox/new', 'inbox/quarantine']

export async function init(repository: Repository, request: InitRequest): Promise<InitResult> {
  const worktree = await requireWorktree(repository)
  const { agents, meant, findings } = await chooseAgents(repository.home, worktree, repository.env, request)
  const worktrees = await existingWorktrees(repository)
  const place = await findHooksPlace(repository)
  const hooks = await planHooks(repository, worktree, place, request.consent)
  const settingsFile = request.local ? LOCAL_SETTINGS_FILE : SETTINGS_FILE
  const settings = planSettings(repository, worktree, settingsFile, request.chosen)
  const merged = await readSettings(repository)
  const directory = request.chosen.directory ?? merged.settings.directory
  const agentHooks = await planHooksOfAgents(repository, worktrees,
    { agents, shared: request.project ? meant : [], consent: request.consent })
  const exclude = planExclude(excludePath(repository), agentHooks.files, directory)
  const remembered = [...agentHooks.changes, ...exclude, ...settings.changes]
  const changes = [...planHome(repository.home, request.paths), ...hooks.changes, ...remembered]
  checkWritable(changes)
  const madeHome = makeHome(repository.home)
  recordChanges(repository.home, remembered, applyOrUndo(repository.home, changes, madeHome), agents)
  // What could not be put back now belongs to others, and nobody tries again and again.
  forgetFiles(repository.home, listLostHooks(repository.home))
  await hooks.finish()
  const sharing = await setUpSharing(repository, request.chosen, (await readSettings(repository)).settings)
  const now = await readSettings(repository)
  const switchedOff = noteSwitchedOff(repository.home, now.settings.enabled)

  return {
    changed: madeHome || changes.length > 0 || hooks.changed || sharing.changed,
    ...sharing.remote === undefined ? {} : { remote: sharing.remote },
    agents, worktrees, settingsFile: settings.name, settings: now.settings, home: repository.home,
    hooks: hooks.way, hooksFolder: place.folder,
    findings: [
      ...findings,
      ...hooks.findings,
      ...sharing.findings,
      ...agentHooks.findings,
      ...now.findings.map(({ source, key, message }) => `${source}: ${key === '' ? 'it' : `'${key}'`} ${message}`),
      ...(switchedOff ? ['capture is switched off: git bitloops enable switches it on'] : []),
    ],
  }
}

/** Gives a new worktree what the others have. Run by post-checkout, which must not wait or fail. */
export async function equipWorktree(repository: Repository): Promise<boolean> {
  const { home } = repository
  const { changes, files } = await planHooksOfNew(repository, installedAgents(home))
  if (changes.length === 0) return false
  const all = [...changes, ...planExclude(excludePath(repository), files)]
  recordChanges(home, all, applyChanges(all))
  return true
}

async function requireWorktree(repository: Repository): Promise<string> {
  if (repository.worktree !== undefined) return repository.worktree
  const bare = (await gitText(repository, ['rev-parse', '--is-bare-repository'])).trim() === 'true'
  if (!bare) throw new BitloopsError('no-worktree', 'this folder is inside .git', 'run it in the working tree')
  throw new BitloopsError('no-worktree', 'this is a bare repository: no agent works and nobody commits here',
    'run init in a clone or a worktree of it; reading commands such as git bitloops explain work here')
}

async function existingWorktrees(repository: Repository): Promise<readonly string[]> {
  const listed = (await listWorktrees(repository)).filter(({ bare, prunable }) => !bare && !prunable)
  // A repository with its working tree elsewhere (`--work-tree`, a submodule) lists its own folder instead.
  const others = listed.map(({ path }) => path).filter((path) => existsSync(join(path, '.git')))
  return [...new Set([repository.worktree!, ...others])]
}

interface SettingsPlan {
  readonly name: string
  readonly changes: readonly FileChange[]
}

function planSettings(repository: Repository, worktree: string, name: string, chosen: Partial<Settings>): SettingsPlan {
  // Settings that came with the clone, or that an earlier init wrote, need no second file unless one is asked for.
  const isThere = (file: string): boolean => findSettingsFile(repository, file) !== undefined
  const used = !isThere(SETTINGS_FILE) && isThere(LOCAL_SETTINGS_FILE) ? LOCAL_SETTINGS_FILE : name
  const found = findSettingsFile(repository, used)
  const path = found?.path ?? join(worktree, used)
  for (const place of [join(worktree, '.bitloops'), path]) {
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      throw new BitloopsError('unsafe-file', `${place} is a symbolic link`,
        'nothing was installed; put a plain file or folder there')
    }
  }
  if (found === undefined) {
    return { name: used, changes: [{ path, before: undefined, after: Buffer.from(newSettings(chosen)), mode: 0o644 }] }
  }
  if (Object.keys(chosen).length === 0) return { name: used, changes: [] }
  if (!('values' in parseSettingsFile(used, found.text))) {
    throw new BitloopsError('unsafe-file', `${path} is not a JSON object`,
      'nothing was installed; repair the file or remove it')
  }
  const text = putSettings(found.text, chosen)
  if (text === found.text) return { name: used, changes: [] }
  const change = { path, before: readFileSync(path), after: Buffer.from(text), mode: lstatSync(path).mode & 0o777 }
  return { name: used, changes: [change] }
}

function planHome(home: string, paths: ProgramPaths): readonly FileChange[] {
  const files: readonly (readonly [string, Buffer, number])[] = [
    ['agent-hook', readFileSync(join(paths.hooksFolder, 'agent-hook.sh')), 0o755],
    ['git-hook', readFileSync(join(paths.hooksFolder, 'git-hook.sh')), 0o755],
    ['program', Buffer.from(`${paths.node}\n${paths.program}\n`), 0o644],
  ]
  return files.flatMap(([name, after, mode]) => {
    const path = join(home, name)
    const before = existsSync(path) ? readFileSync(path) : undefined
    return before?.equals(after) === true ? [] : [{ path, before, after, mode }]
  })
}

/** The folder and the inbox below it are nobody else's to read. True when it was not there. */
function makeHome(home: string): boolean {
  const isNew = !existsSync(home)
  for (const folder of INBOX_FOLDERS) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 })
  return isNew
}

function applyOrUndo(home: string, changes: readonly FileChange[], madeHome: boolean): readonly string[] {
  try {
    return applyChanges(changes)
  } catch (error) {
    if (madeHome) rmSync(home, { recursive: true, force: true })
    throw error
  }
}

/** Settings that came with a clone may say no: then hooks are to answer at once, too. */
function noteSwitchedOff(home: string, enabled: boolean): boolean {
  if (!enabled && !existsSync(join(home, 'disabled'))) writeFileSync(join(home, 'disabled'), '', { mode: 0o600 })
  return existsSync(join(home, 'disabled'))
}

const excludePath = ({ commonDir }: Repository): string => join(commonDir, 'info', 'exclude')
