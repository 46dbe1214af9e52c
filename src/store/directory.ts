// The directory projection: `.bitloops/checkpoints/v1/<commit>/{session.json,summary.md,transcript.jsonl}` in a
// working tree, the view of all checkpoints of a commit. Files are replaced whole, by rename; links in the way are
// never followed.

import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BitloopsError } from '../errors.ts'
import { directoryPath } from '../model/checkpoint.ts'
import type { CheckpointRecord } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'

/** One checkpoint's files as they are in the ref. */
export interface CheckpointFiles {
  readonly record: CheckpointRecord
  readonly summary: string
  readonly transcript: string
}

export type DirectoryMode = 'untracked' | 'tracked' | 'off'

/** Writes the view of a commit's checkpoints (in `seq` order). In `tracked` mode no existing file ever changes. */
export async function writeDirectory(
  worktree: string, commit: Oid, checkpoints: readonly CheckpointFiles[], mode: DirectoryMode,
): Promise<void> {
  if (mode === 'off' || checkpoints.length === 0) return
  const folder = directoryPath(commit)
  await refuseLinks(worktree, folder)
  if (mode === 'untracked') return writeView(join(worktree, folder), commit, checkpoints)
  for (const [at, checkpoint] of checkpoints.entries()) {
    const place = join(worktree, folder, at === 0 ? '' : checkpoint.record.id)
    if (!await exists(join(place, 'session.json'))) await writeView(place, commit, [checkpoint])
  }
}

/** The three files for one or several checkpoints. Of a transcript line that several hold, the first stays. */
export function formatView(commit: Oid, checkpoints: readonly CheckpointFiles[]): Readonly<Record<string, string>> {
  const lines = new Set(checkpoints.flatMap(({ transcript }) => transcript.split('\n').filter(Boolean)))
  const records = checkpoints.map(({ record }) => record)
  const session = { schema: 1, commit, checkpoints: records }
  return {
    'session.json': `${JSON.stringify(session, undefined, 2)}\n`,
    'summary.md': checkpoints.map(({ summary }) => summary).join('\n'),
    'transcript.jsonl': [...lines].map((line) => `${line}\n`).join(''),
  }
}

async function writeView(folder: string, commit: Oid, checkpoints: readonly CheckpointFiles[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(formatView(commit, checkpoints))) {
    const draft = join(folder, `.${name}.${process.pid}.tmp`)
    try {
      await writeFile(draft, text)
      await rename(draft, join(folder, name))
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }
}

async function refuseLinks(worktree: string, folder: string): Promise<void> {
  let path = worktree
  for (const part of folder.split('/')) {
    path = join(path, part)
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined) return
    if (!found.isDirectory()) {
      throw new BitloopsError('unsafe-file', `${path} is not a folder: nothing is written there`)
    }
  }
}

const exists = async (path: string): Promise<boolean> => await lstat(path).then(() => true, () => false)
