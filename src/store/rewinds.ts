// What rewind did in a worktree, and the states of that worktree which are known, rewinds included.

import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { Evidence, KnownState } from '../model/restore-authors.ts'
import type { LiveStore } from './live.ts'
import type { SnapshotRow } from './snapshots.ts'

export interface RewindRow {
  readonly id: number
  readonly worktree: string
  readonly at: Millis
  /** Ref of what was there before. */
  readonly kept: string
  /** What the worktree held afterwards. */
  readonly tree: Oid
  /** Of the snapshot it went to. */
  readonly target: number | null
  /** The commit that HEAD and the index went to, where they were moved. */
  readonly reset: Oid | null
  /** Of the rewind it undid. */
  readonly undoes: number | null
  readonly undone: 0 | 1
}

const COLUMNS = 'id, worktree, at, kept, tree, target, reset, undoes, undone'

export const readRewinds = (store: LiveStore, worktree: string): readonly RewindRow[] =>
  store.all<RewindRow>(`SELECT ${COLUMNS} FROM rewinds WHERE worktree = ? ORDER BY at, id`, worktree)

/** The last one that was not undone. */
export const findUndoable = (store: LiveStore, worktree: string): RewindRow | undefined =>
  store.get<RewindRow>(
    `SELECT ${COLUMNS} FROM rewinds WHERE worktree = ? AND target IS NOT NULL AND undone = 0
     ORDER BY at DESC, id DESC LIMIT 1`, worktree)

/** Doing it twice leaves one row. */
export function saveRewind(store: LiveStore, row: Omit<RewindRow, 'id' | 'undone'>): void {
  store.transaction(() => {
    store.run(
      'INSERT OR IGNORE INTO rewinds (worktree, at, kept, tree, target, reset, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)',
      row.worktree, Math.round(row.at), row.kept, row.tree, row.target, row.reset, row.undoes)
    if (row.undoes !== null) store.run('UPDATE rewinds SET undone = 1 WHERE id = ?', row.undoes)
  })
}

/** Rewinds of which nothing is kept any more cannot be undone. */
export function forgetKept(store: LiveStore, worktree: string, kept: ReadonlySet<string>): void {
  for (const { id, kept: ref } of readRewinds(store, worktree)) {
    if (!kept.has(ref)) store.run('UPDATE rewinds SET undone = 1 WHERE id = ?', id)
  }
}

/** The known states of a worktree by time, and the place of each snapshot in them. Sessions are named by their rows. */
export function knownStates(
  snapshots: readonly SnapshotRow[], rewinds: readonly RewindRow[],
): { readonly states: readonly KnownState[]; readonly placeOf: ReadonlyMap<number, number> } {
  const all = [
    ...snapshots.map((row) => ({ at: row.at, row, rewind: undefined })),
    ...rewinds.map((rewind) => ({ at: rewind.at, row: undefined, rewind })),
  ].sort((one, other) => one.at - other.at)
  const placeOf = new Map(all.flatMap(({ row }, at) => row === undefined ? [] : [[row.id, at] as const]))
  const placeOfRewind = new Map(all.flatMap(({ rewind }, at) => rewind === undefined ? [] : [[rewind.id, at] as const]))
  const states = all.map(({ at, row, rewind }, place): KnownState => {
    if (row !== undefined) {
      const isExact = row.state === 'exact' || row.state === 'mended'
      return { at, tree: row.tree, kind: row.moment, session: String(row.session), isExact }
    }
    const target = rewind.target === null ? undefined : placeOf.get(rewind.target)
    // What was undone leads back to what was there before it.
    const undone = rewind.undoes === null ? undefined : placeOfRewind.get(rewind.undoes)
    const backTo = target ?? (undone === undefined ? undefined : undone - 1)
    // A later state is none to go back to: its snapshot was taken anew since.
    return {
      at, tree: rewind.tree, kind: 'rewind', isExact: true,
      ...(backTo === undefined || backTo >= place ? {} : { backTo }),
    }
  })
  return { states, placeOf }
}

/** The file changes in a worktree after a time, by whomever. */
export function readEvidence(store: LiveStore, worktree: string, since: Millis): readonly Evidence[] {
  const rows = store.all<Evidence & { readonly fromPath: string | null }>(
    `SELECT path, from_path AS fromPath, at, CAST(session AS TEXT) AS session, evidence FROM edits
     WHERE worktree = ? AND at > ? AND settled IS NOT 'copied'`, worktree, since)
  return rows.flatMap(({ fromPath, ...row }) => fromPath === null ? [row] : [row, { ...row, path: fromPath }])
}
