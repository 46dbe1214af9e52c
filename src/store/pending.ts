// The marker `<home>/pending`: it tells the post-commit hook, without a process, that recorded edits wait for a commit.
// Both directions happen under the store's write lock, so that no edit is ever left without its marker.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LiveStore } from './live.ts'

export const pendingMarker = (home: string): string => join(home, 'pending')

/** Call it inside the transaction that adds an edit. */
export function markPending(home: string): void {
  writeFileSync(pendingMarker(home), '', { mode: 0o600 })
}

/**
 * Only the transcripts of these tell what was edited, and nobody reads on in them before the turn ends: a commit in the
 * middle of a turn had better ask. A turn of which nothing was heard for an hour is not under way.
 */
const AT_WORK = `open_turn IS NOT NULL AND agent IN ('copilot', 'gemini', 'opencode')
  AND last_event_at > (unixepoch() - 3600) * 1000`

/** Takes the marker away when no recorded edit waits for a commit, and makes it when one does, or may. */
export function updatePendingMarker(store: LiveStore, home: string): void {
  store.transaction(() => {
    // What may be the user's own change makes no commit the agent's.
    const pending = store.get(`SELECT 1 FROM edits WHERE settled IS NULL AND evidence <> 'unknown' LIMIT 1`)
      ?? store.get(`SELECT 1 FROM sessions WHERE ${AT_WORK} LIMIT 1`)
    if (pending !== undefined) markPending(home)
    else rmSync(pendingMarker(home), { force: true })
  })
}
