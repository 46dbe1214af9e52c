// The program: finds the command, runs it, and says what went wrong as Git says it.

import { BitloopsError } from '../src/errors.ts'
import { cleanForTerminal } from '../src/model/clean.ts'
import type { CommandSpec } from '../src/model/command.ts'
import { COMMANDS, findCommand } from './cli.ts'
import type { CommandName } from './cli.ts'
import { openIo } from './io.ts'
import type { Io, Run } from './io.ts'

/** Each command is loaded when it is called for; the others cost nothing. */
const LOAD: Readonly<Record<CommandName, () => Promise<{ readonly run: Run }>>> = {
  init: () => import('./init.ts'),
  enable: () => import('./enable.ts'),
  disable: () => import('./disable.ts'),
  uninstall: () => import('./uninstall.ts'),
  status: () => import('./status.ts'),
  explain: () => import('./explain.ts'),
  log: () => import('./log.ts'),
  rewind: () => import('./rewind.ts'),
  resume: () => import('./resume.ts'),
  push: () => import('./push.ts'),
  fetch: () => import('./fetch.ts'),
  doctor: () => import('./doctor.ts'),
  completion: () => import('./completion.ts'),
  promote: () => import('./promote.ts'),
  relink: () => import('./relink.ts'),
  import: () => import('./import.ts'),
  export: () => import('./export.ts'),
  settle: () => import('./settle.ts'),
  drain: () => import('./drain.ts'),
  hook: () => import('./hook.ts'),
}

async function main(io: Io, words: readonly string[]): Promise<number> {
  const [name, ...rest] = words
  if (name === undefined) return await help(io.err, 129)
  if (name === '-h' || name === '--help' || name === 'help') return await help(io.out, 0)
  if (name === '--version') return await version(io)
  const command = findCommand(name)
  if (command === undefined) {
    io.err(`git bitloops: '${cleanForTerminal(name)}' is not a bitloops command. See 'git bitloops -h'.\n`)
    return 129
  }
  if (asksForHelp(command, rest)) {
    const { formatUsage } = await import('../src/model/usage.ts')
    io.out(formatUsage(command))
    return 0
  }
  try {
    // Without an option there is nothing to parse, and nobody has to wait for the parser.
    const isPlain = rest.length <= command.maxArgs && !rest.some((word) => word.startsWith('-'))
    const { args, options } = command.plumbing === true || isPlain ? { args: rest, options: {} }
      : (await import('./parse.ts')).parseWords(command, rest)
    return await (await LOAD[command.name]()).run(io, args, options)
  } catch (error) {
    if (!(error instanceof BitloopsError) || error.code !== 'usage') throw error
    const { formatShortUsage } = await import('../src/model/usage.ts')
    const hint = error.hint === undefined ? '' : `hint: ${error.hint}\n`
    io.err(cleanForTerminal(`error: ${error.message}\n${hint}${formatShortUsage(command)}`))
    return 129
  }
}

/** What hooks run gets its words as they are, unless a person asks. */
function asksForHelp(command: CommandSpec, words: readonly string[]): boolean {
  if (command.plumbing === true && words.length !== 1) return false
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '-h' || word === '--help')
}

async function help(print: (text: string) => void, code: number): Promise<number> {
  const { formatShortHelp } = await import('../src/model/usage.ts')
  print(formatShortHelp(COMMANDS))
  return code
}

async function version(io: Io): Promise<number> {
  const { programVersion } = await import('./program-version.ts')
  io.out(`git-bitloops version ${programVersion()}\n`)
  return 0
}

/** As a shell says it of a program that Ctrl-C ended. */
const LEFT = 130

/** What the system refuses is no bug of ours: a full or read-only disk, a file where a folder should be. */
const REFUSED: ReadonlySet<string> = new Set([
  'EACCES', 'EDQUOT', 'EFBIG', 'EIO', 'EISDIR', 'ELOOP', 'EMFILE', 'ENFILE', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS',
])

function formatFailure(error: unknown): string {
  if (error instanceof BitloopsError) {
    const hints = (error.hint ?? '').split('\n').filter(Boolean).map((line) => `hint: ${line}\n`)
    return cleanForTerminal(`fatal: ${error.message}\n${hints.join('')}`)
  }
  const { code, path, message } = (error instanceof Error ? error : {}) as Partial<NodeJS.ErrnoException>
  if (code !== undefined && path !== undefined && REFUSED.has(code)) {
    return cleanForTerminal(`fatal: ${message!}\nhint: see if the disk is full or read-only, or that path in the way\n`)
  }
  const stack = error instanceof Error ? error.stack ?? error.message : String(error)
  return cleanForTerminal(`fatal: this is a bug in git-bitloops\n${stack}\nhint: please report it with these lines\n`)
}

const io = openIo()
main(io, process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof BitloopsError && error.code === 'left') return LEFT
  io.err(formatFailure(error))
  return 128
}).then((code) => {
  // Nothing is left to do but to wait for readers of git that were told to go; only what was written has to arrive.
  process.stdout.write('', () => { process.exit(code) })
})
