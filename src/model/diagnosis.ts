// From what was found to what is said: the installation. Pure, so that every sentence can be tried without breaking anything.

import { fail, ok, orElse, warn } from './check.ts'
import type { Check } from './check.ts'
import type { HookName } from './hook-file.ts'
import type { HookState } from './hook-state.ts'
import type { MappingDanger } from './mappings.ts'
import type { FoundTool } from './other-tools.ts'
import type { SettingsFinding } from './settings.ts'
import { countOf } from './text-layout.ts'

/** What the hooks start. */
export type ProgramState =
  | { readonly kind: 'runs'; readonly version: string }
  | { readonly kind: 'unnamed' }
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'fails'; readonly path: string; readonly said: string }

export interface HookFinding {
  readonly hook: HookName
  /** The file, or `git config` for hooks in the configuration. */
  readonly path: string
  readonly state: HookState
  /** What a try of our lines came to; absent when there are none to try. */
  readonly reached?: boolean
}

export interface HooksFacts {
  /** Where Git looks. */
  readonly folder: string
  /** own: below the common directory. husky: called by husky's. outside: other repositories may use it. config: Git ≥ 2.54. */
  readonly kind: 'own' | 'worktree' | 'husky' | 'outside' | 'config'
  /** `--fix` must not write there: only `init` asks. */
  readonly needsConsent: boolean
  readonly hooks: readonly HookFinding[]
  /** What can be added by hand. */
  readonly lines: readonly string[]
  /** Hook managers that may replace hook files, by name. */
  readonly managers: readonly string[]
}

export interface AgentPlace {
  readonly worktree: string
  /** gone: its folder is no more. absent: hooks are missing or of another version. */
  readonly state: 'ready' | 'absent' | 'gone'
  /** Why nothing can be written there, or nothing would run. */
  readonly findings: readonly string[]
  /** Whether a payload given to the installed command arrived. */
  readonly delivered?: boolean
}

export interface InstallationFacts {
  readonly git: string
  readonly node: string
  /** Where the shell finds `git-bitloops`. */
  readonly onPath?: string
  readonly program: ProgramState
  /** Scripts below `<common>/bitloops` that are missing or of another version. */
  readonly oldScripts: readonly string[]
  readonly capture: { readonly isOn: boolean; readonly by?: string }
  readonly settings: readonly SettingsFinding[]
  readonly hooks: HooksFacts
  readonly agents: readonly AgentPlace[]
  readonly tools: readonly FoundTool[]
  readonly mappings: readonly MappingDanger[]
}

const OLDEST_GIT = [2, 31] as const
const OLDEST_NODE = [20, 19] as const

const INSTALL = { fix: 'git bitloops doctor --fix puts it back', repair: 'install' } as const
const REFRESH = { fix: 'git bitloops doctor --fix brings it up to date', repair: 'install' } as const
const byHand = (fix: string): { readonly fix: string } => ({ fix })

export const NOT_SET_UP: Check = fail('setup', 'git-bitloops is not set up in this repository: nothing is recorded', byHand('git bitloops init'))

export const diagnoseInstallation = (facts: InstallationFacts): readonly Check[] => [
  ...diagnoseVersions(facts),
  ...diagnoseProgram(facts),
  ...diagnoseSettings(facts),
  ...diagnoseHooks(facts.hooks),
  ...diagnoseAgents(facts.agents, facts.capture.isOn),
  ...orElse(facts.tools.map(({ name, places }) => warn('other-tools',
    `${name} records sessions here too (${places.join(', ')}): each is recorded and explained twice`,
    byHand('keep one of the two; git bitloops uninstall takes this one out'))), 'other-tools', 'no other tool records sessions here'),
  ...orElse(facts.mappings.map(({ entry: { key, value }, danger }) => warn('mappings', `${key} is ${value}: ${danger}`,
    byHand(`git config --fixed-value --unset-all ${key} '${value}'`))), 'mappings', 'no fetch or push setting endangers notes and checkpoints'),
]

function diagnoseVersions({ git, node }: InstallationFacts): readonly Check[] {
  const old = [
    ...isBelow(git, OLDEST_GIT) ? [fail('versions', `Git ${git} is too old`, byHand(`install Git ${OLDEST_GIT.join('.')} or newer`))] : [],
    ...isBelow(node, OLDEST_NODE) ? [fail('versions', `Node ${node} is too old`, byHand(`install Node ${OLDEST_NODE.join('.')} or newer`))] : [],
  ]
  return orElse(old, 'versions', `Git ${git}, Node ${node}`)
}

function isBelow(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number)
  return first < major || (first === major && second < minor)
}

