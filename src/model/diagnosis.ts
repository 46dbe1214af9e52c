// From what was found to what is said: the installation. Pure: each sentence can be tried without breaking anything.

import { fail, fixedBy, ok, orElse, warn } from './check.ts'
import type { Check, Remedy } from './check.ts'
import type { HookName } from './hook-file.ts'
import type { HookState } from './hook-state.ts'
import type { MappingDanger } from './mappings.ts'
import type { AgentName } from './ids.ts'
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
  readonly path: string
  readonly state: HookState
  /** What a try of our lines came to; absent when there are none to try. */
  readonly reached?: boolean
  /** The hook manager that wrote the file. */
  readonly manager?: string
  /** What can be added by hand where we must not write. */
  readonly line: string
}

export interface HooksFacts {
  /** Where Git looks, for people. */
  readonly place: string
  /** Why `--fix` must not write there, where only the user can say yes. */
  readonly reserved?: string
  readonly hooks: readonly HookFinding[]
}

/** What the user has not trusted, or no longer does: the folder, or hooks in it. */
export type Distrust = 'folder' | 'untrusted' | 'modified' | 'disabled'

export interface AgentPlace {
  /** Absent where the worktree is gone. */
  readonly agent?: AgentName
  /** Its name for people. */
  readonly worktree: string
  /** gone: its folder is no more. absent: hooks are missing, or of another version. */
  readonly state: 'ready' | 'absent' | 'gone'
  /** Why nothing can be written there, or nothing would run. */
  readonly findings: readonly string[]
  /** Whether a payload given to the installed command arrived; absent when it was not tried. */
  readonly delivered?: boolean
  /** Why the agent does not run hooks that are ready. */
  readonly distrust?: Distrust
}

export interface InstallationFacts {
  readonly git: string
  readonly node: string
  /** Where the shell finds `git-bitloops`. */
  readonly onPath?: string
  readonly program: ProgramState
  /** Scripts and folders in the Git directory that are missing or of another version. */
  readonly oldParts: readonly string[]
  readonly capture: { readonly isOn: boolean; readonly by?: string }
  readonly settings: readonly SettingsFinding[]
  readonly hooks: HooksFacts
  readonly agents: readonly AgentPlace[]
  readonly tools: readonly FoundTool[]
  readonly mappings: readonly MappingDanger[]
}

const OLDEST_GIT = [2, 31] as const
const OLDEST_NODE = [20, 19] as const

const PUT_BACK = fixedBy('install', 'puts it back')

export const NOT_SET_UP: Check =
  fail('setup', 'git-bitloops is not set up in this repository: nothing is recorded', { fix: 'git bitloops init' })

export const cannotProbe = (reason: string): Check =>
  fail('probe', `hooks can deliver nothing, for the inbox cannot be written: ${reason}`,
    { fix: 'see whether the disk is full or read-only' })

export const diagnoseInstallation = (facts: InstallationFacts): readonly Check[] => [
  ...diagnoseVersions(facts),
  ...diagnoseProgram(facts),
  ...diagnoseSettings(facts),
  ...diagnoseHooks(facts.hooks),
  ...diagnoseAgents(facts.agents),
  ...diagnoseOthers(facts),
]

function diagnoseVersions({ git, node }: InstallationFacts): readonly Check[] {
  const tooOld = (name: string, version: string, oldest: readonly [number, number]): Check[] => {
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return []
    return [fail('versions', `${name} ${version} is too old`, { fix: `install ${name} ${oldest.join('.')} or newer` })]
  }
  const problems = [...tooOld('Git', git, OLDEST_GIT), ...tooOld('Node', node, OLDEST_NODE)]
  return orElse(problems, 'versions', `Git ${git}, Node ${node}`)
}

function diagnoseProgram({ onPath, program, oldParts }: InstallationFacts): readonly Check[] {
  const problems: Check[] = []
  const tell = (message: string, remedy: Remedy): void => { problems.push(fail('program', message, remedy)) }
  if (onPath === undefined) {
    tell('git-bitloops is not on the PATH: Git does not find the command, and hooks have no second choice',
      { fix: 'npm install --global git-bitloops, or add its folder to the PATH' })
  }
  if (program.kind === 'unnamed') tell('what hooks start is not noted: they look on the PATH', PUT_BACK)
  if (program.kind === 'missing') {
    tell(`hooks start ${program.path}, which is not there any more: nothing is recorded or promoted`,
      fixedBy('install', 'notes where it is now'))
  }
  if (program.kind === 'fails') {
    tell(`hooks start ${program.path}, which does not run: ${program.said}`,
      fixedBy('install', 'notes the one you run now'))
  }
  for (const name of oldParts) tell(`${name} in the Git directory is missing, or is that of another version`, PUT_BACK)
  const version = program.kind === 'runs' ? ` (${program.version})` : ''
  return orElse(problems, 'program', `git-bitloops is on the PATH, and what hooks start runs${version}`)
}

function diagnoseSettings({ capture, settings }: InstallationFacts): readonly Check[] {
  const by = capture.by === undefined ? '' : ` (${capture.by})`
  return [
    capture.isOn ? ok('capture', 'capture is on')
      : warn('capture', `capture is off${by}: nothing is recorded`, { fix: 'git bitloops enable' }),
    ...settings.map(({ source, key, message }) =>
      warn('settings', `${source}: ${key === '' ? 'it' : `'${key}'`} ${message}, so it has no effect`)),
  ]
}

