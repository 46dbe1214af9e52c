// Reads the settings: the files in the working tree, git config and the environment, the later ones winning.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { mainWorktree } from './repository.ts'
import type { Repository } from './repository.ts'
import { mergeSettings, parseEnvironment, parseSettingsFile } from '../model/settings.ts'
import type { MergedSettings, SettingsFinding, SettingsLayer } from '../model/settings.ts'

export const SETTINGS_FILE = '.bitloops/settings.json'
export const LOCAL_SETTINGS_FILE = '.bitloops/settings.local.json'

/** The last value of each `bitloops.*`, with one git process. Names come in lower case, without the prefix. */
export async function readConfig(place: GitPlace): Promise<ReadonlyMap<string, string>> {
  const answer = await runGit(place, ['config', '-z', '--get-regexp', '^bitloops\\.'])
  const values = new Map<string, string>()
  for (const entry of answer.stdout.toString('utf8').split('\0').filter(Boolean)) {
    const end = entry.indexOf('\n')
    // A key that stands alone is true.
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]
    values.set(key.slice('bitloops.'.length), value)
  }
  return values
}

/** `config`: what git config says, where it was asked already. */
export async function readSettings(repository: Repository, config = readConfig(repository)): Promise<MergedSettings> {
  const files = [SETTINGS_FILE, LOCAL_SETTINGS_FILE].flatMap((name) => readLayer(repository, name) ?? [])
  const findings = files.filter((file): file is SettingsFinding => !('values' in file))
  const layers = files.filter((file): file is SettingsLayer => 'values' in file)
  const asked = { source: 'git config', shared: false, values: Object.fromEntries(await config) }
  const merged = mergeSettings([...layers, asked, parseEnvironment(repository.env)])
  return { ...merged, findings: [...findings, ...merged.findings] }
}

export interface SettingsFile {
  readonly path: string
  readonly text: string
}

/** Where a settings file is: in this worktree or, when it was never committed, in the main one. */
export function findSettingsFile(repository: Repository, name: string): SettingsFile | undefined {
  for (const root of [repository.worktree, mainWorktree(repository)]) {
    if (root === undefined) continue
    try {
      return { path: join(root, name), text: readFileSync(join(root, name), 'utf8') }
    } catch {
      // Not there, or not to be read: the next place, and the defaults.
    }
  }
  return undefined
}

function readLayer(repository: Repository, name: string): SettingsLayer | SettingsFinding | undefined {
  const file = findSettingsFile(repository, name)
  return file === undefined ? undefined : parseSettingsFile(name, file.text)
}
