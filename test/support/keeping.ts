// Words for scenarios about session checkpoints: a repository with the strategy `session`, and what was kept in it.

import { CHECKPOINTS_REF, checkpointPath } from '../../src/model/checkpoint.ts'
import type { CheckpointRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { makeInitialised, until } from './repository.ts'
import type { RepositoryOptions, TestRepository } from './repository.ts'

export interface StoredCheckpointFiles {
  readonly record: CheckpointRecord
  readonly entries: readonly TranscriptEntry[]
}

export async function makeKeeping(options: RepositoryOptions = {}): Promise<TestRepository> {
  const repository = await makeInitialised(options)
  await repository.git('config', 'bitloops.strategy', 'session')
  return repository
}

/** Every checkpoint in the ref, linked or not, read by git alone. */
export async function readAll(repository: TestRepository): Promise<readonly StoredCheckpointFiles[]> {
  const listing = await repository.tryGit('ls-tree', '-r', '--name-only', CHECKPOINTS_REF)
  const places = listing.stdout.split('\n').flatMap((path): [Oid, CheckpointId][] => {
    const [, commit, id] = /^\.bitloops\/checkpoints\/v1\/..\/(\w+)\/(\w+)\/session\.json$/.exec(path) ?? []
    return commit === undefined || id === undefined ? [] : [[commit as Oid, id as CheckpointId]]
  })
  return await Promise.all(places.map(async ([commit, id]) => {
    const read = (name: string): Promise<string> =>
      repository.git('cat-file', 'blob', `${CHECKPOINTS_REF}:${checkpointPath(commit, id)}/${name}`)
    const [json, lines] = await Promise.all([read('session.json'), read('transcript.jsonl')])
    return {
      record: JSON.parse(json) as CheckpointRecord,
      entries: lines.split('\n').filter(Boolean).map((line) => JSON.parse(line) as TranscriptEntry),
    }
  }))
}

export const readSessions = async (repository: TestRepository): Promise<readonly StoredCheckpointFiles[]> =>
  (await readAll(repository)).filter(({ record }) => record.kind === 'session')

/** Waits until so many sessions were kept, by the drain. */
export async function waitForSessions(
  repository: TestRepository, count: number,
): Promise<readonly StoredCheckpointFiles[]> {
  await until(`${count} sessions are kept`, async () => (await readSessions(repository)).length >= count)
  return await readSessions(repository)
}

export const promptsOf = (checkpoints: readonly StoredCheckpointFiles[]): readonly string[] =>
  checkpoints.flatMap(({ record }) => record.sessions.flatMap(({ turns }) => turns))
    .flatMap(({ prompt }) => prompt ?? [])
