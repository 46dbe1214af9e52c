// Turns in a repository whose snapshots a test looks at.

import { payloads, recorderOf } from './recorder.ts'
import type { Recorder } from './recorder.ts'
import { makeRepository } from './repository.ts'
import type { RepositoryOptions } from './repository.ts'
import { readSnapshots } from '../../src/store/snapshots.ts'
import type { SnapshotRow } from '../../src/store/snapshots.ts'

export async function withTurns(
  work: (recorder: Recorder, told: ReturnType<typeof payloads>) => Promise<void>,
  { files = { 'a.ts': 'a\n', 'b.ts': 'b\n' }, ...options }: RepositoryOptions & {
    readonly files?: Readonly<Record<string, string>> | null
  } = {},
): Promise<void> {
  const repository = await makeRepository(options)
  if (files !== null) await repository.commit('Begin', files)
  const recorder = await recorderOf(repository)
  try {
    await work(recorder, payloads(repository.root))
  } finally {
    recorder.close()
  }
}

export const rowsOf = ({ store, repository }: Recorder): readonly SnapshotRow[] => readSnapshots(store, repository.root)
export const namesIn = async (recorder: Recorder, tree: string): Promise<readonly string[]> =>
  (await recorder.repository.git('ls-tree', '-r', '--name-only', tree)).split('\n').filter(Boolean)
