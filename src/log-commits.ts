// The commits of a range with the checkpoints linked to them: one git process for the commits, one for all links.

import { openObjectReader } from './git/cat-file.ts'
import { listCommits } from './git/history.ts'
import type { CommitQuery } from './git/history.ts'
import type { Repository } from './git/repository.ts'
import type { CheckpointRecord } from './model/checkpoint.ts'
import type { CommitSummary } from './model/commit-summary.ts'
import type { CommitExplanation } from './model/explanation.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'

export interface LogRequest extends CommitQuery {
  /** Only commits that this agent had a part in. */
  readonly agent?: string
}

export type LoggedCommit = CommitExplanation<CommitSummary>

/** So many commits are looked up at once. */
const BATCH = 100

/** Newest first, as they are found. Throws `unknown-revision`. */
export async function* logCommits(repository: Repository, request: LogRequest): AsyncGenerator<LoggedCommit> {
  const { agent, max, ...query } = request
  // With an agent, the limit counts what is left after looking.
  const limit = max === undefined || agent !== undefined ? {} : { max }
  const commits = await listCommits(repository, { ...query, ...limit })
  const objects = openObjectReader(repository)
  try {
    const reader = openCheckpointReader(objects)
    let shown = 0
    for (let from = 0; from < commits.length && shown < (max ?? Infinity); from += BATCH) {
      const found = await Promise.all(commits.slice(from, from + BATCH).map(async (commit) =>
        ({ commit, stored: await reader.checkpointsOf(commit.oid) })))
      for (const { commit, stored } of found) {
        const checkpoints = stored.flatMap((each) => each.kind === 'found' ? [{ ...each, entries: [] }] : [])
        if (agent !== undefined && !checkpoints.some(({ record }) => hasAgent(record, agent))) continue
        if (shown === (max ?? Infinity)) return
        shown += 1
        yield { commit, checkpoints, lost: stored.filter((each) => each.kind !== 'found') }
      }
    }
  } finally {
    objects.close()
  }
}

const hasAgent = (record: CheckpointRecord, agent: string): boolean =>
  record.sessions.some((session) => session.agent === agent)
