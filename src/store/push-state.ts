// Finds out what is published, where, and what still waits: for status, doctor and init.

import { relate } from '../git/ancestry.ts'
import { listRemotes, measureObjects } from '../git/remotes.ts'
import { diffTrees } from '../git/tree-diff.ts'
import type { Repository } from '../git/repository.ts'
import type { Oid } from '../model/ids.ts'
import type { PushState } from '../model/push-state.ts'
import type { Settings } from '../model/settings.ts'
import { ownTips, readRefs, trackedTips } from './exchange.ts'
import type { Tips } from './own-tips.ts'
import { readPushMemory } from './push-memory.ts'

/** Where nothing waits, two processes; asks no remote. */
export async function readPushState(
  repository: Repository, { push, remote }: Pick<Settings, 'push' | 'remote'>,
): Promise<PushState> {
  const [refs, remotes] = await Promise.all([readRefs({ repository }), listRemotes(repository)])
  const chosen = remotes.find(({ name }) => name === remote)
  const nothing = { mode: push, waits: false, checkpoints: 0, sizeBytes: 0, lost: false }
  if (chosen === undefined) return nothing
  const { refused, failed, had } = readPushMemory(repository.home).remotes[chosen.name] ?? {}
  const [own, theirs] = [ownTips(refs), trackedTips(refs, chosen.name)]
  const waits = await isMissing(repository, own.checkpoints, theirs.checkpoints)
    || await isMissing(repository, own.notes, theirs.notes)
  return {
    ...nothing, remote: chosen.name, address: chosen.address, waits,
    ...waits ? await measureWaiting(repository, own, theirs) : {},
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

/** How much `own` has that `theirs` has not. */
export async function measureWaiting(
  repository: Repository, own: Tips, theirs: Tips,
): Promise<Pick<PushState, 'checkpoints' | 'sizeBytes'>> {
  const tipsOf = ({ checkpoints, notes }: Tips): readonly Oid[] => [checkpoints, notes].flatMap((tip) => tip ?? [])
  const [checkpoints, sizeBytes] = await Promise.all([
    countNew(repository, theirs.checkpoints, own.checkpoints), measureObjects(repository, tipsOf(own), tipsOf(theirs)),
  ])
  return { checkpoints, sizeBytes }
}

/** How many checkpoints `after` has that `before` has not. */
export async function countNew(
  repository: Repository, before: Oid | undefined, after: Oid | undefined,
): Promise<number> {
  const differences = after === undefined ? [] : await diffTrees(repository, before, after)
  return differences.filter(({ path, left }) => left === undefined && path.endsWith('/session.json')).length
}
