// The files of a commit's checkpoints as they are in the ref: what the directory projection is made of.

import { parseTree } from '../git/cat-file.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { CHECKPOINTS_REF } from '../model/checkpoint.ts'
import type { CheckpointRecord } from '../model/checkpoint.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { openCheckpointReader } from './checkpoint-reader.ts'
import type { CheckpointFiles } from './directory.ts'

/** All checkpoints linked to a commit, in order. `known` spares reading one that was written a moment ago. */
export async function readCheckpointFiles(
  reader: ObjectReader, commit: Oid,
  known?: { readonly checkpoint?: CheckpointId; readonly files: Readonly<Record<string, string>> },
): Promise<readonly CheckpointFiles[]> {
  const stored = await openCheckpointReader(reader).checkpointsOf(commit)
  const all = await Promise.all(stored.map((one) => one.kind !== 'found' ? undefined
    : known !== undefined && one.record.id === known.checkpoint ? filesOf(known.files) : readFiles(reader, one.folder)))
  return all.flatMap((one) => one ?? [])
}

async function readFiles(reader: ObjectReader, folder: string): Promise<CheckpointFiles | undefined> {
  const tree = await reader.read(`${CHECKPOINTS_REF}:${folder}`)
  if (tree?.type !== 'tree') return undefined
  const files: Record<string, string> = {}
  for (const { name, mode, oid } of parseTree(tree)) {
    if (mode === '100644') files[name] = (await reader.read(oid))?.body.toString('utf8') ?? ''
  }
  return filesOf(files)
}

function filesOf(files: Readonly<Record<string, string>>): CheckpointFiles | undefined {
  const session = files['session.json']
  if (session === undefined) return undefined
  const parts = Object.keys(files).filter((name) => name.startsWith('transcript')).sort(byPart)
  return {
    record: JSON.parse(session) as CheckpointRecord,
    summary: files['summary.md'] ?? '',
    transcript: parts.map((name) => files[name]).join(''),
  }
}

const partOf = (name: string): number => Number(/\.(\d+)\.jsonl$/.exec(name)?.[1] ?? 1)
const byPart = (left: string, right: string): number => partOf(left) - partOf(right)
