// Runs the git executable. Everything else in this folder asks git through here.

import { execFile, spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { BitloopsError } from '../errors.ts'

/** Where git is to run: a folder, and the variables that select the repository. */
export interface GitPlace {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface GitAnswer {
  /** The exit code; 128 and up as git gives them, -1 when killed by a signal or the time limit. */
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitOptions {
  readonly input?: string | Buffer
  readonly timeoutMs?: number
  /** More variables for this call; `undefined` takes one out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly maxBytes?: number
}

/** Git must neither call our hooks again, nor ask questions, nor take locks for the sake of a faster status. */
export const QUIET_ARGS = [
  '-c', 'core.hooksPath=/dev/null', '-c', 'core.quotePath=false', '-c', 'color.ui=false',
] as const
export const QUIET_ENV = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_PAGER: 'cat',
  LC_ALL: 'C',
  BITLOOPS_INSIDE: '1',
  GIT_REFLOG_ACTION: undefined,
  GIT_LITERAL_PATHSPECS: '1',
} as const

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_MAX_BYTES = 512 * 1024 * 1024

/** Runs git to its end and gives back what it said; never throws for an exit code. */
export function runGit(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const child = execFile('git', [...QUIET_ARGS, ...args], {
      cwd: place.cwd,
      env: { ...place.env, ...QUIET_ENV, ...options.env },
      encoding: 'buffer',
      timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: options.maxBytes ?? DEFAULT_MAX_BYTES,
      windowsHide: true,
    }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      const said = stderr.toString('utf8')
      resolve({ code, stdout, stderr: code === -1 && error !== null ? `${said}${error.message}` : said })
    })
    // A git that ends before it read its input is an exit code, not a crash.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}

/** Runs git and gives back its output; an exit code other than 0 is an error that quotes git. */
export async function git(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  return outputOf(args[0]!, await runGit(place, args, options))
}

/** Throws what git said when it failed. */
export function outputOf(command: string, { code, stdout, stderr }: GitAnswer): Buffer {
  if (code === 0) return stdout
  throw new BitloopsError('git-failed', `git ${command} failed (${code}): ${firstLine(stderr)}`)
}

export const gitText = async (place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<string> =>
  (await git(place, args, options)).toString('utf8')

/** Starts git for a conversation over its streams. The caller ends it. */
export function startGit(place: GitPlace, args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn('git', [...QUIET_ARGS, ...args], {
    cwd: place.cwd,
    env: { ...place.env, ...QUIET_ENV },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  child.stdin.on('error', () => {})
  return child
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? ''
