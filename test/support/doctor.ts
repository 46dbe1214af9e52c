// Runs doctor as a user does, and breaks what it looks at.

import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { playClaude } from './player.ts'
import { commitAll } from './repository.ts'
import type { TestRepository } from './repository.ts'

export interface Line {
  readonly id: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly fix?: string
}

export interface Diagnosis {
  readonly code: number
  readonly schema: number
  readonly ok: boolean
  readonly mended?: readonly { readonly message: string; readonly done: boolean }[]
  readonly checks: readonly Line[]
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Runs `git bitloops doctor --json`. */
export async function doctor(repository: TestRepository, ...options: readonly string[]): Promise<Diagnosis> {
  const { code, stdout, stderr } = await repository.bitloops('doctor', '--json', ...options)
  if (!stdout.startsWith('{')) throw new Error(`no diagnosis (${code}): ${stdout}${stderr}`)
  return { code, ...JSON.parse(stdout) as Omit<Diagnosis, 'code'> }
}

export const lineOf = ({ checks }: Diagnosis, id: string): Line => checks.find((check) => check.id === id)!

/** All that is not ok, a line each: `fail git-hooks: what is wrong → what to do`. */
export const told = ({ checks }: Diagnosis): string => checks.filter(({ state }) => state !== 'ok')
  .map(({ id, state, message, fix }) => `${state} ${id}: ${message} → ${fix ?? ''}`).join('\n')

/** A whole turn that writes a.txt. */
export async function play(repository: TestRepository): Promise<void> {
  const claude = playClaude(repository)
  await claude.start()
  await claude.prompt('Write it')
  await claude.write('a.txt', 'one\n')
  await claude.stop('Done.')
  await repository.waitForInbox()
}

/** The turn, and the commit of what it wrote. */
export async function playAndCommit(repository: TestRepository): Promise<string> {
  await play(repository)
  await repository.sh(commitAll('Add a'))
  return await repository.git('rev-parse', 'HEAD')
}

/** Runs SQL in the live store. */
export function changeStore(repository: TestRepository, ...statements: readonly string[]): void {
  const database = new Sqlite(join(repository.bitloopsHome, 'live.db'))
  for (const statement of statements) database.exec(statement)
  database.close()
}

export function makeOld(path: string, ageMs: number): void {
  const then = new Date(Date.now() - ageMs)
  utimesSync(path, then, then)
}

/** The file of a Git hook. */
export const hookFile = (repository: TestRepository, name = 'post-commit'): string =>
  join(repository.root, '.git', 'hooks', name)
