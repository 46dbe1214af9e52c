// Reads the database in which OpenCode keeps its sessions, and makes lines of the rows of one session.
//
// The client makes rows once and then changes them in place: a message is read again as long as it is under way. Rows
// are found by the number that SQLite gives them, which no clock can turn back.

import { createHash } from 'node:crypto'
import { beginsTurn, formatRowLine, isUnderWay, messageLine, sessionLine } from '../agents/opencode/rows.ts'
import type { DataRow, RowLine } from '../agents/opencode/rows.ts'
import { textOf } from '../agents/json.ts'
import type { JsonObject } from '../agents/json.ts'
import type { Millis } from '../model/event.ts'
import type { SessionId } from '../model/ids.ts'
import { MAX_LINE_BYTES } from './lines.ts'
import type { LiveStore } from './live.ts'

/** How far the rows of a session were read. */
export interface RowsPosition {
  /** The last message, and the number of its row. */
  readonly row: number
  readonly message: string
  /** Messages under way, and how each of them was when it was read. */
  readonly open: readonly (readonly [id: string, stamp: string])[]
  /** Digest of the session's own line. */
  readonly session: string
}

export const ROWS_START: RowsPosition = { row: 0, message: '', open: [], session: '' }

export interface RowBatch {
  readonly lines: readonly string[]
  /** Messages too large to read. */
  readonly skipped: number
  readonly end: RowsPosition
}

export interface SessionRows {
  readonly session: string
  /** For a subagent's session, the main one. */
  readonly main?: string
}

interface MessageRow extends DataRow { readonly row: number; readonly at: Millis; readonly updated: Millis }

const BATCH_BYTES = 1024 * 1024
/** Messages that a client left under way when it was killed stay so: only the newest are looked at again. */
const MAX_OPEN = 32
/** The parts of a user's message are written one by one. It is complete when an answer follows, or after this time. */
const SETTLED_MS = 2000

const MESSAGE = 'SELECT rowid AS row, id, time_created AS at, time_updated AS updated, data FROM message'

/** Nothing where the database does not know the session, or nothing is new. */
export function* readRows(
  database: LiveStore, of: SessionRows, from: RowsPosition, now: Millis,
): Generator<RowBatch, void, void> {
  const session = formatSession(database, of.session)
  if (session === undefined) return
  const digest = createHash('sha256').update(session).digest('hex')
  const open = new Map(from.open)
  let end: RowsPosition = { ...from, session: digest }
  let lines = digest === from.session ? [] : [session]
  let [bytes, skipped] = [session.length, 0]
  for (const { row, stamp, isNew } of changedMessages(database, of.session, from, now)) {
    const line = lineOf(database, of, row)
    const text = formatRowLine(line)
    if (text.length > MAX_LINE_BYTES) skipped += 1
    else lines.push(text)
    bytes += text.length
    open.delete(row.id)
    if (isUnderWay(line)) open.set(row.id, stamp)
    end = { ...end, open: [...open].slice(-MAX_OPEN), ...(isNew ? { row: row.row, message: row.id } : {}) }
    if (bytes < BATCH_BYTES) continue
    yield { lines, skipped, end }
    lines = []
    ;[bytes, skipped] = [0, 0]
  }
  if (lines.length + skipped > 0) yield { lines, skipped, end }
}

/** False where the user took messages back, or the database was packed: the rows have other numbers then. */
export const isIntact = (database: LiveStore, { row, message }: RowsPosition): boolean =>
  row === 0 || database.get('SELECT 1 FROM message WHERE rowid = ? AND id = ?', row, message) !== undefined

export const knowsSession = (database: LiveStore, session: string): boolean =>
  database.get('SELECT 1 FROM session WHERE id = ?', session) !== undefined

/** The sessions of a session's subagents, and of theirs. */
export const childrenOf = (database: LiveStore, session: string): readonly string[] => database.all<{ id: string }>(
  `WITH RECURSIVE below (id) AS (
     SELECT id FROM session WHERE parent_id = ?
     UNION SELECT child.id FROM session child JOIN below ON child.parent_id = below.id)
   SELECT id FROM below`, session).map(({ id }) => id)

