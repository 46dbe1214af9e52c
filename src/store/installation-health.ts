// Looks at what init installed and tries it: the program, the scripts, the hooks of Git and of agents. Changes nothing.

import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, relative, sep } from 'node:path'
import { HOOK_FORMS } from '../agents/hook-forms.ts'
import { ALL_HOOK_FILES } from '../agents/hook-places.ts'
import { readSettings } from '../git/config.ts'
import { readGitVersion } from '../git/hooks.ts'
import { readInstalledHooks } from '../git/installed-hooks.ts'
import type { InstalledHooks } from '../git/installed-hooks.ts'
import { readRemoteSettings } from '../git/remotes.ts'
import type { Environment, Repository } from '../git/repository.ts'
import type { Worktree } from '../git/worktrees.ts'
import { commandIn } from '../model/agent-settings.ts'
import type { AgentPlace, HookFinding, HooksFacts, InstallationFacts, ProgramState } from '../model/diagnosis.ts'
import { findDangers } from '../model/mappings.ts'
import { findOtherTools, TOOL_FILES } from '../model/other-tools.ts'
import type { FoundTool, HookText } from '../model/other-tools.ts'
import { listTrackedHookFiles, planAgentHooks } from './agent-hooks.ts'
import { rootsOf } from './agents-here.ts'
import { installedAgents } from './choose-agents.ts'
import { findDistrust } from './hook-trust.ts'
import type { Probe } from './probe.ts'
import { namesIn, readText } from './readable.ts'

/** Where the built program and its hook scripts are. */
export interface Installed {
  readonly hooksFolder: string
  readonly nodeVersion: string
}

const SCRIPTS = ['agent-hook', 'git-hook'] as const
/** Where hooks deliver. */
const FOLDERS = ['inbox/tmp', 'inbox/new'] as const
const PROGRAM_LIMIT_MS = 10_000
const MAX_HOOK_BYTES = 256 * 1024
const readShort = (path: string): string => readText(path, MAX_HOOK_BYTES)

/** True when init was run here. */
export const isSetUp = (home: string): boolean =>
  [...SCRIPTS, 'program', 'installed.json'].some((name) => existsSync(join(home, name)))

/** `probe` is undefined where the inbox cannot be written, or capture is off. */
export async function examineInstallation(
  repository: Repository, worktrees: readonly Worktree[], installed: Installed, probe: Probe | undefined,
): Promise<InstallationFacts> {
  const near = nameFrom(repository)
  const git = await readGitVersion(repository)
  const [program, merged, hooks, mappings] = await Promise.all([
    tryProgram(repository), readSettings(repository), readInstalledHooks(repository, git),
    readRemoteSettings(repository),
  ])
  const onPath = findOnPath(repository.env)
  const isOn = merged.settings.enabled && !existsSync(join(repository.home, 'disabled'))
  const by = merged.settings.enabled ? undefined : merged.sources.get('enabled')
  return {
    git, node: installed.nodeVersion, program,
    ...onPath === undefined ? {} : { onPath },
    oldParts: listOldParts(repository.home, installed.hooksFolder),
    capture: { isOn, ...by === undefined ? {} : { by } },
    settings: merged.findings,
    hooks: await examineHooks(repository, hooks, probe, near),
    agents: await examineAgents(repository, worktrees, isOn ? probe : undefined),
    tools: findTools(repository, hooks, near),
    mappings: findDangers(mappings),
  }
}

type Near = (path: string) => string

/** Paths below the worktree are named from there. */
function nameFrom({ worktree }: Repository): Near {
  return (path) => worktree !== undefined && path.startsWith(worktree + sep) ? relative(worktree, path) : path
}

async function tryProgram({ home, env }: Repository): Promise<ProgramState> {
  const [node = '', path = ''] = readShort(join(home, 'program')).split('\n')
  if (node === '' || path === '') return { kind: 'unnamed' }
  const missing = [node, path].find((each) => !existsSync(each))
  if (missing !== undefined) return { kind: 'missing', path: missing }
  const options = { timeout: PROGRAM_LIMIT_MS, env: { ...env, NODE_OPTIONS: undefined } }
  return await new Promise((resolve) => {
    execFile(node, [path, '--version'], options, (error, stdout, stderr) => {
      const version = /version (\S+)/.exec(stdout)?.[1]
      const said = stderr.trim().split('\n').at(-1) || error?.message || 'it does not tell its version'
      resolve(error === null && version !== undefined ? { kind: 'runs', version } : { kind: 'fails', path, said })
    })
  })
}

