// Reads checkpoints out of the ref with git alone, so that tests do not believe the readers they test.

import { checkpointPath, CHECKPOINTS_REF, linksPath } from '../../src/model/checkpoint.ts'
import type { CheckpointRecord, LinkRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { Oid } from '../../src/model/ids.ts'
import type { TestRepository } from './repository.ts'
import { until } from './repository.ts'

export interface LinkedCheckpoint {
  readonly link: LinkRecord
  readonly record: CheckpointRecord
  readonly entries: readonly TranscriptEntry[]
}

/** The checkpoints linked to a commit, in the order of `seq`. */
export async function readLinked(repository: TestRepository, revision = 'HEAD'): Promise<readonly LinkedCheckpoint[]> {
  const commit = await repository.git('rev-parse', `${revision}^{commit}`) as Oid
  const listing = await repository.tryGit('ls-tree', '--name-only', CHECKPOINTS_REF, `${linksPath(commit)}/`)
  const paths = listing.code === 0 ? listing.stdout.split('\n').filter((path) => path.endsWith('.json')) : []
  const read = (path: string): Promise<string> => repository.git('cat-file', 'blob', `${CHECKPOINTS_REF}:${path}`)
  const linked = await Promise.all(paths.map(async (path) => {
    const link = JSON.parse(await read(path)) as LinkRecord
    const record = await readRecord(repository, link)
    const folder = checkpointPath(record.origin.commit, record.id)
    const lines = (await read(`${folder}/transcript.jsonl`)).split('\n').filter(Boolean)
    return { link, record, entries: lines.map((line) => JSON.parse(line) as TranscriptEntry) }
  }))
  return linked.sort((one, other) => one.record.seq - other.record.seq)
}

async function readRecord(repository: TestRepository, link: LinkRecord): Promise<CheckpointRecord> {
  const folder = checkpointPath(link.origin ?? link.from ?? link.commit, link.checkpoint)
  const text = await repository.git('cat-file', 'blob', `${CHECKPOINTS_REF}:${folder}/session.json`)
  return JSON.parse(text) as CheckpointRecord
}

/** The one checkpoint of a commit; more or none fails. */
export async function readOnly(repository: TestRepository, revision = 'HEAD'): Promise<LinkedCheckpoint> {
  const linked = await readLinked(repository, revision)
  if (linked.length === 1) return linked[0]!
  throw new Error(`${revision} has ${linked.length} checkpoints, not one\n${await logOf(repository)}`)
}

/** The sessions behind a commit, each once. */
export async function sessionsBehind(repository: TestRepository, revision = 'HEAD'): Promise<readonly string[]> {
  const linked = await readLinked(repository, revision)
  return [...new Set(linked.flatMap(({ record }) => record.sessions.map(({ session }) => session)))].sort()
}

/** Waits for what is done in the background: a continuation is made when the turn's last hook was recorded. */
export async function waitForLinked(
  repository: TestRepository, count: number, revision = 'HEAD',
): Promise<readonly LinkedCheckpoint[]> {
  const isThere = async (): Promise<boolean> => (await readLinked(repository, revision)).length >= count
  await until(`${revision} has ${count} checkpoints`, isThere)
  return await readLinked(repository, revision)
}

/** The lines of a commit's note, none when it has none. */
export async function noteOf(repository: TestRepository, revision = 'HEAD'): Promise<readonly string[]> {
  const note = await repository.tryGit('notes', '--ref', 'bitloops', 'show', revision)
  return note.code === 0 ? note.stdout.split('\n').filter(Boolean) : []
}

/** What the hooks complained of; for messages of failing tests. */
async function logOf(repository: TestRepository): Promise<string> {
  return (await repository.sh(`cat '${repository.bitloopsHome}/log' 2>/dev/null`)).stdout
}

/** Everything that was said or done, as one text. */
export const textOf = (checkpoint: LinkedCheckpoint): string => JSON.stringify(checkpoint.entries)
