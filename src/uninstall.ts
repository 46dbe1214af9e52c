// Takes out exactly what init put in: files get back the bytes they had, and what was recorded stays unless it is to go
// too.

import { existsSync, lstatSync, readFileSync, rmSync, rmdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LOCAL_SETTINGS_FILE, SETTINGS_FILE } from './git/config.ts'
import { git, gitText } from './git/git.ts'
import { findHooksPlace, planHookFileRemoval, removeConfigHooks } from './git/hooks.ts'
import { listRefs } from './git/refs.ts'
import type { Repository } from './git/repository.ts'
import { listTracked } from './git/tracked.ts'
import { listWorktrees } from './git/worktrees.ts'
import type { FileChange } from './model/file-change.ts'
import { AGENT_NAMES } from './model/ids.ts'
import { listTrackedHookFiles, planAgentHooksRemoval } from './store/agent-hooks.ts'
import { foldersAbove } from './store/agents-here.ts'
import { planExcludeRemoval } from './store/exclude.ts'
import {
  applyChanges, checkWritable, findBefore, isRecorded, readInstallation, removeFolders,
} from './store/installation.ts'
import type { Installation } from './store/installation.ts'
import { endSharing } from './store/sharing.ts'

export interface UninstallResult {
  readonly changed: boolean
  /** Files that hold again what they held before. */
  readonly restored: readonly string[]
  /** Files that were made by us alone. */
  readonly removed: readonly string[]
  /** True when the live store, our refs and the directory of checkpoints were removed. */
  readonly dataRemoved: boolean
  /** What is still there, and why. */
  readonly left: readonly string[]
}

/** Files of the private folder that init puts there; `disabled` is a state of the installation. */
const INSTALLED = [
  'agent-hook', 'git-hook', 'program', 'disabled', 'gaps', 'installed.json', 'push-state.json', 'push-queued', 'tips',
]

export async function uninstall(repository: Repository, options: { readonly data: boolean }): Promise<UninstallResult> {
  const { home } = repository
  const installation = readInstallation(home)
  const worktrees = await findWorktrees(repository)
  const settings = await planSettingsRemoval(repository, installation, worktrees)
  const changes = [
    ...await planHooksRemoval(repository),
    ...await planAgentRemoval(repository, installation, worktrees),
    ...await planExcludes(repository, installation),
    ...settings.changes,
  ]
  checkWritable(changes)
  const config = [await removeConfigHooks(repository), await endSharing(repository)].includes(true)
  applyChanges(changes)
  const wasThere = existsSync(join(home, 'program'))
  for (const name of INSTALLED) rmSync(join(home, name), { force: true })
  const left = [...settings.left, ...options.data ? await removeData(repository, worktrees) : []]
  const gone = changes.filter(({ after }) => after === undefined).map(({ path }) => path)
  // Of what is in the record, the folders that we made are there too.
  removeFolders(home, installation, gone.filter((path) => !isRecorded(home, installation, path)).flatMap(foldersAbove))
  removeEmptyHome(home)
  const kept = [...existsSync(home) ? [home] : [], ...options.data ? [] : await listShown(repository, worktrees)]
  return {
    changed: changes.length > 0 || config || wasThere || options.data,
    restored: changes.filter(({ after }) => after !== undefined).map(({ path }) => path),
    removed: gone,
    dataRemoved: options.data,
    left: [...left, ...kept.map((path) => `${path} keeps what was recorded (--data removes it)`)],
  }
}

async function findWorktrees(repository: Repository): Promise<readonly string[]> {
  const listed = (await listWorktrees(repository)).filter(({ bare, path }) => !bare && existsSync(join(path, '.git')))
  return [...new Set([repository.worktree ?? [], listed.map(({ path }) => path)].flat())]
}

async function planHooksRemoval(repository: Repository): Promise<readonly FileChange[]> {
  const place = await findHooksPlace(repository)
  // Where hooks are looked for may have changed since init.
  const folders = new Set([place.folder, join(repository.commonDir, 'hooks')])
  const changes = [...folders].filter((folder) => existsSync(folder)).flatMap(planHookFileRemoval)
  return changes.filter(({ path }, at) => changes.findIndex((other) => other.path === path) === at)
}

