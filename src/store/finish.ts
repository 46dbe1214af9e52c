// Brings a frozen plan to its end: the refs, then the projections, then done. Every step may be done again.

import { openObjectReader } from '../git/cat-file.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { parseCommit } from '../git/commit-object.ts'
import { gitText } from '../git/git.ts'
import type { Repository } from '../git/repository.ts'
import type { CheckpointRecord } from '../model/checkpoint.ts'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import { readCheckpointFiles } from './checkpoint-files.ts'
import { writePlan } from './checkpoints.ts'
import { insertCheckpoint, insertLink } from './committed.ts'
import { writeDirectory } from './directory.ts'
import type { DirectoryMode } from './directory.ts'
import type { LiveStore } from './live.ts'
import { markDone } from './plans.ts'
import type { Plan } from './plans.ts'

export interface Finishing {
  readonly repository: Repository
  readonly store: LiveStore
  readonly reader?: ObjectReader
  readonly directory: DirectoryMode
  readonly now: () => Millis
  /** After this no further try is begun. */
  readonly deadline: Millis
  /** What a projection could not do is told, not thrown: the checkpoint itself is safe. */
  readonly log: (where: string, message: string) => void
}

/** True when the checkpoint is in the ref (and the projections are written, or their failure is logged). */
export async function finishPlan(finishing: Finishing, plan: Plan): Promise<boolean> {
  const { repository, now, deadline } = finishing
  const reader = finishing.reader ?? openObjectReader(repository)
  try {
    const committer = await readCommitter(repository, reader, plan.commit)
    if (!await writePlan({ repository, reader, mayGoOn: () => now() < deadline }, committer, plan)) return false
    await project(finishing, reader, plan)
    return true
  } finally {
    if (finishing.reader === undefined) reader.close()
  }
}

async function project(
  { repository, store, directory, log }: Finishing, reader: ObjectReader, plan: Plan,
): Promise<void> {
  const worktree = plan.worktree ?? repository.worktree
  if (worktree !== undefined && directory !== 'off' && plan.links.length > 0) {
    try {
      await writeDirectory(worktree, plan.commit, await readCheckpointFiles(reader, plan.commit, plan), directory)
    } catch (error) {
      log('directory', (error as Error).message)
    }
  }
  const record = JSON.parse(plan.files['session.json'] ?? 'null') as CheckpointRecord | null
  store.transaction(() => {
    if (record !== null) insertCheckpoint(store, record, plan.files['session.json']!)
    for (const link of plan.links) insertLink(store, link)
    markDone(store, plan)
  })
}

async function readCommitter(repository: Repository, reader: ObjectReader, commit: Oid): Promise<string> {
  const object = await reader.read(commit)
  if (object?.type === 'commit') return parseCommit(object).committer
  // The commit was thrown away meanwhile; its reasoning is kept all the same.
  return (await gitText(repository, ['var', 'GIT_COMMITTER_IDENT'])).trimEnd()
}
