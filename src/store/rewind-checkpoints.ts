// Which checkpoints hold something of which turn, by the live store.

import type { SessionId, TurnId } from '../model/ids.ts'
import type { LiveStore } from './live.ts'

/** The oldest first. */
export function checkpointsOfTurns(store: LiveStore): (session: SessionId, turn: TurnId) => readonly string[] {
  const bySession = new Map<SessionId, ReadonlyMap<string, readonly string[]>>()
  return (session, turn) => {
    const known = bySession.get(session) ?? readCheckpoints(store, session)
    bySession.set(session, known)
    return known.get(turn) ?? []
  }
}

function readCheckpoints(store: LiveStore, session: SessionId): ReadonlyMap<string, readonly string[]> {
  const rows = store.all<{ turn: string; checkpoint: string }>(
    `SELECT DISTINCT e.turn, e.checkpoint FROM events e JOIN sessions s ON s.id = e.session
     WHERE s.session_id = ? AND e.turn IS NOT NULL AND e.checkpoint IS NOT NULL ORDER BY e.checkpoint`, session)
  const found = new Map<string, readonly string[]>()
  for (const { turn, checkpoint } of rows) found.set(turn, [...found.get(turn) ?? [], checkpoint])
  return found
}
