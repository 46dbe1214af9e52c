// Settings files as texts that people write: comments and order stay. Apart from `settings.ts`, since hooks only read.

import { parseJsonc, putValue } from './jsonc.ts'
import { settingsLayerOf } from './settings.ts'
import type { Settings, SettingsFinding, SettingsLayer } from './settings.ts'

/** The layer of a settings file, with or without comments. */
export const parseSettingsFile = (source: string, text: string): SettingsLayer | SettingsFinding =>
  settingsLayerOf(source, parseJsonc(text))

/** Sets keys in the text of a settings file; what has its value already is not touched. */
export function putSettings(text: string, chosen: Partial<Settings>): string {
  const known = parseSettingsFile('', text)
  if (!('values' in known)) throw new Error('not a JSON object')
  return Object.entries(chosen).reduce((edited, [name, value]) =>
    known.values[name] === value ? edited : putValue(edited, [name], value), text)
}
