// Where Git looks for hooks, and what has to be written there, or into its configuration, to install ours or to take
// them out.

import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { FileChange } from '../model/file-change.ts'
import { hookCommand, hookLine, INSTALLED_HOOKS, planHook, planHookRemoval } from '../model/hook-file.ts'
import type { HookFile, HookName } from '../model/hook-file.ts'
import { git, runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { readIgnored } from './ignored.ts'
import type { Repository } from './repository.ts'

export interface HooksPlace {
  /** Absolute, symbolic links resolved. */
  readonly folder: string
  /** own: below the common directory. husky: where husky's generated hooks call into. outside: of others, too. */
  readonly kind: 'own' | 'worktree' | 'husky' | 'outside'
  /** Writing here needs the user's word: Git would show the files, or other repositories use them. */
  readonly needsConsent: boolean
}

export type HooksWay = 'files' | 'config'

/** Hooks in the configuration run whatever manager owns the hook files, and came with Git 2.54. */
export function chooseWay(gitVersion: string): HooksWay {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 54) ? 'config' : 'files'
}

export const readGitVersion = async (place: GitPlace): Promise<string> =>
  /\d+(?:\.\d+)+/.exec((await git(place, ['version'])).toString('utf8'))?.[0] ?? '0'

export async function findHooksPlace(repository: Repository): Promise<HooksPlace> {
  const configured = await readHooksPath(repository)
  const named = configured === undefined ? join(repository.commonDir, 'hooks')
    : resolve(repository.worktree ?? repository.gitDir, configured)
  const folder = realFolder(named)
  if (isBelow(folder, realFolder(repository.commonDir))) return { folder, kind: 'own', needsConsent: false }
  const top = repository.worktree === undefined ? undefined : realFolder(repository.worktree)
  if (top === undefined || !isBelow(folder, top)) return { folder, kind: 'outside', needsConsent: true }
  // husky 9 writes `.husky/_` anew at each install of the project's packages; its hooks there call `.husky/<hook>`.
  const husky = basename(folder) === '_'
  const place = husky ? dirname(folder) : folder
  const seen = INSTALLED_HOOKS.map((hook) => join(place, hook).slice(top.length + 1))
  const ignored = await readIgnored({ ...repository, cwd: top }, seen)
  return { folder: place, kind: husky ? 'husky' : 'worktree', needsConsent: seen.some((path) => !ignored.has(path)) }
}

/** `core.hooksPath` without the one that our own calls set, which is always the last. */
async function readHooksPath(repository: Repository): Promise<string | undefined> {
  const answer = await runGit(repository, ['config', '-z', '--type=path', '--get-all', 'core.hooksPath'])
  return answer.stdout.toString('utf8').split('\0').slice(0, -2).at(-1) || undefined
}

/** What has to be written so that the files of `place` hold our hooks. Throws where a hook is not to be touched. */
export function planHookFiles(place: HooksPlace): readonly FileChange[] {
  return INSTALLED_HOOKS.flatMap((hook) => {
    const path = join(place.folder, hook)
    const found = readHook(path)
    const backup = freeName(place.folder, hook)
    const edit = planHook(hook, found && { text: found.text, active: found.active || place.kind === 'husky' }, backup)
    if (edit.kind === 'unchanged') return []
    const before = found === undefined ? undefined : Buffer.from(found.text, 'latin1')
    const after = Buffer.from(edit.text, 'latin1')
    if (edit.kind === 'write') return [{ path, before, after, mode: found?.mode ?? 0o755 }]
    const aside = { path: join(place.folder, edit.backup), before: undefined, after: before, mode: found!.mode }
    return [aside, { path, before, after, mode: 0o755 }]
  })
}

/** What has to be written so that nothing of ours is left in the hooks of a folder. */
export function planHookFileRemoval(folder: string): readonly FileChange[] {
  return INSTALLED_HOOKS.flatMap((hook): FileChange[] => {
    const path = join(folder, hook)
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return []
    const found = readHook(path)!
    const removal = planHookRemoval(found)
    const before = Buffer.from(found.text, 'latin1')
    if (removal.kind === 'unchanged') return []
    if (removal.kind === 'write') {
      return [{ path, before, after: Buffer.from(removal.text, 'latin1'), mode: found.mode }]
    }
    const backup = removal.kind === 'put-back' ? join(folder, removal.backup) : undefined
    const foreign = backup === undefined ? undefined : readHook(backup)
    if (backup === undefined || foreign === undefined) return [{ path, before, after: undefined, mode: found.mode }]
    const text = Buffer.from(foreign.text, 'latin1')
    const { mode } = foreign
    return [{ path, before, after: text, mode }, { path: backup, before: text, after: undefined, mode }]
  })
}

