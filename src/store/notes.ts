// The notes projection: where a commit's note lies in the tree of `refs/notes/bitloops`, and what it says now.

import { findEntry, parseTree } from '../git/objects.ts'
import type { GitObject, ObjectReader } from '../git/objects.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'

export interface PresentNote {
  /** All paths of the commit's note, at any fan-out. */
  readonly paths: readonly string[]
  /** Their texts, one after the other. */
  readonly text: string
}

/** The one path we write: a folder of the first two digits. Git reads any depth. */
export const notePath = (commit: Oid): string => `${commit.slice(0, 2)}/${commit.slice(2)}`

/** Undefined where there is no tree of that name. */
export type Trees = (name: string) => Promise<GitObject | undefined>

const openTrees = (reader: ObjectReader): Trees => async (name) => {
  const object = await reader.read(name)
  return object?.type === 'tree' ? object : undefined
}

/** Reads each tree once: for many notes of one tip. */
export function rememberTrees(reader: ObjectReader): Trees {
  const known = new Map<string, Promise<GitObject | undefined>>()
  const read = openTrees(reader)
  return (name) => {
    const tree = known.get(name) ?? read(name)
    known.set(name, tree)
    return tree
  }
}

/** Finds the note of a commit at every fan-out that git may have made; costs one tree per level. */
export async function readNote(
  reader: ObjectReader, tip: Oid | undefined, commit: Oid, trees = openTrees(reader),
): Promise<PresentNote> {
  if (tip === undefined) return { paths: [], text: '' }
  const found: { path: string; oid: Oid }[] = []
  await descend(trees, `${tip}^{tree}`, '', commit, found)
  const blobs = await Promise.all(found.map(({ oid }) => reader.read(oid)))
  const texts = blobs.map((blob) => blob?.body.toString('utf8') ?? '')
  return { paths: found.map(({ path }) => path), text: texts.join('\n') }
}

async function descend(
  trees: Trees, tree: string, prefix: string, rest: string, found: { path: string; oid: Oid }[],
): Promise<void> {
  const object = await trees(tree)
  if (object === undefined) return
  const beginning = rest.slice(0, 2)
  const [folder, note] = [findEntry(object, beginning), findEntry(object, rest)]
  if (folder?.mode === '40000' && beginning !== rest) {
    await descend(trees, folder.oid, `${prefix}${beginning}/`, rest.slice(2), found)
  }
  if (note !== undefined) found.push({ path: prefix + rest, oid: note.oid })
}

/** The commits that have a note and whose ids begin so, at any fan-out. */
export async function listNoted(
  reader: ObjectReader, tip: Oid | undefined, beginning: string,
): Promise<readonly Oid[]> {
  const list = async (tree: string, prefix: string): Promise<readonly Oid[]> => {
    const object = await reader.read(tree)
    if (object?.type !== 'tree') return []
    const found = await Promise.all(parseTree(object).map(async ({ name, oid, mode }) => {
      const whole = prefix + name
      if (mode !== '40000') return isOid(whole) && whole.startsWith(beginning) ? [whole] : []
      const mayHold = name.length === 2 && (whole.startsWith(beginning) || beginning.startsWith(whole))
      return mayHold ? await list(oid, whole) : []
    }))
    return found.flat()
  }
  return tip === undefined ? [] : await list(`${tip}^{tree}`, '')
}
