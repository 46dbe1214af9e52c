// What a command may touch of the outside world. Tests give it another one.

import { dirname, join } from 'node:path'
import { BitloopsError } from '../src/errors.ts'
import type { Environment } from '../src/git/repository.ts'
import { wrap } from '../src/model/text-layout.ts'

export interface Io {
  readonly cwd: string
  readonly env: Environment
  /** Results, to stdout. */
  out(text: string): void
  /** Everything else, to stderr. */
  err(text: string): void
  /** True when a person reads: stdout is a terminal. */
  readonly isTerminal: boolean
  /** True when a person can answer. */
  readonly canAsk: boolean
  /** Asks a yes-or-no question; where nobody can answer, the answer is `byDefault`. Throws `left` for Ctrl-C. */
  ask(question: string, byDefault: boolean): Promise<boolean>
  /** Milliseconds since 1970. */
  now(): number
}

/** What every file in this folder exports as `run`; gives back the exit code. */
export type Run = (io: Io, args: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<number>

export interface ProgramPaths {
  readonly node: string
  /** Absolute path of the built program, which is what hooks start. */
  readonly program: string
  readonly hooksFolder: string
}

export function openIo(): Io {
  // Whoever closed the pipe has read enough: what a command does must not stop half-way for it.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })
  }
  return {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => { process.stdout.write(text) },
    err: (text) => { process.stderr.write(text) },
    isTerminal: process.stdout.isTTY === true,
    canAsk: canAsk(),
    ask,
    now: Date.now,
  }
}

/** The root of the installed package: `git-commands/` and `dist/` both lie directly in it. */
export const packageRoot = dirname(import.meta.dirname)

export const programPaths = (): ProgramPaths => ({
  node: process.execPath,
  program: join(packageRoot, 'dist', 'git-bitloops.js'),
  hooksFolder: join(packageRoot, 'dist', 'hooks'),
})

const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

async function ask(question: string, byDefault: boolean): Promise<boolean> {
  if (!canAsk()) return byDefault
  const { createInterface } = await import('node:readline')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const lines = wrap(`${question} [${byDefault ? 'Y/n' : 'y/N'}]`, (process.stderr.columns || 80) - 1)
  for (const above of lines.slice(0, -1)) process.stderr.write(`${above}\n`)
  const line = await new Promise<string | undefined>((resolve) => {
    // Ctrl-C and Ctrl-D close it.
    terminal.on('close', () => { resolve(undefined) })
    terminal.question(`${lines.at(-1)!} `, resolve)
  })
  terminal.close()
  if (line === undefined) {
    process.stderr.write('\n')
    throw new BitloopsError('left', 'the question was not answered')
  }
  const answer = line.trim().toLowerCase()
  return answer === '' ? byDefault : answer === 'y' || answer === 'yes'
}
