// Our part of the files in which agents' hooks are registered: text in, text out. Everything else in them stays as it
// is.

import { OUR_COMMAND } from './agent-command.ts'
import type { HookForm, SettingsForm } from './agent-command.ts'
import { parseJsonc, putValue, takeValue } from './jsonc.ts'

export type SettingsEdit =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly text: string }
  /** Nothing is left that was not ours. */
  | { readonly kind: 'delete' }
  | { readonly kind: 'unusable'; readonly reason: string }

const UNCHANGED: SettingsEdit = { kind: 'unchanged' }

/** Adds our entries to the text of a file; undefined: there is none yet. */
export function addAgentHooks(text: string | undefined, form: HookForm): SettingsEdit {
  if (form.kind === 'own-file') return addOwnFile(text, form.text)
  if (text === undefined || text.trim() === '') return { kind: 'write', text: madeSettings(form) }
  const { mark, json } = withoutMark(text)
  const reason = whyUnusable(json, form)
  if (reason !== undefined) return { kind: 'unusable', reason }
  let edited = json
  for (const { event, item } of form.entries) {
    const command = commandOf(hookIn(item))!
    const places = findOurs(edited).filter(({ path }) => path[1] === event)
    if (places.length === 0) edited = putValue(edited, ['hooks', event, -1], item)
    for (const { path, key, value } of places) {
      if (value !== command.value) edited = putValue(edited, [...path, key], command.value)
    }
  }
  if (form.version !== undefined && valueAt(edited, ['version']) === undefined) {
    edited = putValue(edited, ['version'], form.version)
  }
  return edited === json ? UNCHANGED : { kind: 'write', text: mark + edited }
}

/** Takes our entries out, and the lists and objects that held nothing else. */
export function removeAgentHooks(text: string | undefined, form: HookForm): SettingsEdit {
  if (text === undefined) return UNCHANGED
  if (form.kind === 'own-file') return isOurs(text) ? { kind: 'delete' } : UNCHANGED
  const { mark, json } = withoutMark(text)
  if (whyUnusable(json, form) !== undefined) return UNCHANGED
  // A file that holds only what we write into an empty one was made by us.
  if (text === madeSettings(form)) return { kind: 'delete' }
  const edited = findOurs(json).toReversed().reduce((left, { path }) => takeEmptied(left, path), json)
  return edited === json ? UNCHANGED : { kind: 'write', text: mark + edited }
}

/** True when all our events are registered. */
export const hasAgentHooks = (text: string | undefined, form: HookForm): boolean =>
  text !== undefined && addAgentHooks(text, form).kind === 'unchanged'

/** A command as it is registered; undefined where the agent runs none. */
export const commandIn = (form: HookForm): string | undefined =>
  form.kind === 'own-file' ? undefined : commandOf(hookIn(form.entries[0]!.item))?.value

/** The switch in the text by which the user has turned all hooks off. */
export function findSwitchedOff(text: string): string | undefined {
  const { json } = withoutMark(text)
  if (valueAt(json, ['disableAllHooks']) === true) return '"disableAllHooks"'
  return valueAt(json, ['hooksConfig', 'enabled']) === false ? '"hooksConfig.enabled"' : undefined
}

/** Everybody's file of our name would not speak of us. */
const isOurs = (text: string): boolean => text.includes('git-bitloops')

function addOwnFile(text: string | undefined, wanted: string): SettingsEdit {
  if (text === wanted) return UNCHANGED
  return text === undefined || text === '' || isOurs(text) ? { kind: 'write', text: wanted }
    : { kind: 'unusable', reason: 'it is not a file of git-bitloops' }
}

function madeSettings({ version, entries }: SettingsForm): string {
  const hooks = Object.fromEntries(entries.map(({ event, item }) => [event, [item]]))
  return `${JSON.stringify({ ...version === undefined ? {} : { version }, hooks }, null, 2)}\n`
}

type Path = readonly (string | number)[]

interface Place {
  /** Of the hook, from the top. */
  readonly path: Path
  readonly key: string
  readonly value: string
}

/** Where our entries are, under whatever event, in groups or not, in the order of the file. */
function findOurs(text: string): readonly Place[] {
  const hooks = valueAt(text, ['hooks'])
  if (!isObject(hooks)) return []
  const placeOf = (hook: unknown, path: Path): readonly Place[] => {
    const command = commandOf(hook)
    return command === undefined ? [] : [{ path, ...command }]
  }
  return Object.entries(hooks).flatMap(([event, list]) => listOf(list).flatMap((item, at) => [
    ...placeOf(item, ['hooks', event, at]),
    ...listOf(isObject(item) ? item['hooks'] : undefined).flatMap((hook, inner) =>
      placeOf(hook, ['hooks', event, at, 'hooks', inner])),
  ]))
}

/** The member of a hook that holds our command: `command` with most agents, `bash` with Copilot. */
function commandOf(hook: unknown): { readonly key: string; readonly value: string } | undefined {
  if (!isObject(hook)) return undefined
  const found = Object.entries(hook).find(([, value]) => typeof value === 'string' && value.includes(OUR_COMMAND))
  return found === undefined ? undefined : { key: found[0], value: found[1] as string }
}

const hookIn = (item: Readonly<Record<string, unknown>>): unknown => listOf(item['hooks'])[0] ?? item

/** Takes out a hook, and upwards all that is empty then. */
function takeEmptied(text: string, path: Path): string {
  const left = takeValue(text, [...path])
  const above = path.slice(0, -1)
  if (above.length === 0 || !isEmpty(valueAt(left, above))) return left
  // A group without hooks is nothing, whatever else it says.
  return takeEmptied(left, above.length === 4 ? above.slice(0, 3) : above)
}

function whyUnusable(text: string, form: SettingsForm): string | undefined {
  const settings = parseJsonc(text)
  if (!isObject(settings)) return 'it is not a JSON object'
  const hooks = settings['hooks']
  if (hooks === undefined) return undefined
  if (!isObject(hooks)) return '"hooks" in it is not an object'
  const odd = form.entries.find(({ event }) => hooks[event] !== undefined && !Array.isArray(hooks[event]))
  return odd === undefined ? undefined : `"hooks.${odd.event}" in it is not a list`
}

/** The byte order mark stands before the JSON, and is none of it. */
function withoutMark(text: string): { readonly mark: string; readonly json: string } {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  return { mark, json: text.slice(mark.length) }
}

function valueAt(text: string, path: Path): unknown {
  let value = parseJsonc(text)
  for (const step of path) {
    if (Array.isArray(value)) value = value[step as number]
    else value = isObject(value) ? value[step] : undefined
  }
  return value
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
const listOf = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : []
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
