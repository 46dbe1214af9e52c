// A temporary folder with a home of its own and an environment that holds nothing of the machine's but PATH.

import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeFolder } from './remove-folder.ts'

export type Environment = Readonly<Record<string, string>>

export interface Outcome {
  /** The exit code; -1 when a signal or the time limit ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Both, in the order they came. */
  readonly output: string
  readonly ms: number
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Environment
  readonly input?: string | Uint8Array
  /** Default: 60 s. */
  readonly timeoutMs?: number
}

export interface Sandbox {
  readonly folder: string
  readonly home: string
  readonly env: Environment
  /** Runs a program to its end in `folder` (or `cwd`); never throws for an exit code. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Outcome>
  /** Ends what still runs in the background and removes the folder. */
  remove(): void
}

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
export const PROGRAM = join(PROJECT, 'dist', 'git-bitloops.js')

const standing = new Set<Sandbox>()
process.on('exit', () => { for (const sandbox of standing) sandbox.remove() })

/** Makes a sandbox that lasts until `remove` or the end of this process. */
export function makeSandbox(parent: string = tmpdir()): Sandbox {
  // Git speaks of real paths, and the temporary folder may be a link to another place.
  const folder = realpathSync(mkdtempSync(join(parent, 'bitloops-')))
  const home = join(folder, 'home')
  mkdirSync(home)
  const env = environmentIn(folder, home)
  const sandbox: Sandbox = {
    folder,
    home,
    env,
    run: (program, args, options = {}) => run(program, args, { cwd: folder, env, ...options }),
    remove() {
      standing.delete(sandbox)
      removeFolder(folder)
    },
  }
  standing.add(sandbox)
  return sandbox
}

/** Takes a sandbox out of the clean-up: the user wants to go on there. */
export const keepSandbox = (sandbox: Sandbox): void => { standing.delete(sandbox) }

function environmentIn(folder: string, home: string): Environment {
  return {
    PATH: `${installProgram(folder)}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada Example',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  }
}

/** Puts `git-bitloops` on the PATH, so that `git bitloops` finds it, and nothing else of this checkout. */
function installProgram(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'git-bitloops'), [
    '#!/bin/sh',
    `[ -f ${quote(PROGRAM)} ] || { echo "dist/git-bitloops.js is missing: run 'make build' first" >&2; exit 127; }`,
    `exec ${quote(process.execPath)} ${quote(PROGRAM)} "$@"`,
    '',
  ].join('\n'))
  chmodSync(join(bin, 'git-bitloops'), 0o755)
  return bin
}

/** A word for sh. */
export const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

export function run(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const began = process.hrtime.bigint()
    const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] })
    const limit = setTimeout(() => { child.kill('SIGKILL') }, options.timeoutMs ?? 60_000)
    const said = { stdout: '', stderr: '', output: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text
        said.output += text
      })
    }
    child.on('error', reject)
    // `close`, not `exit`: whoever keeps our streams open makes every caller wait, and the tests must notice.
    child.on('close', (code) => {
      clearTimeout(limit)
      resolve({ code: code ?? -1, ...said, ms: Number(process.hrtime.bigint() - began) / 1e6 })
    })
    child.stdin.on('error', () => { /* it ended before it read all of its input */ })
    child.stdin.end(options.input ?? '')
  })
}
