// Decides how our Git hooks are installed: in hook files, in the configuration, or not at all without the user's word.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { FileChange } from '../model/file-change.ts'
import {
  chooseWay, describeHookLines, findLeftAside, hasConfigHooks, planHookFileRemoval, planHookFiles, readGitVersion,
  removeConfigHooks, writeConfigHooks,
} from './hooks.ts'
import type { HooksPlace, HooksWay } from './hooks.ts'
import type { Repository } from './repository.ts'

export interface HooksPlan {
  /** none: the user said no, or nobody could be asked. */
  readonly way: HooksWay | 'none'
  readonly changes: readonly FileChange[]
  /** True when git itself has something to write. */
  readonly changed: boolean
  readonly findings: readonly string[]
  /** What git itself has to write, after the files. */
  finish(): Promise<void>
}

/** Throws where the repository's own hooks are not to be touched; in a folder of others, tells the lines to add. */
export async function planHooks(
  repository: Repository, worktree: string, place: HooksPlace, consent: (question: string) => Promise<boolean>,
): Promise<HooksPlan> {
  const findings = [...findManagers(worktree), ...findLeftAside(place.folder).map((path) =>
    `${path} holds a hook from before; another tool has replaced the one that called it, so it is not run`)]
  if (chooseWay(await readGitVersion(repository)) === 'config') {
    const changed = !await hasConfigHooks(repository)
    const finish = async (): Promise<void> => { if (changed) await writeConfigHooks(repository) }
    return { way: 'config', changes: planHookFileRemoval(place.folder), changed, findings, finish }
  }
  const finish = async (): Promise<void> => { await removeConfigHooks(repository) }
  const leave = (reason: string): HooksPlan =>
    ({ way: 'none', changes: [], changed: false, findings: [reason, ...describeHookLines(place), ...findings], finish })
  try {
    const changes = planHookFiles(place)
    if (changes.length === 0 || !place.needsConsent || await consent(`${whereOf(place)}. Write there?`)) {
      return { way: 'files', changes, changed: false, findings, finish }
    }
    return leave(`${whereOf(place)}: not written without your word (--yes gives it)`)
  } catch (error) {
    // In a folder of others there may be anything; the rest of the installation does not depend on it.
    if (place.kind === 'own' || !(error instanceof BitloopsError)) throw error
    return leave(error.message)
  }
}

const whereOf = ({ folder, kind }: HooksPlace): string =>
  `Git looks for hooks in ${folder}, ` +
  (kind === 'outside' ? 'which other repositories may use' : 'where it will show the change')

const MANAGERS: Readonly<Record<string, readonly string[]>> = {
  lefthook: ['lefthook.yml', '.lefthook.yml', 'lefthook.yaml', 'lefthook.json', 'lefthook.toml'],
  'pre-commit': ['.pre-commit-config.yaml'],
  'simple-git-hooks': ['.simple-git-hooks.json', '.simple-git-hooks.cjs', '.simple-git-hooks.js'],
}

const findManagers = (worktree: string): readonly string[] => Object.entries(MANAGERS)
  .filter(([, files]) => files.some((file) => existsSync(join(worktree, file))))
  .map(([name]) => `${name} is in use here: when its install replaces the hooks, run git bitloops init again`)
