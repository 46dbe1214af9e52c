// Switches capture on and off. Hooks stay where they are: a marker file lets them answer at once.

import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from './errors.ts'
import { findSettingsFile, LOCAL_SETTINGS_FILE, readSettings, SETTINGS_FILE } from './git/config.ts'
import type { Repository } from './git/repository.ts'
import type { Millis } from './model/event.ts'
import { parseSettingsFile, putSettings } from './model/edit-settings.ts'
import { noteSwitch } from './store/gaps.ts'
import { applyChanges, recordChanges } from './store/installation.ts'

/** local: for this clone. project: in the settings that are shared through Git. */
export type EnableScope = 'local' | 'project'

export interface Switched {
  readonly changed: boolean
  readonly enabled: boolean
  /** The settings file that says so. */
  readonly settingsFile: string
  /** Who has the last word, when the switch had no effect: another settings file, git config, the environment. */
  readonly overruledBy?: string
}

export const disabledMarker = (home: string): string => join(home, 'disabled')

export const enable = (repository: Repository, scope: EnableScope, now: Millis): Promise<Switched> =>
  switchTo(repository, scope, true, now)

export const disable = (repository: Repository, scope: EnableScope, now: Millis): Promise<Switched> =>
  switchTo(repository, scope, false, now)

async function switchTo(repository: Repository, scope: EnableScope, wanted: boolean, now: Millis): Promise<Switched> {
  if (repository.worktree === undefined || !existsSync(join(repository.home, 'program'))) {
    throw new BitloopsError('not-initialised', 'git-bitloops is not set up in this repository',
      'git bitloops init sets it up')
  }
  const settingsFile = scope === 'local' ? LOCAL_SETTINGS_FILE : SETTINGS_FILE
  const before = (await readSettings(repository)).settings.enabled
  // Switching on where nothing says off needs no file that says on.
  const wrote = (wanted !== before || !wanted) && writeEnabled(repository, repository.worktree, settingsFile, wanted)
  const merged = await readSettings(repository)
  const marked = existsSync(disabledMarker(repository.home))
  if (marked === merged.settings.enabled) noteSwitch(repository.home, merged.settings.enabled, now)
  if (merged.settings.enabled) rmSync(disabledMarker(repository.home), { force: true })
  else writeFileSync(disabledMarker(repository.home), '', { mode: 0o600 })
  const overruledBy = merged.settings.enabled === wanted ? undefined : merged.sources.get('enabled')
  return {
    changed: wrote || marked === merged.settings.enabled, enabled: merged.settings.enabled, settingsFile,
    ...(overruledBy === undefined ? {} : { overruledBy }),
  }
}

function writeEnabled(repository: Repository, worktree: string, name: string, enabled: boolean): boolean {
  const found = findSettingsFile(repository, name)
  const path = found?.path ?? join(worktree, name)
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw new BitloopsError('unsafe-file', `${path} is a symbolic link`, 'nothing was changed; put a plain file there')
  }
  if (found !== undefined && !('values' in parseSettingsFile(name, found.text))) {
    throw new BitloopsError('unsafe-file', `${path} is not a JSON object`,
      'nothing was changed; repair the file or remove it')
  }
  const text = found === undefined ? `${JSON.stringify({ enabled }, null, 2)}\n` : putSettings(found.text, { enabled })
  if (text === found?.text) return false
  const mode = found === undefined ? 0o644 : lstatSync(path).mode & 0o777
  const change = { path, before: found && readFileSync(path), after: Buffer.from(text), mode }
  recordChanges(repository.home, [change], applyChanges([change]))
  return true
}
