// The commit each worktree was at when we last looked. Commits made since, that no hook saw, are found from there.

import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { LiveStore } from './live.ts'

export const readHead = (store: LiveStore, worktree: string): Oid | undefined =>
  store.get<{ oid: Oid }>(`SELECT oid FROM heads WHERE worktree = ?`, worktree)?.oid

/** Remembers where HEAD of this worktree is. */
export function markHead(store: LiveStore, { gitDir, worktree }: Repository, oid: Oid, at: Millis): void {
  if (worktree === undefined) return
  writeFileSync(seenFile(gitDir), '', { mode: 0o600 })
  store.run(`INSERT INTO heads (worktree, oid, at) VALUES (?, ?, ?)
    ON CONFLICT (worktree) DO UPDATE SET oid = excluded.oid, at = excluded.at`, worktree, oid, at)
}

/**
 * Whether HEAD may have moved since `markHead`: two file times tell, without a process. Without a reflog, nobody
 * knows: no.
 */
export function mayHaveMoved(gitDir: string): boolean {
  const moved = timeOf(join(gitDir, 'logs', 'HEAD'))
  const seen = timeOf(seenFile(gitDir))
  return moved !== undefined && (seen === undefined || moved > seen)
}

const seenFile = (gitDir: string): string => join(gitDir, 'bitloops-seen')

function timeOf(path: string): Millis | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}
