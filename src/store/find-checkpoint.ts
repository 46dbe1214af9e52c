// Finds checkpoints by the beginning of their id: in the index of the live store or, where that knows none, in the ref.

import { runGit } from '../git/git.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF } from '../model/checkpoint.ts'
import { isCheckpointId, isOid } from '../model/ids.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { readLiveStore } from './read-live.ts'

export interface CheckpointPlace {
  readonly id: CheckpointId
  /** The commit it was made for. */
  readonly commit: Oid
}

export const CHECKPOINT_PREFIX = /^[0-7][0-9A-HJKMNP-TV-Z]{3,25}$/

/** Up to `limit` checkpoints whose id begins so, oldest first. */
export async function findCheckpoints(
  repository: Repository, prefix: string, limit: number,
): Promise<readonly CheckpointPlace[]> {
  const wanted = prefix.toUpperCase()
  if (!CHECKPOINT_PREFIX.test(wanted)) return []
  const indexed = await findInIndex(repository, wanted, limit)
  return indexed.length > 0 ? indexed : await findInRef(repository, wanted, limit)
}

async function findInIndex({ home }: Repository, prefix: string, limit: number): Promise<readonly CheckpointPlace[]> {
  const reading = await readLiveStore(home, (store) => store.all<CheckpointPlace>(
    'SELECT id, "commit" FROM checkpoints WHERE id >= ? AND id < ? ORDER BY id LIMIT ?', prefix, `${prefix}~`, limit))
  return reading.kind === 'read' ? reading.value : []
}

const FOLDER = '.bitloops/checkpoints/v1/'

/** A clone that only fetched checkpoints has no index of them: this reads all names in the ref. */
async function findInRef(repository: Repository, prefix: string, limit: number): Promise<readonly CheckpointPlace[]> {
  const answer = await runGit(repository, ['ls-tree', '-r', '-d', '--name-only', '-z', CHECKPOINTS_REF, FOLDER])
  const places = answer.stdout.toString('utf8').split('\0').flatMap((path) => {
    const [, commit = '', id = '', ...below] = path.slice(FOLDER.length).split('/')
    return isOid(commit) && isCheckpointId(id) && id.startsWith(prefix) && below.length === 0 ? [{ id, commit }] : []
  })
  return places.sort((left, right) => left.id < right.id ? -1 : 1).slice(0, limit)
}
