// The snapshots of a worktree: what it held before and after each turn. The rows say which turn; a ref for each session
// and worktree keeps the trees.

import { existsSync } from 'node:fs'
import { snapshotPlaceOf, sweepOwnFiles } from '../git/snapshot-place.ts'
import { takeSnapshot } from '../git/snapshot.ts'
import type { SeenStatus, Snapshot } from '../git/snapshot.ts'
import { keepObjects, snapshotsRef } from '../git/snapshot-refs.ts'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import type { Oid, SessionId } from '../model/ids.ts'
import type { LiveStore } from './live.ts'
import type { TurnPlace } from './fingerprints.ts'

/**
 * Whether a snapshot is what was there when the turn began or ended: `mended` is as good as `exact`; one that came too
 * `late` may hold something of what came after. `taken`: nobody has judged it yet.
 */
export type SnapshotState = 'taken' | 'exact' | 'mended' | 'late'

export interface SnapshotRow extends TurnPlace {
  readonly id: number
  readonly moment: 'start' | 'end'
  /** When the turn began or ended. */
  readonly toldAt: Millis
  /** When the look at the worktree was over. */
  readonly at: Millis
  readonly head: string | null
  readonly tree: Oid
  readonly state: SnapshotState
  readonly leftOut: readonly string[]
}

type StoredRow = Omit<SnapshotRow, 'leftOut'> & { readonly leftOut: string }

const COLUMNS = `id, session, turn, moment, worktree, told_at AS toldAt, at, head, tree, state, left_out AS leftOut`

const rowOf = (row: StoredRow): SnapshotRow => ({ ...row, leftOut: JSON.parse(row.leftOut) as readonly string[] })

/** All snapshots of a worktree, in the order they were taken. */
export const readSnapshots = (store: LiveStore, worktree: string): readonly SnapshotRow[] =>
  store.all<StoredRow>(`SELECT ${COLUMNS} FROM snapshots WHERE worktree = ? ORDER BY at, id`, worktree).map(rowOf)

export const findSnapshot = (store: LiveStore, id: number): SnapshotRow | undefined => {
  const row = store.get<StoredRow>(`SELECT ${COLUMNS} FROM snapshots WHERE id = ?`, id)
  return row === undefined ? undefined : rowOf(row)
}

export interface TakenSnapshot extends Snapshot {
  readonly at: Millis
  readonly head?: string
}

export type Taking =
  | { readonly kind: 'taken'; readonly snapshot: TakenSnapshot }
  /** Rewind does not offer the turn, and nothing else is the worse for it. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Never throws. */
export async function snapshotWorktree(
  repository: Repository, worktree: string, status: SeenStatus, now: () => Millis,
): Promise<Taking> {
  const place = snapshotPlaceOf(repository, worktree)
  if (place === undefined) return { kind: 'failed', reason: 'it is no worktree any more' }
  try {
    const taken = await takeSnapshot(place, status, now())
    if (taken === undefined) return { kind: 'failed', reason: 'too much is changed or untracked' }
    const { tree, leftOut } = taken
    const { head } = status
    return { kind: 'taken', snapshot: { tree, leftOut, at: now(), ...(head === undefined ? {} : { head }) } }
  } catch (error) {
    return { kind: 'failed', reason: (error as Error).message }
  }
}

/** The first snapshot of a start stays, the last one of an end. */
export function saveSnapshot(
  store: LiveStore, { session, turn, worktree }: TurnPlace, moment: 'start' | 'end', toldAt: Millis,
  { tree, leftOut, at, head }: TakenSnapshot, state: 'taken' | 'late' = 'taken',
): void {
  store.run(
    `INSERT OR ${moment === 'start' ? 'IGNORE' : 'REPLACE'} INTO snapshots
       (session, turn, moment, worktree, told_at, at, head, tree, state, left_out)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    session, turn, moment, worktree, Math.round(toldAt), Math.round(at), head ?? null, tree, state,
    JSON.stringify(leftOut))
}

/** Lets the ref of a session in a worktree keep exactly the trees of its rows. */
export async function keepSnapshots(
  store: LiveStore, repository: Repository, worktree: string, session: number,
): Promise<void> {
  const id = store.get<{ id: SessionId }>('SELECT session_id AS id FROM sessions WHERE id = ?', session)?.id
  const place = snapshotPlaceOf(repository, worktree)
  if (place === undefined || id === undefined) return
  // Whoever adds a row meanwhile reads ours too, so that the last to write has them all.
  for (let kept: string | undefined; ;) {
    const trees = treesOf(store, worktree, session)
    const wanted = trees.map(({ name }) => name).join('\n')
    if (wanted === kept) return
    await keepObjects(place, snapshotsRef(place, id), trees)
    kept = wanted
  }
}

/** Each tree once, under the number of the first row that has it. */
const treesOf = (store: LiveStore, worktree: string, session: number) => store.all<{ name: string; oid: Oid }>(
  `SELECT format('%06d', min(id)) || '-' || tree AS name, tree AS oid FROM snapshots
   WHERE worktree = ? AND session = ? GROUP BY tree ORDER BY min(id)`, worktree, session)
  .map(({ name, oid }) => ({ name, oid, kind: 'tree' as const }))

/** True when the tree is one that the session's ref keeps already: then there is nothing to write. */
export const hasTree = (store: LiveStore, { session, worktree }: Omit<TurnPlace, 'turn'>, tree: Oid): boolean =>
  store.get('SELECT 1 FROM snapshots WHERE session = ? AND worktree = ? AND tree = ?', session, worktree, tree)
    !== undefined

const DAY_MS = 24 * 3_600_000
/** Older snapshots go, and of more in one worktree the oldest. */
const KEEP_MS = 30 * DAY_MS
const KEEP_ROWS = 1000
/** So that pruning is not begun for a single row. */
const SLACK_ROWS = 100

/** Forgets what nobody will go back to. Cheap when there is nothing to forget. */
export async function pruneSnapshots(store: LiveStore, repository: Repository, now: Millis): Promise<void> {
  const full = store.all<{ worktree: string; count: number; oldest: Millis }>(
    'SELECT worktree, count(*) AS count, min(at) AS oldest FROM snapshots GROUP BY worktree')
    .filter(({ count, oldest }) => count > KEEP_ROWS + SLACK_ROWS || oldest < now - KEEP_MS - DAY_MS)
  for (const { worktree } of full) {
    const before = sessionsIn(store, worktree)
    store.run(
      `DELETE FROM snapshots WHERE worktree = ? AND (at < ? OR id NOT IN (
         SELECT id FROM snapshots WHERE worktree = ? ORDER BY at DESC, id DESC LIMIT ?))`,
      worktree, now - KEEP_MS, worktree, KEEP_ROWS)
    for (const session of before) await keepSnapshots(store, repository, worktree, session)
    const place = snapshotPlaceOf(repository, worktree)
    if (place !== undefined && existsSync(place.folder)) sweepOwnFiles(place.folder, now)
  }
}

const sessionsIn = (store: LiveStore, worktree: string): readonly number[] =>
  store.all<{ session: number }>('SELECT DISTINCT session FROM snapshots WHERE worktree = ?', worktree)
    .map(({ session }) => session)

