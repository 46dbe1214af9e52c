// Tells other tools, in their format, which lines of commits were written in which conversation. Reads only the refs.

import { openObjectReader } from './git/cat-file.ts'
import { readNumberedChanges } from './git/commit-changes.ts'
import { listCommits } from './git/history.ts'
import type { Repository } from './git/repository.ts'
import { traceOf } from './model/agent-trace.ts'
import type { TraceRecord } from './model/agent-trace.ts'
import type { CommitSummary } from './model/commit-summary.ts'
import type { ReadCheckpoint } from './model/explanation.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import type { CheckpointReader } from './store/checkpoint-reader.ts'

export interface ExportRequest {
  /** As git log takes it; all that HEAD leads to where there is none. */
  readonly range?: string
  /** The version of this program. */
  readonly version: string
}

/** So many commits are looked at together. */
const BATCH = 100

/** A record for each commit with a checkpoint, newest first. Throws `unknown-revision`. */
export async function* exportTraces(repository: Repository, request: ExportRequest): AsyncGenerator<TraceRecord> {
  const { range, version } = request
  const commits = await listCommits(repository, range === undefined ? {} : { range })
  const objects = openObjectReader(repository)
  try {
    const reader = openCheckpointReader(objects)
    for (let from = 0; from < commits.length; from += BATCH) {
      const linked = await readLinked(reader, commits.slice(from, from + BATCH))
      const changes = await readNumberedChanges(repository, linked.map(({ commit }) => commit))
      for (const { commit, checkpoints } of linked) {
        const added = changes.get(commit.oid)?.added ?? new Map()
        yield traceOf({ oid: commit.oid, added }, await Promise.all(checkpoints.map(withEdits(reader))), version)
      }
    }
  } finally {
    objects.close()
  }
}

type Linked = Omit<ReadCheckpoint, 'entries'> & { readonly kind: 'found'; readonly folder: string }

async function readLinked(
  reader: CheckpointReader, commits: readonly CommitSummary[],
): Promise<readonly { readonly commit: CommitSummary; readonly checkpoints: readonly Linked[] }[]> {
  const all = await Promise.all(commits.map(async (commit) => {
    const stored = await reader.checkpointsOf(commit.oid)
    return { commit, checkpoints: stored.flatMap((each) => each.kind === 'found' ? [each] : []) }
  }))
  return all.filter(({ checkpoints }) => checkpoints.length > 0)
}

/** Of a transcript only what tells of files and models. */
const withEdits = (reader: CheckpointReader) => async (checkpoint: Linked): Promise<ReadCheckpoint> => ({
  ...checkpoint,
  entries: await reader.readTranscript(checkpoint, (line) => /"kind":"file-change"|"model":/.test(line)),
})
