// The live store: one private SQLite database for all worktrees of a clone. The only file that imports better-sqlite3.

import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, Statement } from 'better-sqlite3'
import { BitloopsError } from '../errors.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './schema.ts'

export type SqlValue = string | number | bigint | Buffer | null

/** A database with prepared statements kept by their text. Every call throws better-sqlite3's SqliteError. */
export interface LiveStore {
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[]
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined
  /** Gives back the number of rows changed. */
  run(sql: string, ...values: readonly SqlValue[]): number
  iterate<Row>(sql: string, ...values: readonly SqlValue[]): IterableIterator<Row>
  /** Runs `work` in one IMMEDIATE transaction; what it throws rolls back. Nested calls join the outer one. */
  transaction<Result>(work: () => Result): Result
  close(): void
}

export interface LiveStoreOptions {
  /** How long a call waits for another writer; default 1500. */
  readonly busyTimeoutMs?: number
  /** Do not make the database where there is none: gives undefined through `findLiveStore`. */
  readonly readOnly?: boolean
}

export const liveStorePath = (home: string): string => join(home, 'live.db')

/** Loads the database's module ahead of its use, while something else is waited for. */
export const loadLiveStore = async (): Promise<void> => { await import('better-sqlite3') }

/** Opens (and makes, and migrates) `<home>/live.db`. Throws `store-unusable` or `newer-format`. */
export async function openLiveStore(home: string, options: LiveStoreOptions = {}): Promise<LiveStore> {
  const { default: Sqlite } = await import('better-sqlite3')
  const path = liveStorePath(home)
  const before = process.umask(0o077)
  try {
    if (options.readOnly !== true) mkdirSync(home, { recursive: true, mode: 0o700 })
    const database = new Sqlite(path, { timeout: options.busyTimeoutMs ?? 1500, readonly: options.readOnly === true })
    try {
      if (options.readOnly !== true) prepare(database, path)
      checkVersion(database)
      return wrap(database)
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    if (error instanceof BitloopsError) throw error
    throw new BitloopsError('store-unusable', `the live store ${path} cannot be used: ${(error as Error).message}`,
      'git bitloops doctor tells more')
  } finally {
    process.umask(before)
  }
}

/** As `openLiveStore`, or undefined where no session was ever recorded. */
export async function findLiveStore(home: string, options: LiveStoreOptions = {}): Promise<LiveStore | undefined> {
  return existsSync(liveStorePath(home)) ? await openLiveStore(home, options) : undefined
}

/** More than this of another program's database is not read into memory. */
const MAX_COPY_BYTES = 64 * 1024 * 1024

/**
 * Opens another program's database, only to read it. SQLite leaves two empty files beside a database in WAL mode that
 * nobody else has open: such a one is read as a copy in memory, unless it is too large. Throws SqliteError.
 */
export async function openForeignDatabase(path: string): Promise<LiveStore> {
  const { default: Sqlite } = await import('better-sqlite3')
  const isOpen = existsSync(`${path}-wal`) || statSync(path).size > MAX_COPY_BYTES
  const database = new Sqlite(isOpen ? path : withoutWal(readFileSync(path)),
    { readonly: true, fileMustExist: isOpen, timeout: 250 })
  database.pragma('trusted_schema = OFF')
  return wrap(database)
}

/** Bytes 18 and 19 of a database say 2 for WAL, which a copy in memory cannot have. */
const withoutWal = (bytes: Buffer): Buffer => bytes.length < 20 ? bytes : bytes.fill(1, 18, 20)

/** True for what SQLite throws when another process keeps the database, or a lock, for too long. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && /^SQLITE_(?:BUSY|LOCKED)/.test((error as { code?: unknown }).code as string)

/**
 * Takes the one lock of a file, or gives undefined when another process has it. The kernel frees it when its process
 * dies.
 */
export async function openLock(path: string): Promise<{ release(): void } | undefined> {
  const { default: Sqlite } = await import('better-sqlite3')
  const before = process.umask(0o077)
  const database = new Sqlite(path, { timeout: 0 })
  process.umask(before)
  try {
    database.exec('BEGIN EXCLUSIVE')
    return { release: () => { database.close() } }
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
}

function prepare(database: Database, path: string): void {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('trusted_schema = OFF')
  const version = database.pragma('user_version', { simple: true }) as number
  if (version >= SCHEMA_VERSION) return
  chmodSync(path, 0o600)
  database.transaction(() => {
    // Another process may have migrated while this one waited for the lock.
    const now = database.pragma('user_version', { simple: true }) as number
    for (let step = now; step < SCHEMA_VERSION; step += 1) database.exec(MIGRATIONS[step]!)
    database.pragma(`user_version = ${Math.max(now, SCHEMA_VERSION)}`)
  }).immediate()
}

function checkVersion(database: Database): void {
  const version = database.pragma('user_version', { simple: true }) as number
  if (version > SCHEMA_VERSION) {
    throw new BitloopsError('newer-format', `the live store was written by a newer git-bitloops (format ${version})`,
      'update git-bitloops; nothing was changed')
  }
}

function wrap(database: Database): LiveStore {
  const statements = new Map<string, Statement<SqlValue[]>>()
  const prepared = (sql: string): Statement<SqlValue[]> => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const made = database.prepare<SqlValue[]>(sql)
    statements.set(sql, made)
    return made
  }
  return {
    all: <Row>(sql: string, ...values: readonly SqlValue[]) => prepared(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: readonly SqlValue[]) => prepared(sql).get(...values) as Row | undefined,
    run: (sql, ...values) => prepared(sql).run(...values).changes,
    iterate: <Row>(sql: string, ...values: readonly SqlValue[]) =>
      prepared(sql).iterate(...values) as IterableIterator<Row>,
    transaction: (work) => database.inTransaction ? work() : database.transaction(work).immediate(),
    close: () => { database.close() },
  }
}
