// Writes and deletes files of a worktree. Git writes them, so that filters, line ends and modes are those of a
// checkout; nothing is followed or cleared away that was not looked at just before. Doing it twice is harmless.

import { readdirSync, rmSync, rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { Entry } from '../model/union.ts'
import { git } from './git.ts'
import { ownFile } from './snapshot-place.ts'
import type { SnapshotPlace } from './snapshot-place.ts'
import { putInIndex, withIndex } from './snapshot.ts'
import { nestedIn } from './restore-look.ts'
import { openWorktreeFiles } from './worktree-files.ts'

export interface FileChanges {
  readonly writes: readonly { readonly path: string; readonly entry: Entry }[]
  readonly deletions: readonly string[]
}

/** Throws `refused` before anything else is touched where something lies in the way that nobody counted on. */
export async function restoreFiles(place: SnapshotPlace, { writes, deletions }: FileChanges): Promise<void> {
  for (const path of deletions) deleteFile(place.cwd, path)
  // Filters are chosen by the attributes that lie in the worktree: those come first.
  const [attributes, others] = [writes.filter(isAttributes), writes.filter((write) => !isAttributes(write))]
  for (const some of [attributes, others]) if (some.length > 0) await checkOut(place, some)
}

const isAttributes = ({ path }: { readonly path: string }): boolean =>
  path === '.gitattributes' || path.endsWith('/.gitattributes')

/** Takes a file or a link away, and the folders that are empty then. */
export function deleteFile(root: string, path: string): void {
  const files = openWorktreeFiles(root)
  refuseIf(nestedIn(files)(path), path)
  const found = files.find(path)
  if (found === undefined) return
  refuseIf(found.isDirectory(), path)
  unlinkSync(join(root, path))
  try {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) rmdirSync(join(root, folder))
  } catch {
    // It holds something else.
  }
}

async function checkOut(place: SnapshotPlace, writes: FileChanges['writes']): Promise<void> {
  makeWay(place.cwd, writes.map(({ path }) => path))
  const index = ownFile(place)
  try {
    const own = withIndex(place, index)
    await putInIndex(own, writes)
    await git(own, ['checkout-index', '--force', '--all'])
  } finally {
    rmSync(index, { force: true })
  }
}

/** Git would clear away folders and follow nothing but its own rules: what it would clear away has to be empty. */
export function makeWay(root: string, paths: readonly string[]): void {
  const files = openWorktreeFiles(root)
  const isNested = nestedIn(files)
  for (const path of paths) {
    refuseIf(isNested(path) || files.findObstacle(path) !== undefined, path)
    if (files.find(path)?.isDirectory() === true) refuseIf(!removeEmpty(join(root, path)), path)
  }
}

/** Takes a folder away that holds nothing but empty folders; false when it holds a file. */
function removeEmpty(folder: string): boolean {
  const entries = readdirSync(folder, { withFileTypes: true })
  if (!entries.every((entry) => entry.isDirectory() && removeEmpty(join(folder, entry.name)))) return false
  rmdirSync(folder)
  return true
}

function refuseIf(is: boolean, path: string): void {
  if (is) throw new BitloopsError('refused', `something else lies at ${path} now`, 'look at it, and try again')
}
