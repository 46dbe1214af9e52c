// What `status` tells out of the live store. Every question is answered by an index or over a handful of rows.

import type { EventBody, Millis } from '../model/event.ts'
import type { SessionOverview, StoreOverview } from '../model/status-report.ts'
import type { LiveStore } from './live.ts'

/** A session that was silent for longer is not called active, whatever became of its agent. */
export const ACTIVE_MS = 30 * 60_000

export function readOverview(store: LiveStore, now: Millis): StoreOverview {
  const active = store.all<SessionRow>(
    `SELECT id, agent, session_id AS session, worktree, started_at AS startedAt, last_event_at AS lastEventAt
     FROM sessions WHERE ended_at IS NULL AND last_event_at > ? ORDER BY last_event_at DESC`, now - ACTIVE_MS)
  const last = store.get<{ at: Millis | null }>('SELECT max(last_event_at) AS at FROM sessions')?.at
  return {
    active: active.map(({ id, worktree, ...session }) => {
      const prompt = readFirstPrompt(store, id)
      return { ...session, ...worktree === null ? {} : { worktree }, ...prompt === undefined ? {} : { prompt } }
    }),
    ...last === null || last === undefined ? {} : { lastEventAt: last },
    checkpoints: countOf(store, 'SELECT count(*) AS count FROM checkpoints'),
    drafts: {
      turns: countOf(store,
        `SELECT count(*) AS count FROM (SELECT DISTINCT e.session, e.turn FROM events e
         WHERE e.checkpoint IS NULL AND e.copied = 0 AND e.kind = 'prompt'
           AND e.session IN (SELECT session FROM edits WHERE settled IS NULL AND evidence <> 'unknown'))`),
      ...store.get<{ edits: number; files: number }>(
        `SELECT count(*) AS edits, count(DISTINCT worktree || char(0) || path) AS files
         FROM edits WHERE settled IS NULL AND evidence <> 'unknown'`)!,
    },
    waiting: store.all<{ commit: string }>(`SELECT "commit" FROM plans WHERE state <> 'done' ORDER BY made_at`)
      .map(({ commit }) => commit),
  }
}

/** Paths of a worktree with recorded edits that were made before a time and are in no commit yet. */
export const readPendingPaths = (store: LiveStore, worktree: string, before: Millis): readonly string[] =>
  store.all<{ path: string }>(
    `SELECT DISTINCT path FROM edits WHERE worktree = ? AND settled IS NULL AND evidence <> 'unknown' AND at <= ?`,
    worktree, before).map(({ path }) => path)

interface SessionRow extends Omit<SessionOverview, 'worktree' | 'prompt'> {
  readonly id: number
  readonly worktree: string | null
}

/** Redacted; undefined while redaction has not come to it. */
function readFirstPrompt(store: LiveStore, session: number): string | undefined {
  const rows = store.all<{ body: string }>(
    `SELECT r.body FROM events e JOIN redactions r ON r.event = e.id
     WHERE e.session = ? AND e.kind = 'prompt' AND e.subagent IS NULL ORDER BY e.at, e.ord LIMIT 5`, session)
  for (const { body } of rows) {
    const event = JSON.parse(body) as EventBody
    if (event.kind === 'prompt' && event.origin === 'human') return event.text
  }
  return undefined
}

const countOf = (store: LiveStore, sql: string): number => store.get<{ count: number }>(sql)?.count ?? 0