/** Hooks that were moved aside by us and have since been replaced by another tool: nobody calls them any more. */
export const findLeftAside = (folder: string): readonly string[] => INSTALLED_HOOKS.flatMap((hook) => {
  const path = join(folder, `${hook}.before-bitloops`)
  const isFile = lstatSync(join(folder, hook), { throwIfNoEntry: false })?.isFile() === true
  const called = isFile && readFileSync(join(folder, hook), 'latin1').includes(`${hook}.before-bitloops`)
  return existsSync(path) && !called ? [path] : []
})

/** What the user is told to add where we must not write. */
export const describeHookLines = (place: HooksPlace): readonly string[] =>
  INSTALLED_HOOKS.map((hook) => `add to ${join(place.folder, hook)}: ${hookLine(hook)}`)

/** True when the configuration holds all our hooks as this version writes them. */
export async function hasConfigHooks(place: GitPlace): Promise<boolean> {
  const known = await readConfigHooks(place)
  const valueOf = (hook: HookName, key: string): string | undefined => known.get(`hook.bitloops-${hook}.${key}`)
  return INSTALLED_HOOKS.every((hook) =>
    valueOf(hook, 'command') === hookCommand(hook) && valueOf(hook, 'event') === hook)
}

/** The command first: an event without one makes every commit fail. */
export async function writeConfigHooks(place: GitPlace): Promise<void> {
  for (const hook of INSTALLED_HOOKS) {
    await git(place, ['config', '--local', '--replace-all', `hook.bitloops-${hook}.command`, hookCommand(hook)])
    await git(place, ['config', '--local', '--replace-all', `hook.bitloops-${hook}.event`, hook])
  }
}

/** The event first. True when there was something to take out. */
export async function removeConfigHooks(place: GitPlace): Promise<boolean> {
  const known = [...(await readConfigHooks(place)).keys()]
  const last = (key: string): number => key.endsWith('.event') ? 0 : 1
  for (const key of known.sort((a, b) => last(a) - last(b))) await git(place, ['config', '--local', '--unset-all', key])
  return known.length > 0
}

async function readConfigHooks(place: GitPlace): Promise<ReadonlyMap<string, string>> {
  const answer = await runGit(place, ['config', '--local', '-z', '--get-regexp', '^hook\\.bitloops-'])
  return new Map(answer.stdout.toString('utf8').split('\0').filter(Boolean).map((entry): [string, string] => {
    const end = entry.indexOf('\n')
    return end < 0 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)]
  }))
}

function readHook(path: string): (HookFile & { readonly mode: number }) | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (found.isSymbolicLink()) {
    throw new BitloopsError('unsafe-file', `the hook ${path} is a symbolic link to ${readlinkSync(path)}`,
      'what it leads to may belong to others; nothing was installed\n' +
      `put a plain file there, or add to it: ${hookLine(basename(path) as HookName)}`)
  }
  if (!found.isFile()) throw new BitloopsError('unsafe-file', `the hook ${path} is not a file`, 'nothing was installed')
  return { text: readFileSync(path, 'latin1'), active: (found.mode & 0o111) !== 0, mode: found.mode & 0o777 }
}

function freeName(folder: string, hook: HookName): string {
  const first = `${hook}.before-bitloops`
  for (let name = first, number = 2; ; name = `${first}.${number++}`) {
    if (lstatSync(join(folder, name), { throwIfNoEntry: false }) === undefined) return name
  }
}

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep)

/** Resolves what exists of a path. */
function realFolder(path: string): string {
  if (existsSync(path)) return realpathSync.native(path)
  return isAbsolute(path) && dirname(path) !== path ? join(realFolder(dirname(path)), basename(path)) : path
}
