// The commit each worktree was at when we last looked. Commits made since, that no hook saw, are found from there.

import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { LiveStore } from './live.ts'

export const readHead = (store: LiveStore, worktree: string): Oid | undefined =>
  store.get<{ oid: Oid }>(`SELECT oid FROM heads WHERE worktree = ?`, worktree)?.oid

export const markHead = (store: LiveStore, worktree: string, oid: Oid, at: Millis): void => {
  store.run(`INSERT INTO heads (worktree, oid, at) VALUES (?, ?, ?)
    ON CONFLICT (worktree) DO UPDATE SET oid = excluded.oid, at = excluded.at`, worktree, oid, at)
}
