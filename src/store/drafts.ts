// What promotion reads from the live store: pending edits, draft events, sessions and their turns.

import type { SessionRecord } from '../model/checkpoint.ts'
import type { Event, EventBody, EventSource, FileChange, Millis, Observation } from '../model/event.ts'
import type { AgentName, CheckpointId, EventId, SessionId, TurnId } from '../model/ids.ts'
import { linesOfHunks } from '../model/line-match.ts'
import { pickEvents } from '../model/pick-events.ts'
import type { PendingEdit } from '../model/promotion.ts'
import type { LiveStore, SqlValue } from './live.ts'

export interface StoredSession {
  readonly row: number
  readonly agent: AgentName
  readonly session: SessionId
  readonly agentVersion?: string
  readonly foundBy: SessionRecord['foundBy']
  readonly openTurn?: TurnId
  readonly slicedLines: number
  readonly slicedDigest: string
}

/** An event with the row of the telling that is read. */
export interface StoredEvent {
  readonly row: number
  readonly event: Event
  readonly checkpoint: string | null
}

interface EventRow {
  id: number; event_id: string; source: EventSource; rank: number; kind: string
  turn: string | null; subagent: string | null; at: number; ord: number
  body: string; unnamed: number; checkpoint: string | null
}
interface SessionRow {
  id: number; agent: string; session_id: string; agent_version: string | null; found_by: StoredSession['foundBy']
  open_turn: string | null; sliced_lines: number; sliced_digest: string
}
interface EditRow {
  id: number; session_id: string; turn: string | null; path: string; from_path: string | null
  change: PendingEdit['change']; evidence: PendingEdit['evidence']; body: string | null
  checkpoint: CheckpointId | null; kept: number | null
}

const SESSION = `
  SELECT id, agent, session_id, agent_version, found_by, open_turn, sliced_lines, sliced_digest FROM sessions`
const CHUNK = 400

export const hasPendingEdits = (store: LiveStore, worktree: string): boolean =>
  store.get(`SELECT 1 FROM edits WHERE worktree = ? AND settled IS NULL LIMIT 1`, worktree) !== undefined

/** When hooks first told of the sessions that have pending edits in a worktree. */
export const firstToldByHooks = (store: LiveStore, worktree: string): Millis | undefined =>
  store.get<{ at: Millis | null }>(
    `SELECT min(at) AS at FROM events WHERE source = 'hook'
       AND session IN (SELECT session FROM edits WHERE worktree = ? AND settled IS NULL)`, worktree)?.at ?? undefined

/** When the first of the pending edits in a worktree was made. */
export const firstPendingEdit = (store: LiveStore, worktree: string): Millis | undefined =>
  store.get<{ at: Millis | null }>(
    `SELECT min(at) AS at FROM edits WHERE worktree = ? AND settled IS NULL`, worktree)?.at ?? undefined

/** More paths than this are not asked about ahead of time. */
const MAX_PENDING_PATHS = 500

/** The paths with pending edits in a worktree; undefined when they are too many to name. */
export function readPendingPaths(store: LiveStore, worktree: string): readonly string[] | undefined {
  const rows = store.all<{ path: string }>(
    `SELECT DISTINCT path FROM edits WHERE worktree = ? AND settled IS NULL LIMIT ?`, worktree, MAX_PENDING_PATHS + 1)
  return rows.length > MAX_PENDING_PATHS ? undefined : rows.map(({ path }) => path)
}

/** The pending edits of these paths in a worktree, made until `cutoff`, each with the lines its tool told. */
export function readPendingEdits(
  store: LiveStore, worktree: string, paths: readonly string[], cutoff: Millis,
): readonly PendingEdit[] {
  const edits: PendingEdit[] = []
  for (const chunk of chunks(paths)) {
    const rows = store.all<EditRow>(`
      SELECT e.id, s.session_id, e.turn, e.path, e.from_path, e.change, e.evidence,
        (SELECT v.body FROM events v WHERE v.session = e.session AND v.event_id = e.event_id
          ORDER BY v.rank DESC LIMIT 1) AS body,
        (SELECT max(v.checkpoint) FROM events v
          WHERE v.session = e.session AND v.event_id = e.event_id) AS checkpoint,
        (SELECT max(p.kind = 'session') FROM events v JOIN plans p ON p.checkpoint = v.checkpoint
          WHERE v.session = e.session AND v.event_id = e.event_id) AS kept
      FROM edits e JOIN sessions s ON s.id = e.session
      WHERE e.worktree = ? AND e.path IN (${chunk.map(() => '?').join(',')}) AND e.at <= ? AND e.settled IS NULL
      ORDER BY e.id`,
    worktree, ...chunk, cutoff)
    edits.push(...rows.map(editOf))
  }
  return edits
}

function editOf(row: EditRow): PendingEdit {
  const body = row.body === null ? undefined : JSON.parse(row.body) as FileChange
  const lines = linesOfHunks(body?.hunks)
  return {
    row: row.id,
    session: row.session_id as SessionId,
    ...(row.turn === null ? {} : { turn: row.turn as TurnId }),
    path: row.path,
    ...(row.from_path === null ? {} : { from: row.from_path }),
    change: row.change,
    evidence: row.evidence,
    ...(row.checkpoint === null ? {} : row.kept === 1 ? { keptIn: row.checkpoint } : { claimed: true as const }),
    ...(lines === undefined ? {} : { lines }),
  }
}

export function findSession(store: LiveStore, session: SessionId): StoredSession | undefined {
  const row = store.get<SessionRow>(`${SESSION} WHERE session_id = ?`, session)
  return row === undefined ? undefined : sessionOf(row)
}

