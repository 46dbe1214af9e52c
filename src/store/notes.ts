// The notes projection: where a commit's note lies in the tree of `refs/notes/bitloops`, and what it says now.

import { parseTree } from '../git/objects.ts'
import type { ObjectReader } from '../git/objects.ts'
import type { Oid } from '../model/ids.ts'

export interface PresentNote {
  /** All paths of the commit's note, at any fan-out. */
  readonly paths: readonly string[]
  /** Their texts, one after the other. */
  readonly text: string
}

/** The one path we write: a folder of the first two digits. Git reads any depth. */
export const notePath = (commit: Oid): string => `${commit.slice(0, 2)}/${commit.slice(2)}`

/** Finds the note of a commit at every fan-out that git may have made; costs one tree per level. */
export async function readNote(reader: ObjectReader, tip: Oid | undefined, commit: Oid): Promise<PresentNote> {
  if (tip === undefined) return { paths: [], text: '' }
  const found: { path: string; oid: Oid }[] = []
  await descend(reader, `${tip}^{tree}`, '', commit, found)
  const blobs = await Promise.all(found.map(({ oid }) => reader.read(oid)))
  return { paths: found.map(({ path }) => path), text: blobs.map((blob) => blob?.body.toString('utf8') ?? '').join('\n') }
}

async function descend(
  reader: ObjectReader, tree: string, prefix: string, rest: string, found: { path: string; oid: Oid }[],
): Promise<void> {
  const object = await reader.read(tree)
  if (object?.type !== 'tree') return
  for (const { name, oid, mode } of parseTree(object)) {
    if (name === rest) found.push({ path: prefix + name, oid })
    else if (mode === '40000' && name.length === 2 && rest.startsWith(name)) {
      await descend(reader, oid, `${prefix}${name}/`, rest.slice(2), found)
    }
  }
}