function diagnoseProgram({ onPath, program, oldScripts }: InstallationFacts): readonly Check[] {
  const problems: Check[] = []
  if (onPath === undefined) {
    problems.push(fail('program', 'git-bitloops is not on the PATH: git bitloops is no command, and hooks have nothing to fall back on',
      byHand('npm install --global git-bitloops, or add its folder to the PATH')))
  }
  if (program.kind === 'unnamed') problems.push(fail('program', 'it is not noted what hooks start: they look on the PATH', INSTALL))
  if (program.kind === 'missing') {
    problems.push(fail('program', `hooks start ${program.path}, which is not there any more: commits get no checkpoints`,
      { fix: 'git bitloops doctor --fix notes where it is now', repair: 'install' }))
  }
  if (program.kind === 'fails') {
    problems.push(fail('program', `hooks start ${program.path}, which does not run: ${program.said}`,
      { fix: 'git bitloops doctor --fix notes the one that you run now', repair: 'install' }))
  }
  for (const name of oldScripts) problems.push(warn('program', `the script ${name} is missing or of another version`, REFRESH))
  return orElse(problems, 'program', `git-bitloops is on the PATH, and what hooks start runs${program.kind === 'runs' ? ` (${program.version})` : ''}`)
}

function diagnoseSettings({ capture, settings }: InstallationFacts): readonly Check[] {
  return [
    capture.isOn ? ok('capture', 'capture is on')
      : warn('capture', `capture is off${capture.by === undefined ? '' : `, says ${capture.by}`}: nothing is recorded`, byHand('git bitloops enable')),
    ...settings.map(({ source, key, message }) => warn('settings', `${source}: ${key === '' ? 'it' : `'${key}'`} ${message}; it has no effect`)),
  ]
}

function diagnoseHooks(facts: HooksFacts): readonly Check[] {
  const problems = [
    ...facts.hooks.flatMap((finding) => diagnoseHook(finding, facts)),
    ...facts.managers.map((name) => warn('git-hooks', `${name} is in use here: when its install replaces hook files, ours are gone`,
      byHand('run git bitloops init after it'))),
  ]
  const where = facts.kind === 'config' ? 'the configuration of Git' : facts.folder
  return orElse(problems, 'git-hooks', `Git hooks in ${where}: ${facts.hooks.map(({ hook }) => hook).join(' and ')} answered a probe`)
}

/** What each state means; what repairs it follows from where the hook is. */
const HOOK_TROUBLE: Readonly<Record<Exclude<HookState, 'ours'>, string>> = {
  missing: 'is not there',
  foreign: 'was replaced: git-bitloops is not in it',
  outdated: 'holds lines of git-bitloops that are not those of this version',
  'not-executable': 'is not executable, so Git does not run it',
  'line-ends': 'has Windows line ends, so Git cannot start it',
  'byte-order-mark': 'begins with a byte order mark, which hides what runs it',
  interpreter: 'names an interpreter that does not exist',
  link: 'is a symbolic link, which is not written to',
}

const MEANING: Readonly<Record<HookName, string>> = {
  'post-commit': 'a commit is linked only by the next git bitloops command',
  'post-checkout': 'new worktrees get no agent hooks',
}

function diagnoseHook({ hook, path, state, reached }: HookFinding, facts: HooksFacts): readonly Check[] {
  if (state === 'ours') {
    return reached === false ? [fail('git-hooks', `the hook ${path} is in place, but did not answer: ${MEANING[hook]}`, INSTALL)] : []
  }
  const message = `the hook ${path} ${HOOK_TROUBLE[state]}: ${MEANING[hook]}`
  if (state === 'not-executable') return [fail('git-hooks', message, { fix: 'git bitloops doctor --fix makes it executable', repair: 'rights' })]
  if (state !== 'link' && !facts.needsConsent) return [fail('git-hooks', message, state === 'outdated' ? REFRESH : INSTALL)]
  const line = facts.lines[facts.hooks.findIndex((each) => each.hook === hook)]
  const why = facts.kind === 'outside' ? 'other repositories may use that folder' : facts.kind === 'husky' ? 'husky calls it, and Git would show the change'
    : 'Git would show the change'
  return [fail('git-hooks', `${message} (${state === 'link' ? 'it may belong to others' : why})`,
    byHand(`${state === 'link' ? '' : 'git bitloops init asks and writes there; or '}${line ?? ''}`))]
}

function diagnoseAgents(places: readonly AgentPlace[], isOn: boolean): readonly Check[] {
  const problems = places.flatMap(({ worktree, state, findings, delivered }) => [
    ...state === 'gone' ? [warn('agent-hooks', `the worktree ${worktree} is gone; it is skipped`, byHand('git worktree prune forgets it'))] : [],
    ...findings.map((finding) => fail('agent-hooks', `${finding}: agents record nothing in ${worktree}`)),
    ...state === 'absent' && findings.length === 0
      ? [fail('agent-hooks', `agents record nothing in ${worktree}: their hooks are missing there, or are not those of this version`, INSTALL)] : [],
    ...delivered === false ? [fail('agent-hooks', `the agent hooks of ${worktree} are in place, but what they deliver does not arrive`, INSTALL)] : [],
  ])
  const ready = places.filter(({ state }) => state === 'ready').length
  return orElse(problems, 'agent-hooks', `agent hooks are in ${countOf(ready, 'worktree')}${isOn ? '; a probe arrived in the inbox' : ''}`)
}