function findOnPath(env: Environment): string | undefined {
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
    .flatMap((folder) => ['git-bitloops', 'git-bitloops.cmd'].map((name) => join(folder, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const listOldParts = (home: string, hooksFolder: string): readonly string[] => [
  ...SCRIPTS.filter((name) => readShort(join(home, name)) !== readShort(join(hooksFolder, `${name}.sh`))),
  ...FOLDERS.filter((name) => !existsSync(join(home, name))),
].map((name) => `bitloops/${name}`)

async function examineHooks(
  repository: Repository, { way, place, hooks }: InstalledHooks, probe: Probe | undefined, near: Near,
): Promise<HooksFacts> {
  const findings: HookFinding[] = []
  for (const { hook, path, state, manager, line, command } of hooks) {
    const known = { hook, path: near(path), state, line, ...manager === undefined ? {} : { manager } }
    if (command === undefined || probe === undefined) findings.push(known)
    else {
      // As Git runs a hook, but for what others have in it.
      const env = { ...repository.env, GIT_DIR: repository.gitDir }
      const { arrived } = await probe.run({ ...command, cwd: repository.worktree ?? repository.gitDir, env })
      findings.push({ ...known, reached: arrived.has(hook) })
    }
  }
  const reserved = place.kind === 'outside' ? 'core.hooksPath leads there, and other repositories may use it'
    : 'core.hooksPath leads there, and Git will show the change'
  return {
    place: way === 'config' ? 'the configuration of Git' : near(place.folder),
    ...way === 'files' && place.needsConsent ? { reserved } : {},
    hooks: findings,
  }
}

/** In every worktree: most agents load only the hooks of the folder they are started in. */
async function examineAgents(
  repository: Repository, worktrees: readonly Worktree[], probe: Probe | undefined,
): Promise<readonly AgentPlace[]> {
  const places: AgentPlace[] = []
  const others = worktrees.filter(({ bare, path }) => !bare && path !== repository.worktree)
  const gone = others.filter(({ path, prunable }) => prunable || !existsSync(path)).map(({ path }) => path)
  // A repository with its working tree elsewhere (`--work-tree`, a submodule) lists its own folder instead.
  const roots = others.map(({ path }) => path).filter((path) => !gone.includes(path) && existsSync(join(path, '.git')))
  const all = [...repository.worktree === undefined ? [] : [repository.worktree], ...roots]
  const agents = installedAgents(repository.home)
  for (const worktree of all) {
    const tracked = await listTrackedHookFiles(repository, worktree, agents)
    for (const agent of agents.filter((each) => rootsOf(each, repository, all).includes(worktree))) {
      const { changes, findings } = planAgentHooks(worktree, agent, false, tracked)
      const state = changes.length > 0 ? 'absent' : 'ready'
      const command = commandIn(HOOK_FORMS[agent])
      const isTried = state === 'ready' && findings.length === 0 && command !== undefined && probe !== undefined
      const distrust = state === 'ready' && findings.length === 0 ? findDistrust(agent, worktree, repository.env)
        : undefined
      const delivered = isTried ? await tryAgentHook(repository, worktree, command, probe) : undefined
      const name = worktree === repository.worktree ? 'this worktree' : worktree
      places.push({
        agent, worktree: name, state, findings,
        ...delivered === undefined ? {} : { delivered }, ...distrust === undefined ? {} : { distrust },
      })
    }
  }
  return [...places, ...gone.map((worktree) => ({ worktree, state: 'gone' as const, findings: [] }))]
}

/** As the agent runs it. Whatever hook events are called, none is called like this one. */
async function tryAgentHook({ env }: Repository, worktree: string, command: string, probe: Probe): Promise<boolean> {
  const input = JSON.stringify({ hook_event_name: 'bitloops-probe' })
  const { arrived } = await probe.run({
    program: '/bin/sh', args: ['-c', command], cwd: worktree, input, env: { ...env, CLAUDE_PROJECT_DIR: worktree },
  })
  return [...arrived.values()].some((bytes) => bytes.toString('utf8').endsWith(`\0${input}`))
}

/** Their commands stand in the hooks of Git or of agents, the user's own included. */
function findTools(repository: Repository, { place }: InstalledHooks, near: Near): readonly FoundTool[] {
  const { worktree = repository.gitDir, env } = repository
  const hookFiles = namesIn(place.folder).filter((name) => !name.includes('.')).map((name) => join(place.folder, name))
  const settings = ALL_HOOK_FILES.map((name) => join(worktree, name))
  const users = join(env['CLAUDE_CONFIG_DIR'] ?? join(env['HOME'] ?? '/', '.claude'), 'settings.json')
  const texts: readonly HookText[] = [...hookFiles, ...settings, users]
    .map((path) => ({ path: near(path), text: readShort(path) }))
  return findOtherTools(texts, TOOL_FILES.filter((name) => existsSync(join(worktree, name))))
}
