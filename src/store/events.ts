// Appends events to the live store. Telling the same fact twice, or by two processes at once, leaves one row.

import { createHash } from 'node:crypto'
import { EVENT_SOURCES, recognisedBy } from '../model/event.ts'
import type { Event, EventBody, FileChange, Observation } from '../model/event.ts'
import type { LiveStore } from './live.ts'

/** Where a file change happened, in a worktree of this repository. */
export interface EditPlace {
  readonly worktree: string
  readonly path: string
  readonly fromPath?: string
}

/** What edits of old sessions are settled as: import itself looks for the commits that have them. */
export const IMPORTED = 'imported'

/**
 * Adds the observations of one session; `placeOf` gives the place of a file change that a commit here could hold,
 * `settled` says that the edits wait for none. Gives back how many events were new.
 */
export function appendObservations(
  store: LiveStore, session: number, observations: readonly Observation[],
  placeOf: (change: FileChange) => EditPlace | undefined, settled?: typeof IMPORTED,
): number {
  let added = 0
  for (const observation of observations) {
    if (appendEvent(store, session, observation) !== undefined) added += 1
    const { event, unnamed } = observation
    const place = event.kind === 'file-change' ? placeOf(event) : undefined
    if (place === undefined || (unnamed === true && isTold(store, session, event as Event & FileChange))) continue
    appendEdit(store, session, event as Event & FileChange, place, settled)
  }
  return added
}

