// Which hooks Codex runs: those whose hash the user has trusted, as `~/.codex/config.toml` records it. Measured on
// 0.169.0 with its own `hooks/list`.

import { isObject, listOf, numberOf, objectOf, parseObject, sha256, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** `modified`: another text, timeout or matcher was trusted; `disabled`: the user switched the hook off. */
export type HookTrust = 'trusted' | 'modified' | 'untrusted' | 'disabled'

export interface JudgedHook {
  /** As in the hook file: `SessionStart`. */
  readonly event: string
  readonly trust: HookTrust
}

/** Codex gives them 1 s by default and 3 s at most; the others 600 s. */
const SHORT_EVENTS: ReadonlySet<string> = new Set(['Interrupt', 'SessionEnd'])

/** The hash by which Codex knows a command hook again. */
export const trustHash = (event: string, command: string, timeoutSeconds?: number, matcher?: string): string =>
  hashOf(event, { command, timeout: timeoutSeconds }, matcher)

/**
 * What Codex thinks of the hooks in a file, whose commands `isOurs`. `configToml`: the text of the user's config.toml;
 * `hooksFile`: the absolute path of the file as Codex says it (in linked worktrees, that of the main one).
 */
export function readTrust(
  configToml: string | undefined, hooksFile: string, hooksText: string, isOurs: (command: string) => boolean,
): readonly JudgedHook[] {
  const recorded = readHookStates(configToml ?? '')
  return Object.entries(objectOf(parseObject(hooksText)?.['hooks'])).flatMap(([event, groups]) =>
    listOf(groups).map(objectOf).flatMap((group, at) => listOf(group['hooks']).map(objectOf).flatMap((hook, index) => {
      if (!isOurs(textOf(hook['command']) ?? '')) return []
      const state = recorded.get(`${hooksFile}:${snakeCase(event)}:${at}:${index}`)
      return [{ event, trust: judge(state, hashOf(event, hook, textOf(group['matcher']))) }]
    })))
}

/** Whether the user trusts the folder: without that, Codex does not even look at its hooks. */
export function trustsFolder(configToml: string | undefined, folder: string): boolean {
  const table = tablesOf(configToml ?? '').find(({ name }) => samePath(name, ['projects', folder]))
  return table !== undefined && table.values.get('trust_level') === 'trusted'
}

interface HookState {
  readonly hash?: string
  readonly disabled: boolean
}

function judge(state: HookState | undefined, hash: string): HookTrust {
  if (state?.disabled === true) return 'disabled'
  if (state?.hash === undefined) return 'untrusted'
  return state.hash === hash ? 'trusted' : 'modified'
}

const snakeCase = (event: string): string => event.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()

/** Of compact JSON whose keys are sorted. `Stop` has nothing to match. */
function hashOf(event: string, hook: JsonObject, matcher: string | undefined): string {
  const status = textOf(hook['statusMessage'])
  const identity = {
    event_name: snakeCase(event),
    hooks: [{
      async: hook['async'] === true, command: textOf(hook['command']) ?? '',
      ...(status === undefined ? {} : { statusMessage: status }),
      timeout: timeoutOf(event, numberOf(hook['timeout'])), type: 'command',
    }],
    ...(matcher === undefined || event === 'Stop' ? {} : { matcher }),
  }
  return `sha256:${sha256(JSON.stringify(identity))}`
}

function timeoutOf(event: string, seconds: number | undefined): number {
  const short = SHORT_EVENTS.has(event)
  const wanted = Math.max(1, seconds ?? (short ? 1 : 600))
  return short ? Math.min(3, wanted) : wanted
}

/** By the hook's key: as tables of their own, which is how Codex writes them, or inline in `[hooks.state]`. */
function readHookStates(toml: string): ReadonlyMap<string, HookState> {
  const states = new Map<string, HookState>()
  for (const { name, values } of tablesOf(toml)) {
    if (samePath(name.slice(0, 2), ['hooks', 'state']) && name.length === 3) {
      const hash = values.get('trusted_hash')
      states.set(name[2]!, {
        ...(typeof hash === 'string' ? { hash } : {}), disabled: values.get('enabled') === false,
      })
    } else if (samePath(name, ['hooks', 'state'])) {
      for (const [key, value] of values) {
        const hash = isObject(value) ? textOf(value['trusted_hash']) : undefined
        const disabled = isObject(value) && value['enabled'] === false
        states.set(key, { ...(hash === undefined ? {} : { hash }), disabled })
      }
    }
  }
  return states
}

interface Table {
  readonly name: readonly string[]
  readonly values: ReadonlyMap<string, unknown>
}

const KEY = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+`
const HEADER = new RegExp(String.raw`^\s*\[\s*((?:${KEY})(?:\s*\.\s*(?:${KEY}))*)\s*\]\s*(?:#.*)?$`)
const VALUE = new RegExp(String.raw`^\s*(${KEY})\s*=\s*(.*)$`)

/** As much of TOML as the two tables need: headers, and keys with strings, truths and inline tables of those. */
function tablesOf(toml: string): readonly Table[] {
  const tables: (Table & { readonly values: Map<string, unknown> })[] = []
  for (const line of toml.split(/\r?\n/)) {
    const header = HEADER.exec(line)?.[1]
    if (header !== undefined) {
      tables.push({ name: [...header.matchAll(new RegExp(KEY, 'g'))].map(([key]) => plain(key)), values: new Map() })
      continue
    }
    // Another header, of an array of tables say, ends the table as well.
    if (/^\s*\[/.test(line)) tables.push({ name: [], values: new Map() })
    const [, key, value] = VALUE.exec(line) ?? []
    if (key !== undefined && value !== undefined) tables.at(-1)?.values.set(plain(key), valueOf(value))
  }
  return tables
}

const PAIR = new RegExp(String.raw`(${KEY})\s*=\s*(${KEY})`, 'g')

function valueOf(text: string): unknown {
  if (text.startsWith('{')) {
    return Object.fromEntries([...text.matchAll(PAIR)].map(([, key, value]) => [plain(key!), valueOf(value!)]))
  }
  const word = new RegExp(`^(?:${KEY})`).exec(text)?.[0] ?? ''
  return word === 'true' ? true : word === 'false' ? false : plain(word)
}

function plain(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1)
  if (!key.startsWith('"')) return key
  try {
    return String(JSON.parse(key))
  } catch {
    return key.slice(1, -1)
  }
}

const samePath = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, at) => part === b[at])
