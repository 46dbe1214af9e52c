// Takes an old session into the live store, whole: what it said goes into checkpoints like any other session's, but
// its edits wait for no commit to come.

import { openLocator } from '../git/locate.ts'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import type { EventId, SessionId } from '../model/ids.ts'
import type { Recording } from './append.ts'
import { catchUp } from './catch-up.ts'
import { IMPORTED } from './events.ts'
import type { LiveStore } from './live.ts'
import type { OldSession } from './old-sessions.ts'
import { markPending } from './pending.ts'
import { findSession, seeSession } from './sessions.ts'
import { expectTranscript, transcriptPathOf } from './transcripts.ts'

export interface Taking {
  readonly repository: Repository
  readonly store: LiveStore
  readonly now: () => Millis
}

/** Until `endTaking`, only import makes checkpoints of it. One that hooks tell of is read on in like any other. */
export async function takeSession({ repository, store, now }: Taking, old: OldSession): Promise<void> {
  const { adapter, session, worktree, changedAt: at, files, subagents } = old
  const known = findSession(store, adapter.name, session)
  const isOurs = known === undefined || known.foundBy === 'import'
  const row = store.transaction(() => {
    const id = !isOurs ? known.id
      : seeSession(store, { agent: adapter.name, session, at, foundBy: 'import', worktree })
    store.run('INSERT OR IGNORE INTO importing (session) VALUES (?)', id)
    for (const { subagent, path } of subagents) expectTranscript(store, id, subagent, path)
    return id
  })
  const recording: Recording = {
    repository, store, now, locator: openLocator(), findAdapter: () => adapter,
    ...isOurs ? { imports: true as const } : {},
  }
  // Where a session has several files, those before the one that is known were read already.
  const last = files.findIndex(({ path }) => path === transcriptPathOf(store, row))
  for (const { path } of files.slice(Math.max(last, 0))) {
    expectTranscript(store, row, undefined, path)
    await catchUp(recording, row)
  }
  if (isOurs) keepTimes(store, row)
}

/** When a file was changed tells little about one that was copied: the events do. */
const keepTimes = (store: LiveStore, row: number): void => {
  store.run(
    `UPDATE sessions SET started_at = found.first, last_event_at = found.last
     FROM (SELECT min(at) AS first, max(at) AS last FROM events WHERE session = ?) found
     WHERE id = ? AND found.first IS NOT NULL`, row, row)
}

/** Years of sessions would fill the disk: what a checkpoint has taken is not kept in redacted form here as well. */
export function forgetCopies(store: LiveStore, session: SessionId): void {
  const taken = `session IN (SELECT id FROM sessions WHERE session_id = ? AND found_by = 'import')
    AND checkpoint IS NOT NULL`
  store.transaction(() => {
    store.run(
      `DELETE FROM redactions WHERE event IN (SELECT id FROM events WHERE kind <> 'prompt' AND ${taken})`, session)
    // The line itself stays known by its digest.
    store.run(`UPDATE native_lines SET line = '' WHERE line <> '' AND ${taken}`, session)
  })
}

/** What followed a commit in the same turn may become a continuation from now on. */
export const endTaking = (store: LiveStore): void => { store.run('DELETE FROM importing') }

/** Edits of a session that may still be in the working tree wait for their commit, as if a hook had told of them. */
export const reopenEdits = (
  { repository, store }: Taking, session: SessionId, events: readonly EventId[],
): void => store.transaction(() => {
  markPending(repository.home)
  for (const event of events) {
    store.run(
      `UPDATE edits SET settled = NULL WHERE settled = ? AND event_id = ?
       AND session IN (SELECT id FROM sessions WHERE session_id = ?)`, IMPORTED, event, session)
  }
})