function appendEvent(
  store: LiveStore, session: number, { event, source, unnamed, offset }: Observation,
): number | undefined {
  const text = recognisedBy(event)
  const knownBy = text === undefined ? null : digestOf(text)
  const row = store.get<{ id: number }>(
    `INSERT OR IGNORE INTO events
       (session, event_id, source, rank, kind, turn, subagent, at, ord, body, known_by, unnamed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    session, event.id, source, EVENT_SOURCES.indexOf(source), event.kind, event.turn ?? null, event.subagent ?? null,
    Math.round(event.at), offset ?? 0, JSON.stringify(bodyOf(event)), knownBy, unnamed === true ? 1 : 0)?.id
  if (row !== undefined) inheritCheckpoint(store, session, row, event, knownBy, unnamed === true)
  return row
}

/** A fact that a checkpoint already took is not pending again because someone else tells it too. */
function inheritCheckpoint(
  store: LiveStore, session: number, row: number, event: Event, knownBy: string | null, unnamed: boolean,
): void {
  const checkpoint = store.get<{ checkpoint: string }>(
    'SELECT checkpoint FROM events WHERE session = ? AND event_id = ? AND checkpoint IS NOT NULL',
    session, event.id)?.checkpoint
    ?? (knownBy === null ? undefined : checkpointOfTwin(store, session, event, knownBy, unnamed))
  if (checkpoint !== undefined) store.run('UPDATE events SET checkpoint = ? WHERE id = ?', checkpoint, row)
}

/**
 * The checkpoint of the named event that an unnamed one stands for, or the other way round. The same words may be said
 * again ("Done."): the first unnamed stands for the first named, the second for the second, within a turn where both
 * know it.
 */
function checkpointOfTwin(
  store: LiveStore, session: number, event: Event, knownBy: string, unnamed: boolean,
): string | undefined {
  const same = store.all<{ checkpoint: string | null; unnamed: 0 | 1 }>(
    `SELECT max(checkpoint) AS checkpoint, min(unnamed) AS unnamed FROM events INDEXED BY events_known
     WHERE session = ? AND known_by = ? AND kind = ? AND event_id <> ? AND (turn IS NULL OR ? IS NULL OR turn = ?)
     GROUP BY event_id ORDER BY min(at), min(id)`,
    session, knownBy, event.kind, event.id, event.turn ?? null, event.turn ?? null)
  const twins = same.filter((other) => (other.unnamed === 1) !== unnamed)
  return twins[same.length - twins.length]?.checkpoint ?? undefined
}

/** True when a named event told a change of the file in that turn. It comes first. */
const isTold = (store: LiveStore, session: number, event: Event & FileChange): boolean => store.get(
  `SELECT 1 FROM events
   WHERE session = ? AND known_by = ? AND kind = 'file-change' AND unnamed = 0 AND turn IS ? AND subagent IS ?
   LIMIT 1`,
  session, digestOf(event.path), event.turn ?? null, event.subagent ?? null) !== undefined

function appendEdit(
  store: LiveStore, session: number, event: Event & FileChange, place: EditPlace, settled: string | undefined,
): void {
  store.run(
    `INSERT OR IGNORE INTO edits (session, event_id, turn, worktree, path, from_path, change, evidence, at, settled)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(
       (SELECT checkpoint FROM events WHERE session = ? AND event_id = ?
          AND checkpoint NOT IN (SELECT checkpoint FROM plans WHERE kind = 'session') LIMIT 1), ?))`,
    session, event.id, event.turn ?? null, place.worktree, place.path, place.fromPath ?? null, event.change,
    event.evidence, Math.round(event.at), session, event.id, settled ?? null)
}

/**
 * Decides anew which session owns the events that this session shares with others. A fork copies its origin's lines
 * with their ids, and either may be read first: the owner is the session that is no fork, else the one seen first.
 */
export function settleCopies(store: LiveStore, session: number, afterRow: number): void {
  // The plus keeps the database from reading all of a session for a few new rows.
  const mine = afterRow === 0 ? 'mine.session' : '+mine.session'
  const shared = store.all<{ eventId: string }>(
    `SELECT DISTINCT mine.event_id AS eventId FROM events mine
     JOIN events other ON other.event_id = mine.event_id AND other.session <> mine.session
     JOIN sessions self ON self.id = mine.session
     JOIN sessions theirs ON theirs.id = other.session AND theirs.agent = self.agent
     WHERE ${mine} = ? AND mine.id > ? AND 'transcript' IN (mine.source, other.source)`, session, afterRow)
  const agent = store.get<{ agent: string }>('SELECT agent FROM sessions WHERE id = ?', session)?.agent ?? ''
  for (const { eventId } of shared) {
    store.run(
      `UPDATE events SET copied = session <> (
         SELECT holder.id FROM events told JOIN sessions holder ON holder.id = told.session
         WHERE told.event_id = ? AND holder.agent = ? ORDER BY holder.forked, holder.id LIMIT 1)
       WHERE event_id = ? AND session IN (SELECT id FROM sessions WHERE agent = ?)`,
      eventId, agent, eventId, agent)
    settleCopiedEdits(store, eventId)
  }
  const touched = new Map<string, readonly [number, string]>()
  const touch = (rows: readonly { session: number; turn: string }[]): void =>
    rows.forEach((row) => touched.set(`${row.session} ${row.turn}`, [row.session, row.turn]))
  for (const { eventId } of shared) {
    touch(store.all('SELECT session, turn FROM events WHERE event_id = ? AND turn IS NOT NULL', eventId))
  }
  touch(store.all(
    `SELECT session, turn FROM events
     WHERE session = ? AND id > ? AND turn IS NOT NULL AND kind IN ('prompt', 'turn-end')`,
    session, afterRow))
  for (const [holder, turn] of touched.values()) settleCopiedTurn(store, holder, turn)
}

/** A copy of a turn may name its prompt and its end anew, as Claude Code's does: they go with what the turn holds. */
function settleCopiedTurn(store: LiveStore, session: number, turn: string): void {
  store.run(
    `UPDATE events SET copied = EXISTS (
       SELECT 1 FROM events held WHERE held.session = events.session AND held.turn = events.turn
       AND held.kind NOT IN ('prompt', 'turn-end') AND held.copied = 1)
     WHERE session = ? AND turn = ? AND kind IN ('prompt', 'turn-end')
     AND NOT EXISTS (SELECT 1 FROM events o WHERE o.event_id = events.event_id AND o.session <> events.session)`,
    session, turn)
}

/** What a fork copied was written by its origin: such edits are not pending. */
function settleCopiedEdits(store: LiveStore, eventId: string): void {
  const told = 'event_id = ? AND session IN (SELECT session FROM events WHERE event_id = ?)'
  const copied =
    'EXISTS (SELECT 1 FROM events e WHERE e.session = edits.session AND e.event_id = edits.event_id AND e.copied = 1)'
  store.run(`UPDATE edits SET settled = 'copied' WHERE ${told} AND settled IS NULL AND ${copied}`, eventId, eventId)
  store.run(`UPDATE edits SET settled = NULL WHERE ${told} AND settled = 'copied' AND NOT ${copied}`, eventId, eventId)
}

/** The last row there is; rows after it are new. */
export const lastEventRow = (store: LiveStore): number =>
  store.get<{ id: number | null }>('SELECT max(id) AS id FROM events')?.id ?? 0

/** True when the session's transcript told a response with this text. */
export const hasTold = (store: LiveStore, session: number, text: string): boolean => store.get(
  `SELECT 1 FROM events WHERE session = ? AND known_by = ? AND source = 'transcript' LIMIT 1`,
  session, digestOf(text.trim())) !== undefined

/** True when the session's transcript told the end of a turn after that row. */
export const hasToldEnd = (store: LiveStore, session: number, afterRow: number): boolean => store.get(
  `SELECT 1 FROM events WHERE session = ? AND id > ? AND kind = 'turn-end' AND source = 'transcript' LIMIT 1`,
  session, afterRow) !== undefined

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

function bodyOf(event: Event): EventBody {
  const { id: _id, turn: _turn, subagent: _subagent, at: _at, ...body } = event
  return body as EventBody
}
