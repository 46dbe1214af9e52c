// Sessions whose words are in no checkpoint: which of them are to be kept now, and which one the user means.

import type { Millis } from '../model/event.ts'
import type { AgentName, SessionId } from '../model/ids.ts'
import type { LiveStore } from './live.ts'
import { SAID } from './plans.ts'

export interface UnkeptSession {
  /** Its number in the live store. */
  readonly row: number
  readonly session: SessionId
  /** Null where it works in no worktree that is known. */
  readonly worktree: string | null
  /** What was said until then is to be kept. */
  readonly cutoff: Millis
}

/** A session that was silent for so long is over, though nobody said so. */
const OVER_MS = 24 * 3_600_000
/** Older ones, recorded before the strategy was chosen, are only kept when the user says so. */
const RECENT_MS = 30 * 24 * 3_600_000
const MAX_SESSIONS = 32

/**
 * Sessions that are over (by their end, or by long silence) or were compacted, with something said before that no
 * checkpoint has; newest first.
 */
export const findUnkept = (store: LiveStore, now: Millis): readonly UnkeptSession[] => store.all<UnkeptSession>(`
  SELECT * FROM (
    SELECT s.id AS row, s.session_id AS session, s.worktree, s.last_event_at,
      CASE WHEN s.ended_at IS NOT NULL OR s.last_event_at < ? THEN ? ELSE (
        SELECT max(c.at) FROM events c
        WHERE c.session = s.id AND c.checkpoint IS NULL AND c.copied = 0 AND c.kind = 'compaction') END AS cutoff
    FROM sessions s WHERE s.last_event_at > ? AND s.id NOT IN (SELECT session FROM importing)) u
  WHERE u.cutoff IS NOT NULL AND EXISTS (SELECT 1 FROM events e
    WHERE e.session = u.row AND e.checkpoint IS NULL AND e.copied = 0 AND e.at <= u.cutoff AND e.kind IN (${SAID}))
  ORDER BY u.last_event_at DESC LIMIT ${MAX_SESSIONS}`, now - OVER_MS, now, now - RECENT_MS)

/** When the first of the sessions that are not over will be, if nothing is heard of it until then. */
export function findNextOver(store: LiveStore, now: Millis): Millis | undefined {
  const last = store.get<{ at: Millis | null }>(`
    SELECT min(s.last_event_at) AS at FROM sessions s
    WHERE s.ended_at IS NULL AND s.last_event_at >= ? AND s.id NOT IN (SELECT session FROM importing)
      AND EXISTS (SELECT 1 FROM events e
        WHERE e.session = s.id AND e.checkpoint IS NULL AND e.copied = 0 AND e.kind IN (${SAID}))`, now - OVER_MS)?.at
  return last === null || last === undefined ? undefined : last + OVER_MS + 1
}

export interface NamedSession extends Omit<UnkeptSession, 'cutoff'> {
  readonly agent: AgentName
}

const NAMED = 'SELECT id AS row, agent, session_id AS session, worktree FROM sessions'

/** Up to `limit` sessions whose id begins so. */
export const findByPrefix = (store: LiveStore, prefix: string, limit: number): readonly NamedSession[] =>
  store.all<NamedSession>(`${NAMED} WHERE substr(session_id, 1, length(?)) = ? ORDER BY session_id = ? DESC,
    last_event_at DESC LIMIT ?`, prefix, prefix, prefix, limit)

/** The session that is at work in a worktree, else the one that was last. */
export const findLast = (store: LiveStore, worktree: string): NamedSession | undefined =>
  store.get<NamedSession>(`${NAMED} WHERE worktree = ?
    ORDER BY open_turn IS NOT NULL AND ended_at IS NULL DESC, last_event_at DESC LIMIT 1`, worktree)
