// Makes sure that a reading command shows what hooks delivered a moment ago; finishes what an earlier run had to leave;
// says why there may be nothing to show.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../src/errors.ts'
import type { Repository } from '../src/git/repository.ts'
import { isRewindOpen } from '../src/git/restore-journal.ts'
import { hasRewrites } from '../src/git/rewrites.ts'
import { listLostHooks } from '../src/store/agents-here.ts'
import { mayHaveMoved } from '../src/store/heads.ts'
import { isKeepingDue } from '../src/store/keep-next.ts'
import { mayHaveFetched } from '../src/store/push-memory.ts'
import type { Io } from './io.ts'

/** Looks at a few names; only where something waits, the live store is opened. Never throws: old news beats none. */
export async function catchUpIfStale(io: Io, repository: Repository): Promise<void> {
  tellOpenRewind(io, repository)
  await takeIn(io, repository)
}

/** A rewind that was killed has left files half-way between two states: whoever looks at them has to know. */
export function tellOpenRewind(io: Io, { home }: Pick<Repository, 'home'>): void {
  if (!isRewindOpen(home)) return
  io.err('warning: a rewind did not come to its end here; git bitloops rewind tells how to go on or back\n')
}

/** Where nothing is recorded because nobody set it up. */
export function tellNotSetUp(io: Io, { home }: Pick<Repository, 'home'>): void {
  if (!existsSync(join(home, 'program'))) {
    io.err('hint: git-bitloops is not set up in this repository; git bitloops init sets it up\n')
  }
}

/** What Git says of HEAD before the first commit is about a name that nobody has typed. */
export const sayOfHead = (error: unknown): unknown =>
  error instanceof BitloopsError && error.code === 'unknown-revision'
    ? new BitloopsError('unknown-revision', 'there is no commit yet') : error

/** The same, for the command that is about rewinds. */
export async function takeIn(io: Io, repository: Repository): Promise<void> {
  await uniteIfFetched(io, repository)
  await healIfLost(io, repository)
  if (!isStale(repository, io.now())) return
  try {
    const { catchUp } = await import('./catch-up.ts')
    await catchUp(io, repository)
  } catch (error) {
    const { openLog } = await import('../src/log.ts')
    openLog({ home: repository.home, env: io.env, now: io.now })('catch up', (error as Error).message)
    io.err(`warning: what was recorded last could not be taken in: ${(error as Error).message}\n`)
  }
}

/** A plain `git fetch` or `git pull` brings checkpoints beside ours. */
async function uniteIfFetched(io: Io, repository: Repository): Promise<void> {
  if (!mayHaveFetched(repository)) return
  try {
    const { uniteFetched } = await import('./unite-fetched.ts')
    for (const warning of (await uniteFetched(io, repository)).warnings) io.err(`warning: ${warning}\n`)
  } catch (error) {
    io.err(`warning: what was fetched could not be brought together: ${(error as Error).message}\n`)
  }
}

/** An agent whose hooks are gone starts no drain that would put them back. */
async function healIfLost(io: Io, repository: Repository): Promise<void> {
  const { home, worktree } = repository
  if (worktree === undefined || existsSync(join(home, 'disabled')) || listLostHooks(home).length === 0) return
  const { openLog } = await import('../src/log.ts')
  const log = openLog({ home, env: io.env, now: io.now })
  try {
    const { healHooks } = await import('./heal-hooks.ts')
    await healHooks(repository, log)
  } catch (error) {
    log('hooks', (error as Error).message)
  }
}

function isStale({ home, gitDir }: Repository, now: number): boolean {
  try {
    return existsSync(join(home, 'plans-open')) || readdirSync(join(home, 'inbox', 'new')).length > 0
      || (existsSync(join(home, 'pending')) && mayHaveMoved(gitDir)) || hasRewrites(gitDir)
      || isKeepingDue(home, now)
  } catch {
    return false
  }
}
