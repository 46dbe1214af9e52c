// What lies behind the links of a commit, with as much of the transcripts as is wanted.

import type { TranscriptEntry } from '../model/checkpoint.ts'
import type { CommitExplanation, FoundCheckpoint, ReadCheckpoint, StoredCheckpoint } from '../model/explanation.ts'
import type { CheckpointReader } from './checkpoint-reader.ts'

export type WantedEntries = 'none' | 'reasoning' | 'all'

export async function readLinked(
  reader: CheckpointReader, stored: readonly StoredCheckpoint[], entries: WantedEntries,
): Promise<Pick<CommitExplanation, 'checkpoints' | 'lost'>> {
  const found = stored.filter((each) => each.kind === 'found')
  const checkpoints = await Promise.all(found.map(async (each): Promise<ReadCheckpoint> =>
    ({ ...each, entries: await readEntries(reader, each, entries) })))
  return { checkpoints, lost: stored.filter((each) => each.kind !== 'found') }
}

async function readEntries(
  reader: CheckpointReader, found: FoundCheckpoint, entries: WantedEntries,
): Promise<readonly TranscriptEntry[]> {
  if (entries === 'none') return []
  if (entries === 'all') return await reader.readTranscript(found)
  const read = await reader.readTranscript(found, (line) => line.includes('"reasoning"'))
  return read.filter(({ kind }) => kind === 'reasoning')
}
