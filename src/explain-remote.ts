// Finds the reasoning behind a commit on a remote that nobody cloned. Reads only, and only what was published there.

import { BitloopsError } from './errors.ts'
import type { RemoteObjects } from './git/isomorphic-source.ts'
import { explainRemoteAbsence } from './model/absence.ts'
import type { CommitExplanation } from './model/explanation.ts'
import { isOid } from './model/ids.ts'
import type { Oid } from './model/ids.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import type { CheckpointReader } from './store/checkpoint-reader.ts'
import { readLinked } from './store/read-linked.ts'
import type { WantedEntries } from './store/read-linked.ts'

export interface RemoteExplainRequest {
  /**
   * A whole commit id, the beginning of one that has reasoning, or a branch or tag of the remote. Default: its HEAD.
   */
  readonly target?: string
  readonly entries: WantedEntries
}

/** Throws `unknown-revision`, `ambiguous`. */
export async function explainRemote(remote: RemoteObjects, request: RemoteExplainRequest): Promise<CommitExplanation> {
  const reader = openCheckpointReader(remote)
  const oid = await resolve(remote, reader, request.target ?? 'HEAD')
  const stored = await reader.checkpointsOf(oid)
  const { checkpoints, lost } = await readLinked(reader, stored, request.entries)
  if (stored.length > 0) return { commit: { oid }, checkpoints, lost }
  const [made, sessions, note, hasCheckpoints] = await Promise.all([
    reader.listMadeFor(oid), reader.sessionsAt(oid), reader.readNote(oid), reader.hasCheckpoints(),
  ])
  const kept = new Set(sessions.map((one) => one.kind === 'found' ? one.record.id : one.checkpoint))
  const unlinked = made.filter((id) => !kept.has(id))
  const named = [...new Set(note.map(({ checkpoint }) => checkpoint))]
  return { commit: { oid }, checkpoints, lost, absence: explainRemoteAbsence({ unlinked, named, hasCheckpoints }) }
}

/** The commits themselves are not fetched: what `HEAD~2` is, only a clone can tell. */
async function resolve({ refs }: RemoteObjects, reader: CheckpointReader, target: string): Promise<Oid> {
  if (isOid(target)) return target
  const pointed = [target, `refs/${target}`, `refs/tags/${target}`, `refs/heads/${target}`]
    .map((ref) => refs.get(ref)).find((oid) => oid !== undefined)
  if (pointed !== undefined) return pointed
  const commits = /^[0-9a-f]{4,}$/i.test(target) ? await reader.findCommits(target.toLowerCase()) : []
  if (commits.length === 1) return commits[0]!
  if (commits.length > 1) {
    throw new BitloopsError('ambiguous', `'${target}' is the beginning of several commits`,
      [...commits.slice(0, 5), ...commits.length > 5 ? ['…'] : []].join('\n'))
  }
  throw new BitloopsError('unknown-revision',
    target === 'HEAD' ? 'the remote has no commit yet' : `the remote has no '${target}'`,
    'a remote is asked for whole commit ids, the beginning of one that has reasoning, branches and tags')
}
