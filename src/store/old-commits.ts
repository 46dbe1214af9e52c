// Finds what a commit of old holds of old sessions' edits. Commits are gone through in the order of time: each takes
// its edits, so that no later one is linked for the same lines.

import { createHash } from 'node:crypto'
import { listChangedCommits } from '../git/changed-commits.ts'
import type { ChangedCommit } from '../git/changed-commits.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { readCommitChanges } from '../git/commit.ts'
import { parseCommit, parseCommitSummary } from '../git/commit-object.ts'
import type { Oid, SessionId } from '../model/ids.ts'
import { cutoffOf, findHeld } from '../model/import-match.ts'
import type { OldEdit } from '../model/import-match.ts'
import type { ImportedCommit, ImportedFile } from '../model/import-report.ts'
import { bagOf, countIn } from '../model/line-match.ts'
import { planPromotion } from '../model/promotion.ts'
import { openCheckpointReader } from './checkpoint-reader.ts'
import type { OldPromotion } from './freeze-old.ts'
import type { LiveStore } from './live.ts'
import { readEditsFor, summariseEdits, takeEdits } from './old-edits.ts'
import type { OldEdits } from './old-edits.ts'

export interface Searching {
  readonly edits: OldEdits
  readonly reader: ObjectReader
  /** Sessions that this import is about. */
  readonly isWanted: (session: SessionId) => boolean
}

/** The commits that changed what sessions edited, since the first edit; oldest first. */
export async function listCandidates(edits: OldEdits): Promise<readonly ChangedCommit[]> {
  const summary = summariseEdits(edits)
  if (summary === undefined) return []
  return await listChangedCommits(edits.repository, summary.since, (path) => summary.paths.has(path))
}

/** What a commit takes of sessions that it has no checkpoint of. Its edits are taken in any case. */
export async function findPromotion(
  { edits, reader, isWanted }: Searching, candidate: ChangedCommit,
): Promise<OldPromotion | undefined> {
  const near = readEditsFor(edits, candidate.paths, candidate).filter(({ session }) => isWanted(session))
  const object = near.length === 0 ? undefined : await reader.read(candidate.oid)
  if (object === undefined) return undefined
  const commit = parseCommit(object)
  const { changed, patches, patchId } = await readCommitChanges(edits.repository, commit)
  const [id, linked] = await Promise.all([patchId, sessionsOf(reader, commit.oid)])
  const { authoredAt, committedAt } = commit
  const digests = await readDigests(reader, commit.oid, near)
  const old = { authoredAt, committedAt, changed, patches, digests }
  const all = findHeld(old, near)
  takeEdits(edits, all, old)
  const held = all.filter(({ session }) => !linked.has(session))
  const planned = planPromotion({ changed, patches, stillDirty: new Set() }, held, undefined)
  if (planned.contributions.length === 0) return undefined
  return { commit, ...id === undefined ? {} : { patchId: id }, patches, planned, held, cutoff: cutoffOf(old, held) }
}

/** Of the files whose edits tell no lines. */
async function readDigests(
  reader: ObjectReader, commit: Oid, edits: readonly OldEdit[],
): Promise<ReadonlyMap<string, string>> {
  const unknown = edits.filter(({ lines, after }) => lines === undefined && after !== undefined)
  const paths = [...new Set(unknown.map(({ path }) => path))].filter((path) => !path.includes('\n'))
  const blobs = await Promise.all(paths.map((path) => reader.read(`${commit}:${path}`)))
  return new Map(paths.flatMap((path, at): [string, string][] => {
    const blob = blobs[at]
    return blob === undefined ? [] : [[path, createHash('sha256').update(blob.body).digest('hex')]]
  }))
}

/** The sessions that a commit has checkpoints of. */
async function sessionsOf(reader: ObjectReader, commit: Oid): Promise<ReadonlySet<SessionId>> {
  const checkpoints = await openCheckpointReader(reader).checkpointsOf(commit)
  return new Set(checkpoints.flatMap((one) =>
    one.kind === 'found' ? one.record.sessions.map(({ session }) => session) : []))
}

/** What a person is told of it. */
export async function describePromotion(
  { edits, reader }: Searching, { commit, patches, planned, held }: OldPromotion,
): Promise<ImportedCommit> {
  const object = await reader.read(commit.oid)
  return {
    commit: commit.oid,
    subject: object === undefined ? '' : parseCommitSummary(object)?.subject ?? '',
    committedAt: commit.committedAt,
    sessions: planned.contributions.map(({ session, why, paths }) => {
      const own = held.filter((edit) => edit.session === session)
      return {
        agent: agentOf(edits.store, session), session, why, edits: own.length,
        lastEditAt: Math.max(...own.map(({ at }) => at)),
        files: paths.map((path): ImportedFile => {
          const lines = countLines(patches.get(path)?.added, own.filter((edit) => edit.path === path))
          return { path, ...lines === undefined ? {} : { lines } }
        }),
      }
    }),
  }
}

const agentOf = (store: LiveStore, session: SessionId): ImportedCommit['sessions'][number]['agent'] =>
  store.get<{ agent: ImportedCommit['sessions'][number]['agent'] }>(
    'SELECT agent FROM sessions WHERE session_id = ?', session)!.agent

function countLines(added: readonly string[] | undefined, edits: readonly OldEdit[]): ImportedFile['lines'] {
  const told = edits.flatMap(({ lines }) => lines === undefined ? [] : [lines.added])
  if (added === undefined || told.length === 0) return undefined
  return { added: added.length, written: countIn(added, bagOf(told.flat())) }
}
