// Where checkpoints go, as init sets it up: one remote, chosen once, and the lines that make a plain `git fetch`
// bring them.

import type { Repository } from '../git/repository.ts'
import {
  addFetchRefspecs, guessRemote, listRemotes, removeFetchRefspecs, setConfig, unsetConfig,
} from '../git/remotes.ts'
import type { Settings } from '../model/settings.ts'
import { readPushMemory, updatePushMemory } from './push-memory.ts'

export interface Sharing {
  readonly changed: boolean
  /** Undefined: nothing is published until there is one. */
  readonly remote?: string
  readonly findings: readonly string[]
}

/** `settings`: as they are now, with what was chosen in them unless git's configuration has the last word. */
export async function setUpSharing(
  repository: Repository, chosen: Partial<Pick<Settings, 'push' | 'remote'>>, settings: Settings,
): Promise<Sharing> {
  const remotes = await listRemotes(repository)
  const wanted = chosen.remote ?? settings.remote ?? await guessRemote(repository, remotes)
  const isThere = remotes.some(({ name }) => name === wanted)
  const names = remotes.map(({ name }) => name).join(', ')
  let changed = false
  if (chosen.push !== undefined && settings.push !== chosen.push) {
    changed = await configure(repository, 'bitloops.push', chosen.push)
  }
  if (wanted !== undefined && settings.remote !== wanted && isThere) {
    changed = await configure(repository, 'bitloops.remote', wanted)
  }
  if (wanted !== undefined && isThere && await addFetchRefspecs(repository, wanted)) changed = true
  // It has to be there, and older than every fetch from now on.
  if (Object.keys(readPushMemory(repository.home).united).length === 0) {
    updatePushMemory(repository.home, (memory) => memory)
  }
  return {
    changed,
    ...wanted !== undefined && isThere ? { remote: wanted } : {},
    findings: isThere || remotes.length === 0 && chosen.remote === undefined ? []
      : [wanted === undefined ? `there are several remotes (${names}): --remote <name> chooses where checkpoints go`
        : `there is no remote '${wanted}': nothing is published until there is`],
  }
}

/** What the user says to publishing: `manual` keeps checkpoints here. */
export const answerSharing = (repository: Repository, push: Settings['push']): Promise<boolean> =>
  configure(repository, 'bitloops.push', push)

async function configure(repository: Repository, key: string, value: string): Promise<boolean> {
  await setConfig(repository, key, value)
  updatePushMemory(repository.home, (memory) =>
    ({ ...memory, configured: [...new Set([...memory.configured, key])].sort() }))
  return true
}

/** Takes out what `setUpSharing` put in. True when there was something. */
export async function endSharing(repository: Repository): Promise<boolean> {
  let changed = await removeFetchRefspecs(repository)
  for (const key of readPushMemory(repository.home).configured) changed = await unsetConfig(repository, key) || changed
  return changed
}
