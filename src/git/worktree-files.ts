// Looks at files of a worktree without ever following a symbolic link, not even in the folders above.

import { lstatSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'

export interface WorktreeFiles {
  /** What lies at a path; undefined: nothing, or something beyond a link or a file. */
  find(path: string): BigIntStats | undefined
  /** The first of the folders above a path that is there and is no folder, from the root down. */
  findObstacle(path: string): string | undefined
}

/** Remembers the folders it saw; make one for each look. `path` has `/` between. */
export function openWorktreeFiles(root: string): WorktreeFiles {
  const known = new Map<string, 'folder' | 'nothing' | 'other'>()

  const look = (path: string): BigIntStats | undefined => {
    try {
      return lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false })
    } catch (error) {
      // A file stands where a folder would have to be.
      if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
      throw error
    }
  }
  const kindOf = (folder: string): 'folder' | 'nothing' | 'other' => {
    const before = known.get(folder)
    if (before !== undefined) return before
    const found = look(folder)
    const kind = found === undefined ? 'nothing' : found.isDirectory() ? 'folder' : 'other'
    known.set(folder, kind)
    return kind
  }
  const findObstacle = (path: string): string | undefined =>
    foldersAbove(path).find((folder) => kindOf(folder) === 'other')
  return {
    find: (path) => findObstacle(path) === undefined ? look(path) : undefined,
    findObstacle,
  }
}

/** `a`, `a/b` for `a/b/c`. */
export function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
