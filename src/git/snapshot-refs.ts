// Keeps trees from being collected: a ref leads to a tree that has them as its folders. The refs are local, few (one
// for each session in a worktree), and no commits, so that `git log --all` does not show them.

import type { Oid } from '../model/ids.ts'
import { git, outputOf, runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { refWord } from './snapshot-place.ts'
import type { SnapshotPlace } from './snapshot-place.ts'

const SNAPSHOTS = 'refs/bitloops/snapshots'
const UNDO = 'refs/bitloops/undo'

export const snapshotsRef = ({ name }: SnapshotPlace, session: string): string =>
  `${SNAPSHOTS}/${name}/${refWord(session)}`

export const undoRefsOf = ({ name }: SnapshotPlace): string => `${UNDO}/${name}`

/** One object below a ref. */
export interface KeptObject {
  readonly name: string
  readonly kind: 'tree' | 'blob'
  readonly oid: Oid
}

/** Makes the tree that holds these, each under its name. */
async function writeShelf(place: GitPlace, objects: readonly KeptObject[]): Promise<Oid> {
  const lines = objects.map(({ name, kind, oid }) =>
    `${kind === 'tree' ? '040000' : '100644'} ${kind} ${oid}\t${name}\0`)
  return (await git(place, ['mktree', '-z'], { input: lines.join('') })).toString('latin1').trim() as Oid
}

/** Lets a ref lead to these objects and no others. */
export async function keepObjects(place: GitPlace, ref: string, objects: readonly KeptObject[]): Promise<void> {
  if (objects.length === 0) await runGit(place, ['update-ref', '-d', ref])
  else await git(place, ['update-ref', ref, await writeShelf(place, objects)])
}

/** Keeps the objects below a ref that is new, and named by its time (ms, or the next that is free). */
export async function keepForUndo(place: SnapshotPlace, at: number, objects: readonly KeptObject[]): Promise<string> {
  const shelf = await writeShelf(place, objects)
  const none = '0'.repeat(shelf.length)
  for (let time = Math.round(at); ; time += 1) {
    const ref = `${undoRefsOf(place)}/${time}`
    const made = await runGit(place, ['update-ref', ref, shelf, none])
    if (made.code === 0) return ref
    const isTaken = (await runGit(place, ['rev-parse', '--quiet', '--verify', ref])).code === 0
    if (!isTaken) outputOf('update-ref', made)
  }
}

export const writeBlob = async (place: GitPlace, bytes: Buffer | string): Promise<Oid> =>
  (await git(place, ['hash-object', '-w', '--stdin'], { input: bytes })).toString('latin1').trim() as Oid
