// The journal of a rewind under way: written before the first file is, taken away after the last. Whoever finds one
// knows that a rewind was killed, and has all that is needed to go on or to go back.

import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { Entry } from '../model/union.ts'

export interface RewindJournal {
  readonly schema: 1
  /** Absolute root of the worktree. */
  readonly worktree: string
  readonly startedAt: Millis
  /** Ref of the state from before it began. */
  readonly kept: string
  /** Back to a snapshot, or to a state that is kept. */
  readonly work:
    | {
      readonly kind: 'rewind'
      readonly snapshot: number
      readonly writes: readonly { readonly path: string; readonly entry: Entry }[]
      readonly deletions: readonly string[]
      /** HEAD and the index go to this commit. */
      readonly reset?: Oid
    }
    | {
      readonly kind: 'undo'
      readonly to: string
      /** The rewind that is undone, where it had been done. */
      readonly rewind?: number
      readonly withIndex: boolean
      /** HEAD goes back to `to`, as long as it is at `from`. */
      readonly head?: { readonly from: Oid; readonly to: Oid; readonly branch?: string }
    }
}

const fileOf = (home: string): string => join(home, 'rewind.json')

/** Whether a rewind is under way, or was interrupted. */
export const isRewindOpen = (home: string): boolean => existsSync(fileOf(home))

/** Undefined when no rewind was interrupted. One that cannot be read is an error: something may be half done. */
export function readJournal(home: string): RewindJournal | undefined {
  if (!isRewindOpen(home)) return undefined
  return JSON.parse(readFileSync(fileOf(home), 'utf8')) as RewindJournal
}

/** False where another rewind is under way, or was interrupted. */
export function beginJournal(home: string, journal: RewindJournal): boolean {
  const made = write(home, journal)
  try {
    linkSync(made, fileOf(home))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(made, { force: true })
  }
}

/** Puts another journal in the place of the one that is there. */
export const replaceJournal = (home: string, journal: RewindJournal): void =>
  renameSync(write(home, journal), fileOf(home))

export const endJournal = (home: string): void => rmSync(fileOf(home), { force: true })

function write(home: string, journal: RewindJournal): string {
  const folder = join(home, 'snapshots')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = join(folder, `rewind-${process.pid}.tmp`)
  writeFileSync(made, JSON.stringify(journal), { mode: 0o600, flush: true })
  return made
}
