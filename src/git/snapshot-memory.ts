// What is remembered of the last snapshot of a worktree: its tree, and the index it was made with, so that files that
// are dirty for days are not read at every turn. All of it may be lost at any time.

import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Oid } from '../model/ids.ts'
import type { SnapshotPlace } from './snapshot-place.ts'

export interface SnapshotMemory {
  /** Of everything that was looked at. */
  readonly key: string
  /** False: a file was so young that it may have changed since without a trace. */
  readonly isSettled: boolean
  readonly tree: Oid
  readonly leftOut: readonly string[]
  /** The user's index as it was; see `sightOf`. */
  readonly userIndex: string
  /** Paths in which our index differs from the user's: those in both, and those in ours alone. */
  readonly tracked: readonly string[]
  readonly untracked: readonly string[]
  /** Path of our index. */
  readonly index: string
}

type Kept = Omit<SnapshotMemory, 'index'> & { readonly ownIndex: string }

const fileOf = (place: SnapshotPlace, end: string): string =>
  join(place.folder, `${place.name.replaceAll('/', '-')}.${end}`)

/** Tells one state of an index from another: git never writes into one, it puts another in its place. */
export function sightOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeNs}`
}

/** Undefined where there is none, or where it and the index do not fit together. */
export function readMemory(place: SnapshotPlace): SnapshotMemory | undefined {
  try {
    const index = fileOf(place, 'index')
    const { ownIndex, ...kept } = JSON.parse(readFileSync(fileOf(place, 'json'), 'utf8')) as Kept
    return ownIndex === sightOf(index) ? { ...kept, index } : undefined
  } catch {
    return undefined
  }
}

/** Keeps the index (it is moved) and what it means. */
export function writeMemory(place: SnapshotPlace, made: string, memory: Omit<SnapshotMemory, 'index'>): void {
  const index = fileOf(place, 'index')
  const kept: Kept = { ...memory, ownIndex: sightOf(made) }
  renameSync(made, index)
  writeFileSync(`${made}.json`, JSON.stringify(kept), { mode: 0o600 })
  renameSync(`${made}.json`, fileOf(place, 'json'))
}
