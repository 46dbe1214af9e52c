// The settings: their keys, what each may be, and how layers of them become one. What makes no sense is reported, and
// never fatal.

export interface Settings {
  readonly enabled: boolean
  readonly strategy: 'manual_commit' | 'session'
  readonly directory: 'untracked' | 'tracked' | 'off'
  readonly push: 'auto' | 'manual'
  /** The one remote that checkpoints go to, by name. */
  readonly remote?: string
  /** The tip of the checkpoints is signed before it is published, with the user's own key. */
  readonly sign: boolean
  readonly summaryCommand?: string
  readonly storeProvider: 'sqlite' | 'postgres'
  /** Raw events of promoted turns are kept so long, in days. */
  readonly keepRaw: number
}

export interface SettingsLayer {
  /** For messages: the file, `git config`, `the environment`. */
  readonly source: string
  /** True for files, which may have come with a clone: nobody else may choose what is run here. */
  readonly shared: boolean
  /** By the key's name in dots; values as they were found. */
  readonly values: Readonly<Record<string, unknown>>
}

export interface SettingsFinding {
  readonly source: string
  readonly key: string
  readonly message: string
}

export interface MergedSettings {
  readonly settings: Settings
  readonly findings: readonly SettingsFinding[]
  /** Which layer had the last word about a key. */
  readonly sources: ReadonlyMap<string, string>
}

type Check = (value: unknown) => unknown

const oneOf = (...allowed: readonly string[]): Check => (value) => {
  const word = typeof value === 'string' ? value.toLowerCase().replaceAll('-', '_') : undefined
  return word !== undefined && allowed.includes(word) ? word : undefined
}
const aBoolean: Check = (value) => {
  if (typeof value === 'boolean') return value
  // As git reads them; a key without a value is true.
  const word = typeof value === 'string' ? value.toLowerCase() : undefined
  if (word !== undefined && ['true', 'yes', 'on', '1'].includes(word)) return true
  return word !== undefined && ['false', 'no', 'off', '0', ''].includes(word) ? false : undefined
}
const aCount: Check = (value) => {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}
const aRemoteName: Check = (value) => typeof value === 'string' && /^[\w.][\w./-]*$/.test(value) ? value : undefined
const aText: Check = (value) => typeof value === 'string' && value !== '' ? value : undefined

interface Key {
  /** As it is written in files; git knows keys without regard to case. */
  readonly name: string
  readonly field: keyof Settings
  readonly check: Check
  readonly expected: string
  /** Only from git config and the environment: a file that came with a clone must not choose it. */
  readonly privately?: true
}

const KEYS: readonly Key[] = [
  { name: 'enabled', field: 'enabled', check: aBoolean, expected: 'true or false' },
  { name: 'strategy', field: 'strategy', check: oneOf('manual_commit', 'session'),
    expected: 'manual_commit or session' },
  { name: 'directory', field: 'directory', check: oneOf('untracked', 'tracked', 'off'),
    expected: 'untracked, tracked or off' },
  { name: 'push', field: 'push', check: oneOf('auto', 'manual'), expected: 'auto or manual' },
  { name: 'remote', field: 'remote', check: aRemoteName, expected: 'the name of a remote' },
  { name: 'sign', field: 'sign', check: aBoolean, expected: 'true or false', privately: true },
  { name: 'summary.command', field: 'summaryCommand', check: aText, expected: 'a command', privately: true },
  { name: 'store.provider', field: 'storeProvider', check: oneOf('sqlite', 'postgres'),
    expected: 'sqlite or postgres' },
  { name: 'keepRaw', field: 'keepRaw', check: aCount, expected: 'a number of days' },
]

export const DEFAULT_SETTINGS: Settings = {
  enabled: true, strategy: 'manual_commit', directory: 'untracked', push: 'auto', sign: false,
  storeProvider: 'sqlite', keepRaw: 30,
}

/** Later layers win, key by key. */
export function mergeSettings(layers: readonly SettingsLayer[]): MergedSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS }
  const findings: SettingsFinding[] = []
  const sources = new Map<string, string>()
  for (const { source, shared, values } of layers) {
    for (const [name, value] of Object.entries(values)) {
      const key = KEYS.find((known) => known.name.toLowerCase() === name.toLowerCase())
      const checked = key?.check(value)
      const message = key === undefined ? 'is not a setting'
        : checked === undefined ? `must be ${key.expected}`
        : key.privately === true && shared ? `is only taken from git config: git config bitloops.${key.name} …`
        : undefined
      if (key === undefined || message !== undefined) findings.push({ source, key: name, message: message! })
      else {
        settings[key.field] = checked
        sources.set(key.name, source)
      }
    }
  }
  return { settings: settings as unknown as Settings, findings, sources }
}

/** The layer of a settings file, by its decoded JSON (undefined where it is none); objects in it are keys with dots. */
export function settingsLayerOf(source: string, parsed: unknown): SettingsLayer | SettingsFinding {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { source, key: '', message: 'is not a JSON object' }
  }
  return { source, shared: true, values: flatten(parsed as Record<string, unknown>) }
}

/** The layer of the environment: `BITLOOPS_ENABLED`, `BITLOOPS_SUMMARY_COMMAND`, … */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): SettingsLayer {
  const values = KEYS.flatMap(({ name }) => {
    const value = env[`BITLOOPS_${name.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { source: 'the environment', shared: false, values: Object.fromEntries(values) }
}

/** What `init` writes where there are no settings yet. */
export const newSettings = (chosen: Partial<Settings>): string =>
  `${JSON.stringify({ enabled: true, strategy: 'manual_commit', directory: 'untracked', ...chosen }, null, 2)}\n`

const flatten = (object: Readonly<Record<string, unknown>>, prefix = ''): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).flatMap(([name, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(flatten(value as Record<string, unknown>, `${prefix}${name}.`))
      : [[`${prefix}${name}`, value]]))