export interface OpenCodeSession {
  readonly session: SessionId
  /** The folder it was started in. */
  readonly directory: string
  readonly updatedAt: Millis
  /** The session whose subagent it is. */
  readonly parent?: SessionId
}

export const sessionsIn = (database: LiveStore): readonly OpenCodeSession[] =>
  database.all<{ id: string; directory: string; updated: number; parent: string | null }>(
    'SELECT id, directory, time_updated AS updated, parent_id AS parent FROM session ORDER BY time_updated, id')
    .map(({ id, directory, updated, parent }) => ({
      session: id as SessionId, directory, updatedAt: updated,
      ...(parent === null ? {} : { parent: parent as SessionId }),
    }))

interface ChangedMessage {
  readonly row: MessageRow
  readonly stamp: string
  readonly isNew: boolean
}

function* changedMessages(
  database: LiveStore, session: string, { open, row: after }: RowsPosition, now: Millis,
): Generator<ChangedMessage, void, void> {
  for (const [id, was] of open) {
    const stamp = stampOf(database, id)
    const row = stamp === undefined || stamp === was ? undefined : readMessage(database, id)
    if (row !== undefined) yield { row, stamp: stamp!, isNew: false }
  }
  const ids = database.all<{ id: string }>(
    'SELECT id FROM message WHERE session_id = ? AND rowid > ? ORDER BY rowid', session, after)
  for (const [index, { id }] of ids.entries()) {
    const stamp = stampOf(database, id)
    const row = readMessage(database, id)
    if (row === undefined || stamp === undefined) continue
    const isLast = index === ids.length - 1
    if (isLast && row.updated > now - SETTLED_MS && infoOf(session, row)['role'] === 'user') return
    yield { row, stamp, isNew: true }
  }
}

const readMessage = (database: LiveStore, id: string): MessageRow | undefined =>
  database.get<MessageRow>(`${MESSAGE} WHERE id = ?`, id)

/** Another one whenever the message or one of its parts was written; read before they are. */
const stampOf = (database: LiveStore, id: string): string | undefined => database.get<{ stamp: string }>(
  `SELECT m.time_updated || ' ' || count(p.id) || ' ' || coalesce(max(p.time_updated), 0) AS stamp
   FROM message m LEFT JOIN part p ON p.message_id = m.id WHERE m.id = ? GROUP BY m.id`, id)?.stamp

function lineOf(database: LiveStore, { session, main }: SessionRows, message: MessageRow): RowLine {
  const parts = database.all<DataRow>('SELECT id, data FROM part WHERE message_id = ? ORDER BY id', message.id)
  const line = messageLine(session, message, parts)
  if (main === undefined || line.info['role'] !== 'user') return line
  const turn = turnAt(database, main, message.at)
  return turn === undefined ? line : { ...line, turn }
}

const infoOf = (session: string, message: DataRow): JsonObject => messageLine(session, message, []).info

function formatSession(database: LiveStore, session: string): string | undefined {
  const row = database.get<JsonObject>('SELECT * FROM session WHERE id = ?', session)
  return row === undefined ? undefined : formatRowLine(sessionLine(row))
}

/** Messages of the user that the client wrote are part of the turn before them. */
const MAX_STEPS = 100

/** The turn that a main session was in. */
function turnAt(database: LiveStore, session: string, at: Millis): string | undefined {
  let before = at
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const last = database.get<MessageRow>(
      `${MESSAGE} WHERE session_id = ? AND time_created <= ? ORDER BY time_created DESC, id DESC LIMIT 1`,
      session, before)
    if (last === undefined) return undefined
    const { role, parentID: parent } = infoOf(session, last)
    const asked = role === 'assistant' ? readMessage(database, textOf(parent) ?? '') : last
    if (asked !== undefined && beginsTurn(lineOf(database, { session }, asked))) return asked.id
    before = (asked ?? last).at - 1
  }
  return undefined
}