async function planAgentRemoval(
  repository: Repository, installation: Installation, worktrees: readonly string[],
): Promise<readonly FileChange[]> {
  const { home } = repository
  const changes: FileChange[] = []
  for (const root of worktrees) {
    const tracked = await listTrackedHookFiles(repository, root, AGENT_NAMES)
    changes.push(...planAgentHooksRemoval(root, tracked, (path) => isRecorded(home, installation, path)))
  }
  return changes.map((change) => asBefore(home, installation, change))
}

async function planExcludes(repository: Repository, installation: Installation): Promise<readonly FileChange[]> {
  const path = await gitText(repository, ['rev-parse', '--path-format=absolute', '--git-path', 'info/exclude'])
  return planExcludeRemoval(path.replace(/\n$/, '')).map((change) => asBefore(repository.home, installation, change))
}

/** A file that still holds what we wrote gets back the very bytes it had; a changed one only loses our part. */
function asBefore(home: string, installation: Installation, change: FileChange): FileChange {
  const known = change.before === undefined ? undefined : findBefore(home, installation, change.path, change.before)
  return known === undefined ? change : { ...change, after: known.bytes }
}

async function planSettingsRemoval(repository: Repository, installation: Installation, worktrees: readonly string[]):
Promise<{ readonly changes: readonly FileChange[]; readonly left: readonly string[] }> {
  const changes: FileChange[] = []
  const left: string[] = []
  for (const root of worktrees) {
    for (const name of [SETTINGS_FILE, LOCAL_SETTINGS_FILE]) {
      const path = join(root, name)
      const found = lstatSync(path, { throwIfNoEntry: false })
      if (found?.isFile() !== true) continue
      const now = readFileSync(path)
      const known = findBefore(repository.home, installation, path, now)
      const tracked = await isTracked(repository, root, name)
      const reason = tracked ? 'is in Git' : 'was changed since'
      if (known === undefined || tracked) left.push(`${path} ${reason}, so it is left to you`)
      else changes.push({ path, before: now, after: known.bytes, mode: found.mode & 0o777 })
    }
  }
  return { changes, left }
}

const checkpointFolder = (root: string): string => join(root, '.bitloops', 'checkpoints')

/** Checkpoints as files, which Git shows as untracked from now on. */
async function listShown(repository: Repository, worktrees: readonly string[]): Promise<readonly string[]> {
  const shown: string[] = []
  for (const root of worktrees) {
    const isShown = existsSync(checkpointFolder(root)) && !await isTracked(repository, root, '.bitloops/checkpoints')
    if (isShown) shown.push(checkpointFolder(root))
  }
  return shown
}

async function removeData(repository: Repository, worktrees: readonly string[]): Promise<readonly string[]> {
  const refs = [...await listRefs(repository, 'refs/bitloops/'), ...await listRefs(repository, 'refs/notes/bitloops')]
  const lines = refs.map(([ref, oid]) => `delete ${ref} ${oid}\n`).join('')
  if (lines !== '') await git(repository, ['update-ref', '--stdin'], { input: lines })
  rmSync(repository.home, { recursive: true, force: true })
  const left: string[] = []
  for (const root of worktrees) {
    const folder = checkpointFolder(root)
    const tracked = await isTracked(repository, root, '.bitloops/checkpoints')
    if (tracked) left.push(`${folder} is in Git, so it is left to you`)
    else rmSync(folder, { recursive: true, force: true })
    try { rmdirSync(join(root, '.bitloops')) } catch { /* it holds something, or is not there */ }
  }
  return left
}

const isTracked = async (repository: Repository, root: string, path: string): Promise<boolean> =>
  (await listTracked(repository, root, [path])).size > 0

/** Without anything recorded, the private folder goes as well. */
function removeEmptyHome(home: string): void {
  for (const folder of ['inbox/tmp', 'inbox/new', 'inbox/quarantine', 'inbox', '.']) {
    try { rmdirSync(resolve(home, folder)) } catch { /* what was delivered is kept */ }
  }
}
