// Git's objects as bytes, wherever they come from: the git executable, a remote over HTTP, a native library.

import type { Oid } from '../model/ids.ts'

export interface GitObject {
  readonly oid: Oid
  readonly type: 'commit' | 'tree' | 'blob' | 'tag'
  readonly body: Buffer
}

export interface TreeEntry {
  readonly mode: string
  readonly name: string
  readonly oid: Oid
}

/** The narrow interface that everything is read through which lies in a repository. */
export interface ObjectReader {
  /** The object of a name (`HEAD`, an oid, `<rev>:<path>`), or undefined when there is none. Names hold no newline. */
  read(name: string): Promise<GitObject | undefined>
  close(): void
}

/** One entry of a raw tree object: in a large tree much faster than to take all of it apart. */
export function findEntry({ oid, body }: GitObject, name: string): TreeEntry | undefined {
  const width = oid.length / 2
  const wanted = Buffer.from(`${name}\0`)
  // Most that is asked for is not there. Where these bytes are, they may also be part of an id.
  if (!body.includes(` ${name}\0`)) return undefined
  let position = 0
  while (position < body.length) {
    const begin = body.indexOf(32, position) + 1
    const end = body.indexOf(0, begin)
    if (begin === 0 || end < 0) break
    if (end - begin === wanted.length - 1 && body.compare(wanted, 0, wanted.length, begin, end + 1) === 0) {
      const found = body.toString('hex', end + 1, end + 1 + width) as Oid
      return { mode: body.toString('latin1', position, begin - 1), name, oid: found }
    }
    position = end + 1 + width
  }
  return undefined
}

/** The entries of a raw tree object, in git's order. */
export function parseTree(tree: GitObject): readonly TreeEntry[] {
  const width = tree.oid.length / 2
  const entries: TreeEntry[] = []
  let position = 0
  while (position < tree.body.length) {
    const space = tree.body.indexOf(32, position)
    const zero = tree.body.indexOf(0, space)
    if (space < 0 || zero < 0) break
    entries.push({
      mode: tree.body.toString('latin1', position, space),
      name: tree.body.toString('utf8', space + 1, zero),
      oid: tree.body.toString('hex', zero + 1, zero + 1 + width) as Oid,
    })
    position = zero + 1 + width
  }
  return entries
}