function diagnoseHooks(facts: HooksFacts): readonly Check[] {
  const problems = facts.hooks.flatMap((finding) => diagnoseHook(finding, facts.reserved))
  const tried = facts.hooks.every(({ reached }) => reached === true) ? ', and all of them answered a probe' : ''
  return orElse(problems, 'git-hooks', `${countOf(facts.hooks.length, 'Git hook')} in ${facts.place}${tried}`)
}

const TROUBLE: Readonly<Record<Exclude<HookState, 'ours' | 'byte-order-mark'>, string>> = {
  missing: 'is not there',
  foreign: 'does not call git-bitloops (any more)',
  outdated: 'calls git-bitloops in other words than this version',
  'not-executable': 'is not executable, so Git does not run it',
  'line-ends': 'has Windows line ends, so Git cannot start it',
  interpreter: 'names an interpreter that does not exist',
  link: 'is a symbolic link, and what it leads to may belong to others',
}

const MEANING: Readonly<Record<HookName, string>> = {
  'commit-msg': 'where a picked or squashed commit came from is not remembered',
  'post-commit': 'a commit gets its checkpoint only from the next git bitloops command',
  'post-rewrite': 'links do not follow an amend or a rebase',
  'post-checkout': 'new worktrees get no agent hooks',
  'post-merge': 'checkpoints that a pull brought are only united by the next git bitloops command',
  'pre-push': 'checkpoints are only published by git bitloops push',
}

function diagnoseHook(finding: HookFinding, reserved: string | undefined): readonly Check[] {
  const { hook, path, state, reached, line, manager } = finding
  const tell = (what: string, remedy: Remedy): readonly Check[] =>
    [fail('git-hooks', `${path} ${what}: ${MEANING[hook]}`, remedy)]
  if (state === 'ours') return reached === false ? tell('is as it should be, but did not answer a probe', PUT_BACK) : []
  if (state === 'byte-order-mark') {
    return [warn('git-hooks', `${path} begins with a byte order mark: it runs, but each time with a complaint`,
      { fix: 'save it without the mark' })]
  }
  if (state === 'not-executable') return tell(TROUBLE[state], fixedBy('rights', 'makes it executable'))
  if (state === 'link') return tell(TROUBLE[state], { fix: `add there: ${line}` })
  if (reserved !== undefined) {
    return tell(TROUBLE[state], { fix: `git bitloops init asks and writes there (${reserved}); or add: ${line}` })
  }
  if (state !== 'foreign' || manager === undefined) return tell(TROUBLE[state], PUT_BACK)
  return tell(`was written by ${manager} and does not call git-bitloops`,
    fixedBy('install', `puts it back until ${manager} writes it again; for good, let ${manager} run: ${line}`))
}

const DISTRUST: Readonly<Record<Distrust, string>> = {
  folder: 'you have not told it to trust the folder',
  untrusted: 'you have not trusted them',
  modified: 'you have trusted them in another version',
  disabled: 'you have switched them off there',
}
const TRUST = 'start codex here and choose "Trust all", or use its /hooks'

function diagnoseAgents(places: readonly AgentPlace[]): readonly Check[] {
  const id = 'agent-hooks'
  const problems = places.flatMap(({ agent, worktree, state, findings, delivered, distrust }): readonly Check[] => {
    if (state === 'gone') {
      return [warn(id, `the worktree ${worktree} is gone, it is skipped`, { fix: 'git worktree prune forgets it' })]
    }
    if (findings.length > 0) {
      return findings.map((each) => fail(id, `${each}; nothing of ${agent} is recorded in ${worktree}`))
    }
    if (state === 'absent') {
      return [fail(id, `${worktree} has no agent hooks of ${agent}, or others than this version's: sessions are missed`,
        PUT_BACK)]
    }
    if (delivered === false) {
      const message = `${worktree} has the agent hooks of ${agent}, but what they deliver does not arrive in the inbox`
      return [fail(id, message, PUT_BACK)]
    }
    return distrust === undefined ? []
      : [warn(id, `${agent} does not run its hooks in ${worktree}: ${DISTRUST[distrust]}`, { fix: TRUST })]
  })
  const tried = places.some(({ delivered }) => delivered === true) ? '; what a probe delivered arrived' : ''
  const ready = new Set(places.filter(({ state }) => state === 'ready').map(({ worktree }) => worktree)).size
  const agents = [...new Set(places.flatMap(({ agent }) => agent ?? []))].join(', ')
  return orElse(problems, id, `agent hooks of ${agents} in ${countOf(ready, 'worktree')}${tried}`)
}

function diagnoseOthers({ tools, mappings }: InstallationFacts): readonly Check[] {
  const rivals = tools.map(({ name, places }) =>
    warn('other-tools', `${name} records sessions here too, each twice then: see ${places.join(', ')}`,
      { fix: 'keep one of them; git bitloops uninstall takes out this one' }))
  const dangers = mappings.map(({ entry: { key, value }, danger }) =>
    warn('mappings', `${key} = ${value}: ${danger}`, { fix: `git config --fixed-value --unset-all ${key} '${value}'` }))
  return [
    ...orElse(rivals, 'other-tools', 'no other tool records sessions here'),
    ...orElse(dangers, 'mappings', 'no fetch or push setting endangers notes and checkpoints'),
  ]
}
