// The commits of a range with the checkpoints linked to them: one git process for the commits, one for all links.

import { openObjectReader } from './git/cat-file.ts'
import { listCommits } from './git/history.ts'
import type { CommitQuery } from './git/history.ts'
import { noOid } from './git/refs.ts'
import type { Repository } from './git/repository.ts'
import type { CheckpointRecord } from './model/checkpoint.ts'
import type { CommitSummary } from './model/commit-summary.ts'
import type { CommitExplanation, ReadCheckpoint, StoredCheckpoint } from './model/explanation.ts'
import type { CheckpointId, Oid } from './model/ids.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import type { CheckpointReader } from './store/checkpoint-reader.ts'

export interface LogRequest extends CommitQuery {
  /** Only commits that this agent had a part in. */
  readonly agent?: string
}

export interface LoggedCommit extends CommitExplanation<CommitSummary> {
  /** Session checkpoints that were kept while HEAD was there, and that no commit listed so far carries. */
  readonly sessions: readonly ReadCheckpoint[]
}

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
    const told = new Set<CheckpointId>()
    const isWanted = (record: CheckpointRecord): boolean => agent === undefined || hasAgent(record, agent)
    let shown = 0
    for (let from = 0; from < commits.length && shown < (max ?? Infinity); from += BATCH) {
      const found = await Promise.all(commits.slice(from, from + BATCH).map(async (commit) =>
        ({ commit, stored: await reader.checkpointsOf(commit.oid) })))
      const kept = await Promise.all(found.map(({ commit, stored }) =>
        keptAt(reader, [commit.oid, ...sourcesOf(stored), ...isFirst(commit) ? [noOid(repository)] : []])))
      for (const [at, { commit, stored }] of found.entries()) {
        const checkpoints = readable(stored)
        for (const { record } of checkpoints) told.add(record.id)
        const sessions = kept[at]!.filter(({ record }) => !told.has(record.id) && isWanted(record))
        for (const { record } of sessions) told.add(record.id)
        const isNothing = sessions.length === 0 && !checkpoints.some(({ record }) => isWanted(record))
        if (agent !== undefined && isNothing) continue
        if (shown === (max ?? Infinity)) return
        shown += 1
        yield { commit, checkpoints, lost: stored.filter((each) => each.kind !== 'found'), sessions }
      }
    }
  } finally {
    objects.close()
  }
}

/** What was kept while HEAD was at any of these; newest first. */
async function keptAt(reader: CheckpointReader, commits: readonly Oid[]): Promise<readonly ReadCheckpoint[]> {
  const kept = await Promise.all([...new Set(commits)].map((commit) => reader.sessionsAt(commit)))
  return readable(kept.flat()).sort((left, right) => endOf(left) < endOf(right) ? 1 : -1)
}

const isFirst = ({ parents }: CommitSummary): boolean => parents.length === 0

const endOf = ({ record }: ReadCheckpoint): string => record.sessions.at(-1)?.endedAt ?? ''

/** Session checkpoints while there is no commit yet. */
export async function listFirstSessions(repository: Repository): Promise<readonly ReadCheckpoint[]> {
  const objects = openObjectReader(repository)
  try {
    return await keptAt(openCheckpointReader(objects), [noOid(repository)])
  } finally {
    objects.close()
  }
}

/** The commits that this one was made from, by amend or rebase: sessions kept there stand on this one now. */
const sourcesOf = (stored: readonly StoredCheckpoint[]): readonly Oid[] => stored.flatMap((each) =>
  each.kind !== 'found' || each.link?.evidence !== 'rewrite' ? []
    : [each.link.from, each.link.origin].filter((oid) => oid !== undefined))

const readable = (stored: readonly StoredCheckpoint[]): ReadCheckpoint[] =>
  stored.flatMap((each) => each.kind === 'found' ? [{ ...each, entries: [] }] : [])

const hasAgent = (record: CheckpointRecord, agent: string): boolean =>
  record.sessions.some((session) => session.agent === agent)
