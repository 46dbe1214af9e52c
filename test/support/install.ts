// Sets git-bitloops up by its library, with a program in its place that only writes down how it was started.

import {
  chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../../src/errors.ts'
import { openRepository } from '../../src/git/repository.ts'
import { init } from '../../src/init.ts'
import type { InitRequest, InitResult, ProgramPaths } from '../../src/init.ts'
import { makeRepository } from './repository.ts'
import type { RepositoryOptions, TestRepository } from './repository.ts'
import { PROJECT } from './sandbox.ts'
import type { Outcome } from './sandbox.ts'
import { rejects } from './suite.ts'

export interface FakeProgram {
  readonly paths: ProgramPaths
  /** The words of each start, in order. */
  calls(): readonly string[]
}

/** `/bin/sh` stands for Node, so that a start costs nothing. `body` is what the program does besides. */
export function makeProgram(folder: string, body = ''): FakeProgram {
  const calls = join(folder, 'calls')
  const hooksFolder = join(folder, 'scripts')
  mkdirSync(hooksFolder, { recursive: true })
  copyFileSync(join(PROJECT, 'src', 'hooks', 'git-hook.sh'), join(hooksFolder, 'git-hook.sh'))
  writeFileSync(join(hooksFolder, 'agent-hook.sh'), `printf '%s ' "$1" >>'${calls}'\ncat >>'${calls}'\n`)
  const program = join(folder, 'program.sh')
  writeFileSync(program, `printf '%s\\n' "$*" >>'${calls}'\n${body}\n`)
  chmodSync(program, 0o755)
  return {
    paths: { node: '/bin/sh', program, hooksFolder },
    calls: () => existsSync(calls) ? readFileSync(calls, 'utf8').split('\n').filter(Boolean) : [],
  }
}

export async function setUp(
  repository: TestRepository, program: FakeProgram, request: Partial<InitRequest> = {}, cwd = repository.root,
): Promise<InitResult> {
  return await init(await openRepository(cwd, repository.env), {
    agents: ['claude-code'], local: false, project: false, chosen: {}, paths: program.paths,
    consent: () => Promise.resolve(false), ...request,
  })
}

/** Every file and folder below one, with its mode and its bytes; compare two of them to see what has changed. */
export function photograph(
  folder: string, leaveOut: (path: string) => boolean = () => false,
): Readonly<Record<string, string>> {
  const seen: Record<string, string> = {}
  const look = (path: string, name: string): void => {
    if (leaveOut(name)) return
    const found = lstatSync(path)
    const mode = (found.mode & 0o777).toString(8)
    if (found.isSymbolicLink()) seen[name] = `-> ${readlinkSync(path)}`
    else if (found.isFile()) seen[name] = `${mode} ${readFileSync(path, 'latin1')}`
    else {
      seen[`${name}/`] = mode
      for (const inside of readdirSync(path)) look(join(path, inside), name === '' ? inside : `${name}/${inside}`)
    }
  }
  look(folder, '')
  return seen
}

/** How a commit starts the program. */
export const PROMOTE = 'promote HEAD --hook'

/** A repository, and the program whose starts are watched. */
export interface Watched {
  readonly repository: TestRepository
  readonly program: FakeProgram
}

export async function makeFresh(options: RepositoryOptions = {}): Promise<Watched> {
  const repository = await makeRepository(options)
  return { repository, program: makeProgram(repository.sandbox.folder) }
}

/** The code of the error that it rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await rejects(promise)
  if (!(error instanceof BitloopsError)) throw error
  return error.code
}

/** A repository with one commit and the marker of recorded edits: every commit has something to promote. */
export async function makePending(options: RepositoryOptions = {}, body = ''): Promise<Watched> {
  const repository = await makeRepository(options)
  const program = makeProgram(repository.sandbox.folder, body)
  await repository.commit('Begin', { 'a.txt': 'a\n' })
  // With local settings there is nothing for `git status` to show.
  await setUp(repository, program, { local: true })
  writeFileSync(join(repository.bitloopsHome, 'pending'), '')
  return { repository, program }
}

/** `commit` with something staged. */
export async function commit(repository: TestRepository, ...args: readonly string[]): Promise<Outcome> {
  repository.write('b.txt', `${Math.random()}\n`)
  await repository.git('add', 'b.txt')
  return await repository.tryGit('commit', '-m', 'Change', ...args)
}
