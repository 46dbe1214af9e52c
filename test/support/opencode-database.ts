// A database as OpenCode keeps it, with the columns that are read, written row by row as the client does.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'

type Fields = Readonly<Record<string, unknown>>

export interface OpenCodeDatabase {
  readonly path: string
  session(id: string, made: number, more?: { readonly parent?: string; readonly directory?: string }): void
  /** Writes a message, or changes it. */
  message(session: string, id: string, at: number, info: Fields, updated?: number): void
  part(session: string, message: string, id: string, part: Fields, updated?: number): void
  run(sql: string, ...values: readonly (string | number)[]): void
  close(): void
}

export function openOpenCodeDatabase(path: string): OpenCodeDatabase {
  mkdirSync(dirname(path), { recursive: true })
  const database = new Sqlite(path)
  database.pragma('journal_mode = WAL')
  database.exec(`
    CREATE TABLE IF NOT EXISTS session (
      id text PRIMARY KEY, project_id text NOT NULL, parent_id text, slug text NOT NULL, directory text NOT NULL,
      title text NOT NULL, version text NOT NULL, revert text, time_created integer NOT NULL,
      time_updated integer NOT NULL);
    CREATE TABLE IF NOT EXISTS message (
      id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL,
      data text NOT NULL);
    CREATE TABLE IF NOT EXISTS part (
      id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL,
      time_updated integer NOT NULL, data text NOT NULL);`)
  let clock = 0
  const run = (sql: string, ...values: readonly (string | number)[]): void => { database.prepare(sql).run(...values) }
  return {
    path, run,
    session: (id, made, { parent = '', directory = '/home/dev/project' } = {}) => run(
      `INSERT INTO session VALUES (?, 'p', nullif(?, ''), 's', ?, 'T', '1.18.33', NULL, ?, ?)`,
      id, parent, directory, made, made),
    message: (session, id, at, info, updated = clock += 1) => run(
      `INSERT INTO message VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET data = excluded.data, time_updated = excluded.time_updated`,
      id, session, at, updated, JSON.stringify({ time: { created: at }, ...info })),
    part: (session, message, id, part, updated = clock += 1) => run(
      `INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET data = excluded.data, time_updated = excluded.time_updated`,
      id, message, session, updated, updated, JSON.stringify(part)),
    close: () => { database.close() },
  }
}
