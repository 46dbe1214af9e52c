// Puts a snapshot right that came after the first edits of its turn: for each path the text from before the first edit,
// found by the digest that the tool told, or nothing where there was no file.

import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { git, runGit } from '../git/git.ts'
import type { Repository } from '../git/repository.ts'
import { snapshotPlaceOf } from '../git/snapshot-place.ts'
import { ownFile } from '../git/snapshot-place.ts'
import type { SnapshotPlace } from '../git/snapshot-place.ts'
import { putInIndex, withIndex, writeIndexTree } from '../git/snapshot.ts'
import type { IndexChange } from '../git/snapshot.ts'
import type { Hunk } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import { textsBefore } from '../model/restore-text.ts'
import type { SnapshotRow } from './snapshots.ts'

export interface EarlyEdit {
  readonly path: string
  readonly call: string
  /** As in `FileChange`. */
  readonly before: string | null | undefined
  readonly after: string | null | undefined
  readonly hunks: readonly Hunk[] | undefined
}

/** Undefined where the text of one path is not to be found: then nothing is put right. */
export async function mendTree(
  repository: Repository, row: SnapshotRow, edits: readonly EarlyEdit[],
): Promise<Oid | undefined> {
  const place = snapshotPlaceOf(repository, row.worktree)
  if (place === undefined) return undefined
  const changes: IndexChange[] = []
  for (const path of new Set(edits.map((edit) => edit.path))) {
    const change = await changeOf(place, row, path, edits.filter((edit) => edit.path === path))
    if (change === undefined) return undefined
    changes.push(change)
  }
  return await changeTree(place, row.tree, changes)
}

async function changeOf(
  place: SnapshotPlace, row: SnapshotRow, path: string, edits: readonly EarlyEdit[],
): Promise<IndexChange | undefined> {
  const before = edits[0]?.before
  if (before === undefined) return undefined
  if (before === null) return { path }
  const held = await readEntry(place, row.tree, path)
  const text = await findText(place, row, path, edits, before)
  if (text === undefined) return undefined
  const oid = await git(place, ['hash-object', '-w', '--stdin', `--path=${path}`], { input: text })
  return { path, entry: { mode: held?.mode ?? '100644', oid: oid.toString('latin1').trim() as Oid } }
}

/** The file as it was committed, or as the edits, taken back one by one, leave it. */
async function findText(
  place: SnapshotPlace, row: SnapshotRow, path: string, edits: readonly EarlyEdit[], digest: string,
): Promise<Buffer | undefined> {
  const committed = row.head === null ? undefined : await readFiltered(place, row.head, path)
  if (committed !== undefined && sha256(committed) === digest) return committed
  const now = await readFiltered(place, row.tree, path)
  if (now === undefined) return undefined
  if (sha256(now) === digest) return now
  const last = edits.findLastIndex(({ after }) => after === sha256(now))
  let texts: readonly string[] = [now.toString('utf8')]
  for (const { hunks } of edits.slice(0, last + 1).reverse()) {
    texts = hunks === undefined ? [] : texts.flatMap((text) => textsBefore(text, hunks)).slice(0, MAX_VARIANTS)
  }
  return texts.map((text) => Buffer.from(text)).find((text) => sha256(text) === digest)
}

/** Each step may or may not have ended in a newline. */
const MAX_VARIANTS = 64

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

async function readEntry(place: SnapshotPlace, tree: string, path: string): Promise<{ mode: string } | undefined> {
  const said = await runGit(place, ['ls-tree', '-z', '--full-tree', tree, '--', path])
  const mode = /^(100644|100755) blob /.exec(said.stdout.toString('latin1'))?.[1]
  return mode === undefined ? undefined : { mode }
}

/** A file as a checkout would write it. */
async function readFiltered(place: SnapshotPlace, tree: string, path: string): Promise<Buffer | undefined> {
  const answer = await runGit(place, ['cat-file', '--filters', `${tree}:${path}`])
  return answer.code === 0 ? answer.stdout : undefined
}

async function changeTree(place: SnapshotPlace, tree: Oid, changes: readonly IndexChange[]): Promise<Oid> {
  const index = ownFile(place)
  try {
    const own = withIndex(place, index)
    await git(own, ['read-tree', tree])
    await putInIndex(own, changes)
    return await writeIndexTree(own)
  } finally {
    rmSync(index, { force: true })
  }
}
