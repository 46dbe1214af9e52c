// Runs the real client of an agent, offline, against a scripted stand-in for its model.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentName } from '../../src/model/ids.ts'
import type { TestRepository } from '../../test/support/repository.ts'

/** The folder with `run-<agent>.sh`: drivers that install a missing client, and cut it off the network. */
const TOOLS = process.env['BITLOOPS_AGENT_TOOLS']

/** Agents whose real client can be driven. */
export const DRIVEN = ['claude-code', 'codex', 'copilot', 'gemini', 'opencode'] as const satisfies readonly AgentName[]
export type Driven = (typeof DRIVEN)[number]

export interface Prompt {
  readonly prompt: string
  /** The number of an earlier prompt whose session goes on, or that of the last one. */
  readonly resume?: number | 'last'
  /** More words for the client. */
  readonly args?: readonly string[]
}

/** A line of sh between prompts. */
export interface ShellRun {
  readonly sh: string
}

/** What the stand-in answers: to a prompt that holds `match`, these steps, one for each call of the model. */
export interface Answers {
  readonly match?: string
  readonly steps: readonly Readonly<Record<string, unknown>>[]
}

export interface ClientRun {
  /** The exit codes of the client, one for each prompt. */
  readonly codes: readonly (number | null)[]
  readonly log: string
}

export const toolsFolder = (): string => {
  if (TOOLS !== undefined && TOOLS !== '') return TOOLS
  throw new Error('BITLOOPS_AGENT_TOOLS must name the folder with run-codex.sh and its like')
}

/** Prompts one after the other, in the repository, with the program of this checkout on the PATH. */
export async function runClient(
  agent: Exclude<Driven, 'claude-code'>, repository: TestRepository, prompts: readonly (Prompt | ShellRun)[],
  turns: readonly Answers[], settings: readonly string[] = [],
): Promise<ClientRun> {
  const out = mkdtempSync(join(repository.sandbox.folder, 'client-'))
  // The driver keeps a copy of it in its folder.
  const scenario = `${out}.json`
  writeFileSync(scenario, JSON.stringify({ name: 'test', runs: prompts, turns }))
  const words = [
    '--native', '--hooklog', 'none', '--out', out, '--home', repository.home,
    '--path', join(repository.sandbox.folder, 'bin'), ...settings.flatMap((setting) => ['--set', setting]),
    repository.root, scenario,
  ]
  const log = await runDriver(`run-${agent}.sh`, words)
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as { code: number | null }[]
  return { codes: summary.map(({ code }) => code), log }
}

/** The driver of Claude Code takes another kind of script; gives back what the driver said. */
export function runClaude(repository: TestRepository, scenario: object): Promise<string> {
  const out = mkdtempSync(join(repository.sandbox.folder, 'client-'))
  writeFileSync(join(out, 'scenario.json'), JSON.stringify(scenario))
  return runDriver('run-claude.sh', [
    '--hooklog', 'none', '--out', out, '--home', repository.home,
    '--path', join(repository.sandbox.folder, 'bin'), repository.root, join(out, 'scenario.json'),
  ])
}

function runDriver(name: string, words: readonly string[]): Promise<string> {
  // Clients are installed once, and kept.
  const kept = join(process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '/', '.cache'), 'git-bitloops-agents')
  mkdirSync(kept, { recursive: true })
  const env = {
    PATH: process.env['PATH'], HOME: process.env['HOME'], AGENTS_DIR: process.env['AGENTS_DIR'] ?? kept,
    CLAUDE_PREFIX: process.env['CLAUDE_PREFIX'] ?? join(kept, 'claude'),
  }
  return new Promise((resolve, reject) => {
    const child = spawn(join(toolsFolder(), name), words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (text: Buffer) => { said += text.toString('utf8') })
    child.stderr.on('data', (text: Buffer) => { said += text.toString('utf8') })
    child.on('error', reject)
    child.on('close', (code) => { resolve(`${said}exit code of ${name}: ${code}\n`) })
  })
}
