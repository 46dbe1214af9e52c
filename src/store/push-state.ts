// Finds out what is published, where, and what still waits: for status, doctor and init.

import { relate } from '../git/ancestry.ts'
import { listRemotes, measureBlobs } from '../git/remotes.ts'
import { diffTrees } from '../git/tree-diff.ts'
import type { Repository } from '../git/repository.ts'
import type { Oid } from '../model/ids.ts'
import type { PushState } from '../model/push-state.ts'
import type { Settings } from '../model/settings.ts'
import type { Difference } from '../model/union.ts'
import { ownTips, readRefs, trackedTips } from './exchange.ts'
import { readPushMemory } from './push-memory.ts'

/** Without a remote, no process; where nothing waits, two. Asks no remote. */
export async function readPushState(
  repository: Repository, { push, remote }: Pick<Settings, 'push' | 'remote'>,
): Promise<PushState> {
  const nothing = { mode: push, waits: false, checkpoints: 0, sizeBytes: 0, lost: false }
  if (remote === undefined) return nothing
  const [refs, remotes] = await Promise.all([readRefs({ repository }), listRemotes(repository)])
  const chosen = remotes.find(({ name }) => name === remote)
  if (chosen === undefined) return nothing
  const { refused, failed, had } = readPushMemory(repository.home).remotes[chosen.name] ?? {}
  const [own, theirs] = [ownTips(refs), trackedTips(refs, chosen.name)]
  const waits = await isMissing(repository, own.checkpoints, theirs.checkpoints)
    || await isMissing(repository, own.notes, theirs.notes)
  return {
    ...nothing, remote: chosen.name, address: chosen.address, waits,
    ...waits ? await measureWaiting(repository, own.checkpoints, theirs.checkpoints) : {},
    ...refused === undefined ? {} : { refused }, ...failed === undefined ? {} : { failed },
    lost: had !== undefined
      && (theirs.checkpoints === undefined || await isMissing(repository, had, theirs.checkpoints)),
  }
}

async function isMissing(repository: Repository, own: Oid | undefined, theirs: Oid | undefined): Promise<boolean> {
  if (own === undefined || theirs === undefined) return own !== undefined
  const relation = await relate(repository, own, theirs)
  return relation !== 'same' && relation !== 'behind'
}

/** How many checkpoints `own` has that `theirs` has not, and their size. */
export async function measureWaiting(
  repository: Repository, own: Oid | undefined, theirs: Oid | undefined,
): Promise<Pick<PushState, 'checkpoints' | 'sizeBytes'>> {
  const differences = own === undefined ? [] : await diffTrees(repository, theirs, own)
  const added = differences.flatMap(({ left, right }) => left === undefined && right !== undefined ? [right.oid] : [])
  return { checkpoints: countCheckpoints(differences), sizeBytes: await measureBlobs(repository, added) }
}

/** How many checkpoints a tip has. */
export const countStored = async (repository: Repository, tip: Oid | undefined): Promise<number> =>
  tip === undefined ? 0 : countCheckpoints(await diffTrees(repository, undefined, tip))

const countCheckpoints = (differences: readonly Difference[]): number =>
  differences.filter(({ path, left }) => left === undefined && path.endsWith('/session.json')).length
