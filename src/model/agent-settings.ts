// The entries of git-bitloops in an agent's settings: text in, text out. Everything else in the file stays as it is.

import type { AgentName } from './ids.ts'
import { RESOLVE_COMMON_DIR } from './hook-file.ts'
import { parseJsonc, putValue, takeValue } from './jsonc.ts'

/**
 * The events that clients old and new know. Claude Code 2.0.76 throws the whole file away for one name it does not
 * know, so this list may only grow by events that every supported client has.
 */
export const HOOK_EVENTS = [
  'SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SubagentStart', 'SubagentStop',
  'PreCompact', 'SessionEnd',
] as const

/** SessionEnd hooks share 1.5 s unless an entry says otherwise; the others would have ten minutes. */
const TIMEOUT_SECONDS = 10

/** By this an entry is known for ours, whatever version wrote it. */
const OURS = '/bitloops/agent-hook"'

/**
 * What an agent runs at every event: one tolerant line of sh, safe to share. From the project folder upwards to the
 * first repository; what is not there is no error, and it never fails. Its output is the script's alone, which has
 * none. The text is stable over our versions: clients remember what was trusted.
 */
export const agentHookCommand = (agent: AgentName): string =>
  '( p=${CLAUDE_PROJECT_DIR:-$PWD}; until [ -f "$p/.git" ] || [ -d "$p/.git/objects" ]; do ' +
  'case $p in */*) p=${p%/*};; *) exit 0;; esac; done; d=$p/.git; ' +
  `${RESOLVE_COMMON_DIR.join('; ')}; ` +
  `[ -r "$c${OURS} ] && sh "$c${OURS} ${agent} ) 2>/dev/null || :`

export type SettingsEdit =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly text: string }
  /** Nothing is left that was not ours. */
  | { readonly kind: 'delete' }
  | { readonly kind: 'unusable'; readonly reason: string }

/** Adds our entries to the text of a settings file; undefined: there is none yet. */
export function addAgentHooks(text: string | undefined, agent: AgentName): SettingsEdit {
  if (text === undefined || text.trim() === '') return { kind: 'write', text: madeSettings(agent) }
  const reason = whyUnusable(text)
  if (reason !== undefined) return { kind: 'unusable', reason }
  const command = agentHookCommand(agent)
  let edited = text
  for (const event of HOOK_EVENTS) {
    const places = findOurs(edited).filter((place) => place.event === event)
    if (places.length === 0) edited = putValue(edited, ['hooks', event, -1], groupOf(command))
    for (const { group, hook } of places) {
      const path = ['hooks', event, group, 'hooks', hook, 'command']
      if (valueAt(edited, path) !== command) edited = putValue(edited, path, command)
    }
  }
  return edited === text ? { kind: 'unchanged' } : { kind: 'write', text: edited }
}

/** Takes our entries out, and the lists and objects that held nothing else. */
export function removeAgentHooks(text: string | undefined): SettingsEdit {
  if (text === undefined || whyUnusable(text) !== undefined) return { kind: 'unchanged' }
  let edited = text
  for (const { event, group, hook } of findOurs(text).toReversed()) {
    edited = takeValue(edited, ['hooks', event, group, 'hooks', hook])
    for (const path of [['hooks', event, group, 'hooks'], ['hooks', event], ['hooks']]) {
      if (!isEmpty(valueAt(edited, path))) break
      edited = takeValue(edited, path.length === 4 ? path.slice(0, 3) : path)
    }
  }
  if (edited === text) return { kind: 'unchanged' }
  // A file that holds only what we write into an empty one was made by us.
  return isMadeByUs(text) ? { kind: 'delete' } : { kind: 'write', text: edited }
}

/** True when all our events are registered for the agent. */
export const hasAgentHooks = (text: string | undefined, agent: AgentName): boolean =>
  text !== undefined && addAgentHooks(text, agent).kind === 'unchanged'

/** True when the user has switched all hooks of the file off. */
export const switchesHooksOff = (text: string): boolean => valueAt(text, ['disableAllHooks']) === true

const groupOf = (command: string): unknown => ({ hooks: [{ type: 'command', command, timeout: TIMEOUT_SECONDS }] })

function madeSettings(agent: AgentName): string {
  const hooks = Object.fromEntries(HOOK_EVENTS.map((event) => [event, [groupOf(agentHookCommand(agent))]]))
  return `${JSON.stringify({ hooks }, null, 2)}\n`
}

const isMadeByUs = (text: string): boolean => text === madeSettings('claude-code')

interface Place {
  readonly event: string
  readonly group: number
  readonly hook: number
}

/** Where our entries are, under whatever event, in the order of the file. */
function findOurs(text: string): readonly Place[] {
  const hooks = valueAt(text, ['hooks'])
  if (!isObject(hooks)) return []
  return Object.entries(hooks).flatMap(([event, groups]) => listOf(groups).flatMap((group, at) =>
    listOf(isObject(group) ? group['hooks'] : undefined).flatMap((entry, hook) => {
      const command = isObject(entry) ? entry['command'] : undefined
      return typeof command === 'string' && command.includes(OURS) ? [{ event, group: at, hook }] : []
    })))
}

function whyUnusable(text: string): string | undefined {
  const settings = parseJsonc(text)
  if (!isObject(settings)) return 'it is not a JSON object'
  const hooks = settings['hooks']
  if (hooks === undefined) return undefined
  if (!isObject(hooks)) return '"hooks" in it is not an object'
  const odd = HOOK_EVENTS.find((event) => hooks[event] !== undefined && !Array.isArray(hooks[event]))
  return odd === undefined ? undefined : `"hooks.${odd}" in it is not a list`
}

function valueAt(text: string, path: readonly (string | number)[]): unknown {
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
