// The sessions that the live store knows, and where each of them stands.

import type { SessionFacts } from '../agents/agent.ts'
import type { Millis } from '../model/event.ts'
import type { AgentName, SessionId } from '../model/ids.ts'
import type { LiveStore } from './live.ts'

export interface SessionRow {
  readonly id: number
  readonly agent: AgentName
  readonly sessionId: SessionId
  readonly worktree: string | null
  readonly cwd: string | null
  readonly startedAt: Millis
  readonly lastEventAt: Millis
  readonly endedAt: Millis | null
  readonly openTurn: string | null
  readonly forked: 0 | 1
  readonly foundBy: FoundBy
  readonly transcriptState: TranscriptCondition
}

export type FoundBy = 'hook' | 'git-hook' | 'scan' | 'import'
export type TranscriptCondition = 'none' | 'read' | 'missing' | 'refused'

export interface SessionSighting {
  readonly agent: AgentName
  readonly session: SessionId
  readonly at: Millis
  readonly foundBy: FoundBy
  /** Root of the worktree of the session's project folder. */
  readonly worktree?: string
  readonly cwd?: string
}

const COLUMNS = `id, agent, session_id AS sessionId, worktree, cwd, started_at AS startedAt,
  last_event_at AS lastEventAt, ended_at AS endedAt, open_turn AS openTurn, forked, found_by AS foundBy,
  transcript_state AS transcriptState`

export const readSession = (store: LiveStore, id: number): SessionRow | undefined =>
  store.get<SessionRow>(`SELECT ${COLUMNS} FROM sessions WHERE id = ?`, id)

export const findSession = (store: LiveStore, agent: AgentName, session: SessionId): SessionRow | undefined =>
  store.get<SessionRow>(`SELECT ${COLUMNS} FROM sessions WHERE agent = ? AND session_id = ?`, agent, session)

/** Makes or touches the row of a session; gives back its number. What is known stays, what is new is added. */
export function seeSession(store: LiveStore, seen: SessionSighting): number {
  const id = store.get<{ id: number }>(
    `INSERT INTO sessions (agent, session_id, worktree, cwd, started_at, last_event_at, found_by)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (agent, session_id) DO UPDATE SET
       worktree = coalesce(excluded.worktree, worktree),
       cwd = coalesce(excluded.cwd, cwd),
       started_at = min(started_at, excluded.started_at),
       last_event_at = max(last_event_at, excluded.last_event_at),
       found_by = CASE WHEN excluded.found_by = 'hook' THEN 'hook' ELSE found_by END,
       ended_at = CASE WHEN ended_at < excluded.last_event_at THEN NULL ELSE ended_at END,
       end_reason = CASE WHEN ended_at < excluded.last_event_at THEN NULL ELSE end_reason END
     RETURNING id`,
    seen.agent, seen.session, seen.worktree ?? null, seen.cwd ?? null, seen.at, seen.at, seen.foundBy)!.id
  // Should an import have been killed over it: the session goes on, and so does what is made of it.
  if (seen.foundBy === 'hook') store.run('DELETE FROM importing WHERE session = ?', id)
  return id
}

/** Adds what a payload or a transcript told about the session; true when it has just become known as a fork. */
export function noteFacts(store: LiveStore, session: number, facts: SessionFacts): boolean {
  store.run('UPDATE sessions SET agent_version = coalesce(?, agent_version), model = coalesce(?, model) WHERE id = ?',
    facts.agentVersion ?? null, facts.model ?? null, session)
  return facts.forked === true && store.run('UPDATE sessions SET forked = 1 WHERE id = ? AND forked = 0', session) > 0
}

/** Opens a turn. An open turn before it is over: the agent says nothing when its user interrupts it. */
export function openTurn(store: LiveStore, session: number, turn: string): void {
  store.run('UPDATE sessions SET open_turn = ? WHERE id = ?', turn, session)
}

/** Closes a turn; one that is no longer the open one changes nothing. Undefined closes whichever is open. */
export function closeTurn(store: LiveStore, session: number, turn: string | undefined): void {
  store.run('UPDATE sessions SET open_turn = NULL WHERE id = ? AND open_turn = coalesce(?, open_turn)',
    session, turn ?? null)
}

export function endSession(store: LiveStore, session: number, at: Millis, reason: string): void {
  store.run('UPDATE sessions SET ended_at = ?, end_reason = ?, open_turn = NULL WHERE id = ?', at, reason, session)
}

/** Stretches the time of a session over events that were told later than they happened. */
export function noteActivity(store: LiveStore, session: number, from: Millis, to: Millis): void {
  store.run('UPDATE sessions SET started_at = min(started_at, ?), last_event_at = max(last_event_at, ?) WHERE id = ?',
    from, to, session)
}

export function noteTranscript(store: LiveStore, session: number, state: TranscriptCondition): void {
  store.run('UPDATE sessions SET transcript_state = ? WHERE id = ?', state, session)
}

/** The worktrees that these sessions work in, each once. */
export const worktreesOf = (store: LiveStore, sessions: readonly number[]): readonly string[] =>
  [...new Set(sessions.flatMap((id) => readSession(store, id)?.worktree ?? []))]
