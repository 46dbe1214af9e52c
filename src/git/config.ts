// Reads the settings: the files in the working tree, git config and the environment, the later ones winning.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { mainWorktree } from './repository.ts'
import type { Repository } from './repository.ts'
import { mergeSettings, parseEnvironment, settingsLayerOf } from '../model/settings.ts'
import type { MergedSettings, SettingsFinding, SettingsLayer } from '../model/settings.ts'

export const SETTINGS_FILE = '.bitloops/settings.json'
export const LOCAL_SETTINGS_FILE = '.bitloops/settings.local.json'

/** The last value of each `bitloops.*`, with one git process. Names come in lower case, without the prefix. */
export const readConfig = async (place: GitPlace): Promise<ReadonlyMap<string, string>> =>
  settingsOf(await readEntries(place, '^bitloops\\.'))

/** As `readConfig`, and whether hooks lie elsewhere than usual, with one git process for both. */
export async function readConfigAndHooks(place: GitPlace): Promise<ConfigAndHooks> {
  const entries = await readEntries(place, '^(bitloops\\.|core\\.hookspath$)')
  // Our own calls set one.
  return { values: settingsOf(entries), hasHooksPath: entries.filter(([key]) => key === 'core.hookspath').length > 1 }
}

export interface ConfigAndHooks {
  readonly values: ReadonlyMap<string, string>
  readonly hasHooksPath: boolean
}

async function readEntries(place: GitPlace, pattern: string): Promise<readonly (readonly [string, string])[]> {
  const answer = await runGit(place, ['config', '-z', '--get-regexp', pattern])
  return answer.stdout.toString('utf8').split('\0').filter(Boolean).map((entry) => {
    const end = entry.indexOf('\n')
    // A key that stands alone is true.
    return end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]
  })
}

const settingsOf = (entries: readonly (readonly [string, string])[]): ReadonlyMap<string, string> =>
  new Map(entries
    .filter(([key]) => key.startsWith('bitloops.'))
    .map(([key, value]) => [key.slice('bitloops.'.length), value]))

/** `config`: what `readConfig` says, where it was asked already. */
export async function readSettings(
  repository: Repository, config?: ReadonlyMap<string, string>,
): Promise<MergedSettings> {
  const read = await Promise.all([SETTINGS_FILE, LOCAL_SETTINGS_FILE].map((name) => readLayer(repository, name)))
  const files = read.flatMap((file) => file ?? [])
  const findings = files.filter((file): file is SettingsFinding => !('values' in file))
  const layers = files.filter((file): file is SettingsLayer => 'values' in file)
  const values = Object.fromEntries(config ?? await readConfig(repository))
  const asked = { source: 'git config', shared: false, values }
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

async function readLayer(repository: Repository, name: string): Promise<SettingsLayer | SettingsFinding | undefined> {
  const file = findSettingsFile(repository, name)
  return file === undefined ? undefined : settingsLayerOf(name, await parse(file.text))
}

/** Nearly all of them are plain JSON; the parser of comments is loaded for the others. */
async function parse(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return (await import('../model/jsonc.ts')).parseJsonc(text)
  }
}
