// Finds the reasoning behind a commit, a range of commits or a checkpoint. Reads only.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from './errors.ts'
import type { ObjectReader } from './git/cat-file.ts'
import type { Repository } from './git/repository.ts'
import { explainAbsence } from './model/absence.ts'
import type { Absence, AbsenceFacts } from './model/absence.ts'
import type { CommitSummary } from './model/commit-summary.ts'
import type { CheckpointId } from './model/ids.ts'
import type { CommitExplanation, RevertedCommit, StoredCheckpoint } from './model/explanation.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import type { CheckpointReader } from './store/checkpoint-reader.ts'
import { readLinked } from './store/read-linked.ts'
import type { WantedEntries } from './store/read-linked.ts'

export interface ExplainRequest {
  /** A revision, a range `<a>..<b>`, or the beginning of a checkpoint id. */
  readonly target: string
  /** How much of the transcripts to read. */
  readonly entries: WantedEntries
}

export type Explained =
  | { readonly kind: 'commit'; readonly explanation: CommitExplanation }
  | { readonly kind: 'range'; readonly explanations: readonly CommitExplanation[] }

/** The caller opens the objects, while Git still looks for the repository. Throws `unknown-revision`, `ambiguous`. */
export async function explain(
  repository: Repository, objects: ObjectReader, request: ExplainRequest,
): Promise<Explained> {
  const reader = openCheckpointReader(objects)
  if (request.target.includes('..')) return await explainRange(repository, reader, request)
  const commit = await reader.resolve(request.target)
  const explanation = commit === undefined ? await explainCheckpoint(repository, reader, request)
    : await explainCommit(repository, reader, commit, request)
  return { kind: 'commit', explanation }
}

async function explainCommit(
  repository: Repository, reader: CheckpointReader, commit: CommitSummary, request: ExplainRequest, only?: CheckpointId,
): Promise<CommitExplanation> {
  const stored = (await reader.checkpointsOf(commit.oid)).filter((each) => only === undefined || idOf(each) === only)
  const absence = stored.length > 0 ? {} : { absence: await findAbsence(repository, reader, commit) }
  const reverted = commit.reverts === undefined ? {} : { reverted: await readReverted(reader, commit) }
  return { commit, ...await readLinked(reader, stored, request.entries), ...reverted, ...absence }
}

/** A revert of a revert of a revert … is not followed further. */
const MAX_REVERTS = 10

async function readReverted(reader: CheckpointReader, commit: CommitSummary): Promise<readonly RevertedCommit[]> {
  const reverted: RevertedCommit[] = []
  let next = commit.reverts
  while (next !== undefined && reverted.length < MAX_REVERTS) {
    const found = await reader.resolve(next)
    if (found === undefined) break
    const { oid, subject, reverts } = found
    reverted.push({ oid, subject, checkpoints: (await reader.checkpointsOf(oid)).map(idOf) })
    next = reverts
  }
  return reverted
}

const idOf = (stored: StoredCheckpoint): CheckpointId => stored.kind === 'found' ? stored.record.id : stored.checkpoint

async function explainRange(
  repository: Repository, reader: CheckpointReader, request: ExplainRequest,
): Promise<Explained> {
  const { listCommits } = await import('./git/history.ts')
  const commits = await listCommits(repository, { range: request.target })
  const explanations: CommitExplanation[] = []
  for (const commit of commits) {
    explanations.push({ commit, ...await readLinked(reader, await reader.checkpointsOf(commit.oid), request.entries) })
  }
  return { kind: 'range', explanations }
}

const MAX_CHOICES = 5

async function explainCheckpoint(
  repository: Repository, reader: CheckpointReader, request: ExplainRequest,
): Promise<CommitExplanation> {
  const { target } = request
  if (/^.+:\d+(?:,\d+)?$/.test(target)) {
    throw new BitloopsError('unknown-revision', `'${target}' names a line, and lines cannot be explained yet`,
      'git blame names the commit of a line; git bitloops explain <commit> tells what led to it')
  }
  const { findCheckpoints } = await import('./store/find-checkpoint.ts')
  const [first, ...others] = await findCheckpoints(repository, target, MAX_CHOICES + 1)
  if (first === undefined) throw await unknownTarget(repository, target)
  if (others.length > 0) {
    throw ambiguous(`'${target}' is the beginning of several checkpoints`, [first, ...others].map(({ id }) => id))
  }
  const [commit, sessions] = await Promise.all([reader.resolve(first.commit), reader.sessionsAt(first.commit)])
  const own = sessions.filter((each) => idOf(each) === first.id)
  if (own.length > 0) {
    return { commit: commit ?? { oid: first.commit }, ...await readLinked(reader, own, request.entries) }
  }
  if (commit === undefined) {
    throw new BitloopsError('unknown-revision',
      `checkpoint ${first.id} was made for commit ${first.commit}, which is not in this clone`)
  }
  return await explainCommit(repository, reader, commit, request, first.id)
}

async function unknownTarget(repository: Repository, target: string): Promise<BitloopsError> {
  const { listAbbreviated } = await import('./git/history.ts')
  const commits = await listAbbreviated(repository, target)
  if (commits.length > 1) return ambiguous(`'${target}' is the beginning of several commits`, commits)
  return new BitloopsError('unknown-revision',
    target === 'HEAD' ? 'there is no commit yet' : `'${target}' is neither a revision nor a checkpoint`)
}

function ambiguous(message: string, choices: readonly string[]): BitloopsError {
  const more = choices.length > MAX_CHOICES ? ['…'] : []
  return new BitloopsError('ambiguous', message, [...choices.slice(0, MAX_CHOICES), ...more].join('\n'))
}

async function findAbsence(repository: Repository, reader: CheckpointReader, commit: CommitSummary): Promise<Absence> {
  const [made, sessions, note, hasCheckpoints] = await Promise.all([
    reader.listMadeFor(commit.oid), reader.sessionsAt(commit.oid), reader.readNote(commit.oid),
    reader.hasCheckpoints(),
  ])
  const kept = new Set(sessions.map(idOf))
  const isSetUp = statSync(join(repository.home, 'program'), { throwIfNoEntry: false }) !== undefined
  const disabled = statSync(join(repository.home, 'disabled'), { throwIfNoEntry: false })
  return explainAbsence({
    isSetUp,
    ...(disabled === undefined ? {} : { offSince: disabled.mtimeMs }),
    committedAt: commit.committedAt,
    hasCheckpoints,
    named: [...new Set(note.map(({ checkpoint }) => checkpoint))],
    unlinked: made.filter((id) => !kept.has(id)),
    edits: isSetUp ? await findEdits(repository, commit) : 'not known',
  })
}

async function findEdits(repository: Repository, commit: CommitSummary): Promise<AbsenceFacts['edits']> {
  const { home, worktree } = repository
  const { readLiveStore } = await import('./store/read-live.ts')
  const { readPendingPaths } = await import('./store/overview.ts')
  const reading = await readLiveStore(home, (store) =>
    worktree === undefined ? undefined : readPendingPaths(store, worktree, Infinity))
  if (reading.kind === 'none') return 'nothing'
  if (reading.kind === 'unusable' || reading.value === undefined) return 'not known'
  if (reading.value.length === 0) return 'none'
  const { listChangedPaths } = await import('./git/history.ts')
  const changed = new Set(await listChangedPaths(repository, commit.oid))
  return reading.value.some((path) => changed.has(path)) ? 'some' : 'none'
}
