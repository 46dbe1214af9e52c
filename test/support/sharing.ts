// Short words for what scenarios of sharing do over and over.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings } from '../../src/git/config.ts'
import { openRepository } from '../../src/git/repository.ts'
import type { PushState } from '../../src/model/push-state.ts'
import { readPushState } from '../../src/store/push-state.ts'
import { addCheckpoint, makeClones } from './clones.ts'
import type { TestRepository } from './repository.ts'

/** Longer than any hook of ours may hold a push, also on a slow machine. */
export const PATIENCE_MS = 5000

export interface RemoteAndClone {
  readonly remote: TestRepository
  readonly clone: TestRepository
}

export async function makeOne(options: Parameters<typeof makeClones>[1] = {}): Promise<RemoteAndClone> {
  const { remote, clones: [clone] } = await makeClones(['one'], options)
  return { remote, clone: clone! }
}

/** A commit on a branch (`topic`) with a checkpoint; gives back the commit's id. */
export async function work(clone: TestRepository, number: number, branch = 'topic'): Promise<string> {
  if (await clone.git('branch', '--show-current') !== branch) await clone.git('switch', '-q', '-c', branch)
  const commit = await clone.commit(`Work ${number}`, { [`work-${number}.txt`]: `${number}\n` })
  await addCheckpoint(clone, { number })
  return commit
}

/** What the pre-push hook looks at. */
export const isQueued = (clone: TestRepository): boolean => existsSync(join(clone.bitloopsHome, 'push-queued'))

/** What status and doctor are told. */
export async function stateOf(clone: TestRepository): Promise<PushState> {
  const repository = await openRepository(clone.root, clone.env)
  return await readPushState(repository, (await readSettings(repository)).settings)
}
