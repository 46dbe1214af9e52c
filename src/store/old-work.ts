// Finds work of old sessions that may still be in the working tree: the commit that takes it is still to come.

import type { ChangedCommit } from '../git/changed-commits.ts'
import { readDirtyPaths } from '../git/commit.ts'
import { foreignEnvironment } from '../git/repository.ts'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import type { EventId, SessionId } from '../model/ids.ts'
import { readOpenEdits } from './old-edits.ts'
import type { OldEdits, OpenEdit } from './old-edits.ts'

/** More paths than this are not asked for at once. */
const MAX_PATHS = 500

/** The edits since some time to paths that are dirty now and were in no commit since the edit, by session. */
export async function findOpenWork(
  edits: OldEdits, commits: readonly ChangedCommit[], since: Millis,
): Promise<ReadonlyMap<SessionId, readonly EventId[]>> {
  const committed = new Map<string, Millis>()
  for (const { paths, committedAt } of commits) for (const path of paths) committed.set(path, committedAt)
  const open = readOpenEdits(edits, since).filter(({ path, at }) => at > (committed.get(path) ?? 0))
  const found = new Map<SessionId, EventId[]>()
  for (const worktree of new Set(open.map((edit) => edit.worktree))) {
    const inside = open.filter((edit) => edit.worktree === worktree)
    const dirty = await readDirty(edits.repository, worktree, inside)
    for (const { session, event, path } of inside) {
      if (dirty.has(path)) found.set(session, [...found.get(session) ?? [], event])
    }
  }
  return found
}

async function readDirty(
  repository: Repository, worktree: string, edits: readonly OpenEdit[],
): Promise<ReadonlySet<string>> {
  const place = worktree === repository.worktree ? repository
    : { ...repository, worktree, env: foreignEnvironment(repository.env) }
  const paths = [...new Set(edits.map(({ path }) => path))]
  const dirty: string[] = []
  for (let at = 0; at < paths.length; at += MAX_PATHS) {
    dirty.push(...await readDirtyPaths(place, paths.slice(at, at + MAX_PATHS)))
  }
  return new Set(dirty)
}
