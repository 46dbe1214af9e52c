// Which transcripts import has looked at: as long as a file stays as it was then, there is nothing new in it.

import type { LiveStore } from './live.ts'
import type { OldSession } from './old-sessions.ts'

const filesOf = ({ files, subagents }: OldSession): OldSession['files'] => [...files, ...subagents]

/** True when none of the session's files has changed since. */
export const isLookedAt = (store: LiveStore, old: OldSession): boolean =>
  filesOf(old).every(({ path, sizeBytes, changedAt }) => store.get(
    `SELECT 1 FROM imports WHERE path = ? AND agent = ? AND session_id = ? AND size_bytes = ? AND changed_at = ?`,
    path, old.adapter.name, old.session, sizeBytes, Math.round(changedAt)) !== undefined)

/** Many sessions at once are kept in several short transactions. */
const BATCH = 200

export function markLookedAt(store: LiveStore, sessions: readonly OldSession[]): void {
  for (let at = 0; at < sessions.length; at += BATCH) {
    store.transaction(() => {
      for (const old of sessions.slice(at, at + BATCH)) {
        for (const { path, sizeBytes, changedAt } of filesOf(old)) {
          store.run(`INSERT INTO imports (path, agent, session_id, size_bytes, changed_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (path) DO UPDATE SET agent = excluded.agent, session_id = excluded.session_id,
              size_bytes = excluded.size_bytes, changed_at = excluded.changed_at`,
          path, old.adapter.name, old.session, sizeBytes, Math.round(changedAt))
        }
      }
    })
  }
}