/** The session of an agent that has a turn under way in a worktree; undefined when there are several, or none. */
export function findOpenSession(store: LiveStore, agent: AgentName, worktree: string): SessionId | undefined {
  const rows = store.all<{ session_id: SessionId }>(`SELECT session_id FROM sessions
    WHERE agent = ? AND worktree = ? AND open_turn IS NOT NULL AND ended_at IS NULL LIMIT 2`, agent, worktree)
  return rows.length === 1 ? rows[0]!.session_id : undefined
}

const sessionOf = (row: SessionRow): StoredSession => ({
  row: row.id,
  agent: row.agent as AgentName,
  session: row.session_id as SessionId,
  ...(row.agent_version === null ? {} : { agentVersion: row.agent_version }),
  foundBy: row.found_by,
  ...(row.open_turn === null ? {} : { openTurn: row.open_turn as TurnId }),
  slicedLines: row.sliced_lines,
  slicedDigest: row.sliced_digest,
})

const EVENT = `SELECT id, event_id, source, rank, kind, turn, subagent, at, ord, body, unnamed, checkpoint FROM events`

export interface ReadEvents {
  /** Each event once, in time order. */
  readonly events: readonly StoredEvent[]
  /** Drafts that are another telling of one of the events: unnamed ones that gave way to a named one. */
  readonly absorbed: readonly EventId[]
}

/** The events of a session up to `cutoff` that no checkpoint has, and all events of these turns. */
export function readEvents(
  store: LiveStore, session: StoredSession, cutoff: Millis, turns: ReadonlySet<TurnId>,
): ReadEvents {
  const rows = new Map<number, EventRow>()
  const keep = (row: EventRow): void => { rows.set(row.id, row) }
  store.all<EventRow>(
    `${EVENT} WHERE session = ? AND checkpoint IS NULL AND copied = 0 AND at <= ?`, session.row, cutoff).forEach(keep)
  for (const turn of turns) {
    store.all<EventRow>(
      `${EVENT} WHERE session = ? AND turn = ? AND copied = 0 AND at <= ?`, session.row, turn, cutoff).forEach(keep)
  }
  return pick([...rows.values()])
}

/** One telling of each event, with its row. */
function pick(rows: readonly EventRow[]): ReadEvents {
  const best = new Map<string, EventRow>()
  const observations: Observation[] = rows.map((row) => {
    const known = best.get(row.event_id)
    if (known === undefined || row.rank > known.rank) best.set(row.event_id, row)
    return observationOf(row)
  })
  const events = pickEvents(observations).map((event) => {
    const { id, checkpoint } = best.get(event.id)!
    return { row: id, event, checkpoint }
  })
  const picked = new Set<string>(events.map(({ event }) => event.id))
  const absorbed = rows.filter((row) => row.checkpoint === null && !picked.has(row.event_id))
  return { events, absorbed: [...new Set(absorbed.map((row) => row.event_id as EventId))] }
}

const observationOf = (row: EventRow): Observation => ({
  event: {
    id: row.event_id as EventId,
    ...(row.turn === null ? {} : { turn: row.turn as TurnId }),
    ...(row.subagent === null ? {} : { subagent: row.subagent }),
    at: row.at,
    ...JSON.parse(row.body) as EventBody,
  },
  source: row.source,
  offset: row.ord,
  ...(row.unnamed === 1 ? { unnamed: true as const } : {}),
})

/** All turns of a session with their numbers. Only the user's own prompts begin a new number. */
export function readTurns(
  store: LiveStore, session: StoredSession,
): { turn: TurnId; number: number; startedAt: Millis }[] {
  const rows = store.all<{ turn: string; startedAt: number; human: number }>(`
    SELECT turn, min(at) AS startedAt, max(json_extract(body, '$.origin') = 'human') AS human FROM events
    WHERE session = ? AND kind = 'prompt' AND turn IS NOT NULL AND copied = 0 AND subagent IS NULL
    GROUP BY turn ORDER BY startedAt, min(ord)`, session.row)
  let number = 0
  return rows.map(({ turn, startedAt, human }) => {
    if (human === 1 || number === 0) number += 1
    return { turn: turn as TurnId, number, startedAt }
  })
}

/** The blob ids of what was dirty in a worktree when a turn began; undefined when nobody looked. */
export function readDirtyBefore(
  store: LiveStore, session: StoredSession, turn: TurnId, worktree: string,
): ReadonlyMap<string, string> | undefined {
  const row = store.get<{ entries: string }>(`
    SELECT entries FROM fingerprints WHERE session = ? AND turn = ? AND moment = 'start' AND worktree = ?`,
  session.row, turn, worktree)
  return row === undefined ? undefined : new Map(Object.entries(JSON.parse(row.entries) as Record<string, string>))
}

export interface NativeLine {
  readonly subagent: string
  readonly digest: string
  readonly line: string
  /** The version of the rules that redacted it. */
  readonly rules: number
}

/** The agent's own lines, redacted, that no checkpoint has, in file order. */
export const readNativeLines = (store: LiveStore, session: StoredSession, cutoff: Millis): readonly NativeLine[] =>
  store.all<NativeLine>(`SELECT subagent, digest, line, rules FROM native_lines
    WHERE session = ? AND checkpoint IS NULL AND at <= ? ORDER BY subagent, offset`, session.row, cutoff)

function* chunks(values: readonly string[]): Generator<readonly SqlValue[] & readonly string[]> {
  for (let at = 0; at < values.length; at += CHUNK) yield values.slice(at, at + CHUNK)
}
