// Looks whether the newest checkpoints and notes are in Git and belong together. The number of older ones makes no
// difference.

import { BitloopsError } from '../errors.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { listCommits } from '../git/history.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF, FORMAT_VERSION } from '../model/checkpoint.ts'
import type { CheckpointsFacts, Place } from '../model/diagnose-checkpoints.ts'
import type { LostCheckpoint, StoredCheckpoint } from '../model/explanation.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { openCheckpointReader } from './checkpoint-reader.ts'
import type { CheckpointReader } from './checkpoint-reader.ts'
import type { LiveStore } from './live.ts'

const NEWEST = 20

/** Looks at the newest commits of HEAD and those for which this clone made its newest checkpoints. */
export async function examineCheckpoints(
  repository: Repository, objects: ObjectReader, store: LiveStore | undefined,
): Promise<CheckpointsFacts> {
  const tip = await objects.read(CHECKPOINTS_REF)
  const made = store?.get<{ count: number }>('SELECT count(*) AS count FROM checkpoints')?.count ?? 0
  const nothing = { made, version: FORMAT_VERSION, commits: 0, broken: [], dangling: [], unnoted: [] }
  if (tip === undefined) return { ...nothing, ref: 'absent' }
  if (tip.type !== 'commit') return { ...nothing, ref: 'unreadable' }
  const format = await objects.read(`${CHECKPOINTS_REF}:.bitloops/format`)
  const version = Number(format?.body.toString('utf8').trim() ?? FORMAT_VERSION) || FORMAT_VERSION
  const commits = new Set([...newestMade(store), ...await newestOfHead(repository)])
  const reader = openCheckpointReader(objects)
  const looks = (await Promise.all([...commits].map((commit) => examineCommit(reader, store, commit))))
    .filter(({ has }) => has)
  return {
    ...nothing, ref: 'readable', version, commits: looks.length,
    broken: looks.flatMap(({ broken }) => broken),
    dangling: looks.flatMap(({ dangling }) => dangling),
    unnoted: looks.flatMap(({ unnoted }) => unnoted),
  }
}

const newestMade = (store: LiveStore | undefined): readonly Oid[] => store?.all<{ commit: Oid }>(
  `SELECT "commit" FROM checkpoints ORDER BY id DESC LIMIT ${NEWEST}`).map(({ commit }) => commit) ?? []

/** None before the first commit. */
async function newestOfHead(repository: Repository): Promise<readonly Oid[]> {
  try {
    return (await listCommits(repository, { max: NEWEST })).map(({ oid }) => oid)
  } catch (error) {
    if (error instanceof BitloopsError) return []
    throw error
  }
}

interface Look extends Pick<CheckpointsFacts, 'broken' | 'dangling' | 'unnoted'> {
  /** The commit has a checkpoint or a note. */
  readonly has: boolean
}

async function examineCommit(reader: CheckpointReader, store: LiveStore | undefined, commit: Oid): Promise<Look> {
  const [stored, note] = await Promise.all([reader.checkpointsOf(commit), reader.readNote(commit)])
  const idOf = (one: StoredCheckpoint): CheckpointId => one.kind === 'found' ? one.record.id : one.checkpoint
  const linked = new Set(stored.map(idOf))
  const noted = new Set(note.map(({ checkpoint }) => checkpoint))
  const links = store?.all<Place>('SELECT "commit", checkpoint FROM links WHERE "commit" = ?', commit) ?? []
  const lost = links.map(({ checkpoint }) => checkpoint).filter((id) => !linked.has(id))
  const named = [...noted].filter((id) => !linked.has(id) && !lost.includes(id))
  const unnamed = stored.filter(({ kind }) => kind === 'found').map(idOf).filter((id) => !noted.has(id))
  const place = (checkpoint: CheckpointId): Place => ({ commit, checkpoint })
  return {
    has: stored.length + noted.size + lost.length > 0,
    broken: [
      ...stored.flatMap((one) => one.kind === 'found' ? [] : [{ ...place(one.checkpoint), why: whyOf(one) }]),
      ...lost.map((id) => ({ ...place(id), why: `is no longer in ${CHECKPOINTS_REF}` })),
    ],
    dangling: named.map(place),
    unnoted: unnamed.map(place),
  }
}

function whyOf(stored: LostCheckpoint): string {
  switch (stored.kind) {
    case 'missing': return 'is not in this clone, though a link leads to it'
    case 'newer': return `is in a newer format (${stored.schema}): update git-bitloops`
    case 'unreadable': return `cannot be read: ${stored.reason}`
  }
}
