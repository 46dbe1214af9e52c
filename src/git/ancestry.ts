// How commits of our refs are related.

import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

/** `unrelated`: each has something the other has not; in a shallow clone git may not see more than that. */
export type Relation = 'same' | 'ahead' | 'behind' | 'unrelated'

/** Whether both go on from the same beginning. */
export const haveCommonBase = async (place: GitPlace, left: Oid, right: Oid): Promise<boolean> =>
  (await runGit(place, ['merge-base', left, right])).code === 0

/** What `left` is to `right`: `ahead` when it descends from it. Objects that are not there relate to nothing. */
export async function relate(place: GitPlace, left: Oid, right: Oid): Promise<Relation> {
  if (left === right) return 'same'
  const said = await runGit(place, ['merge-base', '--all', left, right])
  const bases = said.stdout.toString('latin1').split('\n').filter(isOid)
  return bases.includes(right) ? 'ahead' : bases.includes(left) ? 'behind' : 'unrelated'
}
