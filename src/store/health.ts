// Looks at what is recorded, and changes nothing: the live store, the inbox, the log, and who may read them.

import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { Environment, Repository } from '../git/repository.ts'
import type { Worktree } from '../git/worktrees.ts'
import { logPaths } from '../log.ts'
import type {
  Failure, InboxFacts, NamedSession, RecordsFacts, SessionsFacts, StoreState,
} from '../model/diagnose-records.ts'
import type { Millis } from '../model/event.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import type { Settings } from '../model/settings.ts'
import { readFindings } from './findings.ts'
import { readHead } from './heads.ts'
import { listInbox } from './inbox.ts'
import { liveStorePath, openLiveStore } from './live.ts'
import type { LiveStore } from './live.ts'
import { isPromoted } from './plans.ts'
import { findUnkept } from './unkept.ts'

/** Longer than this without an event, a turn is not under way. */
const SILENT_MS = 30 * 60_000
/** Edits of a session that ended are usually committed within this time. */
const UNSETTLED_MS = 24 * 3_600_000
/** A promotion is at work no longer than this. */
const WRITING_MS = 10_000
const OLD_CLAIM_MS = 60_000
const ABANDONED_MS = 3_600_000
const MAX_SESSIONS = 50
const LAST_FAILURES = 5
/** The end of a log that holds its last failures. */
const LOG_TAIL_CHARS = 20_000

const NO_SESSIONS: SessionsFacts =
  { silent: [], unsettled: [], missingTranscripts: 0, refusedTranscripts: 0, moved: [], openPlans: [], unkept: 0 }
/** Edits that may be the user's own make no commit the agent's. */
const PENDING = `settled IS NULL AND evidence <> 'unknown'`

export interface OpenedStore {
  readonly state: StoreState
  /** For more questions; the caller closes it. Absent when it cannot be asked. */
  readonly store?: LiveStore
}

/** Opens the live store for reading and looks for damage; the time grows with its size. */
export async function examineStore(home: string): Promise<OpenedStore> {
  const path = liveStorePath(home)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return { state: { kind: 'none' } }
  let store: LiveStore | undefined
  try {
    store = await openLiveStore(home, { readOnly: true })
    const damage = store.all<{ quick_check: string }>('PRAGMA quick_check(5)').map((row) => row.quick_check)
    if (damage.join() !== 'ok') throw new Error(`database disk image is malformed (${damage[0]})`)
    const version = store.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
    const sessions = store.get<{ count: number }>('SELECT count(*) AS count FROM sessions')?.count ?? 0
    return { state: { kind: 'sound', sizeBytes: found.size, version, sessions }, store }
  } catch (error) {
    store?.close()
    return { state: stateOf(error as Error, path) }
  }
}

function stateOf(error: Error, path: string): StoreState {
  if (error instanceof BitloopsError && error.code === 'newer-format') return { kind: 'newer', said: error.message }
  const said = error.message.replace(/^the live store .* cannot be used: /, '')
  if (/not a database|malformed|corrupt/.test(said)) return { kind: 'damaged', path, said }
  return { kind: 'unusable', said: `the live store cannot be used: ${said}` }
}

export interface Looking {
  readonly now: Millis
  readonly strategy: Settings['strategy']
}

/** All that the store, the inbox and the log tell. */
export function readRecords(
  repository: Repository, opened: OpenedStore, worktrees: readonly Worktree[], looking: Looking,
): RecordsFacts {
  const { now } = looking
  const { store, state } = opened
  return {
    now,
    store: state,
    exposed: listExposed(repository.home).map(({ path }) => path),
    inbox: readInbox(repository.home, now),
    findings: store === undefined ? [] : readFindings(store),
    sessions: store === undefined ? NO_SESSIONS : readSessions(store, worktrees, looking),
    failures: readFailures(repository.home, repository.env),
  }
}

function readSessions(
  store: LiveStore, worktrees: readonly Worktree[], { now, strategy }: Looking,
): SessionsFacts {
  const select = (where: string, before: Millis): readonly NamedSession[] => store.all<NamedSession>(
    `SELECT agent, session_id AS session, last_event_at AS lastEventAt FROM sessions
     WHERE ${where} AND last_event_at < ? ORDER BY last_event_at DESC LIMIT ${MAX_SESSIONS}`, before)
  const transcripts = store.all<{ state: string; count: number }>(
    `SELECT transcript_state AS state, count(*) AS count FROM sessions
     WHERE last_event_at < ? GROUP BY transcript_state`, now - SILENT_MS)
  const countIn = (state: string): number => transcripts.find((row) => row.state === state)?.count ?? 0
  return {
    silent: select('open_turn IS NOT NULL AND ended_at IS NULL', now - SILENT_MS),
    unsettled: select(
      `ended_at IS NOT NULL AND id IN (SELECT session FROM edits WHERE ${PENDING})`, now - UNSETTLED_MS),
    missingTranscripts: countIn('missing'),
    refusedTranscripts: countIn('refused'),
    moved: worktrees.filter((worktree) => hasMoved(store, worktree)).map(({ path }) => path),
    unkept: strategy === 'session' ? findUnkept(store, now).length : 0,
    openPlans: store.all<{ checkpoint: CheckpointId | null; commit: Oid }>(
      `SELECT checkpoint, "commit" FROM plans WHERE state <> 'done' AND made_at < ? ORDER BY made_at`,
      now - WRITING_MS),
  }
}

/** HEAD is not where we, or a turn, saw it last, its commit has no checkpoint, and recorded edits wait for one. */
function hasMoved(store: LiveStore, { path, head }: Worktree): boolean {
  const seen = readHead(store, path) ?? store.get<{ head: Oid | null }>(
    'SELECT head FROM fingerprints WHERE worktree = ? ORDER BY at DESC LIMIT 1', path)?.head ?? undefined
  if (head === undefined || seen === undefined || seen === head || isPromoted(store, head)) return false
  return store.get(`SELECT 1 FROM edits WHERE worktree = ? AND ${PENDING} LIMIT 1`, path) !== undefined
}

function readInbox(home: string, now: Millis): InboxFacts {
  const waiting = listInbox(home)
  const lease = changedAt(join(home, 'drain.lease'))
  return {
    waiting: waiting.length,
    ...waiting[0] === undefined ? {} : { oldestAt: waiting[0].receivedAt },
    drainIsAlive: lease !== undefined && lease > now,
    hasOldClaim: hasOldClaim(home, now),
    abandoned: namesIn(join(home, 'inbox', 'tmp')).filter((name) =>
      now - (changedAt(join(home, 'inbox', 'tmp', name)) ?? now) > ABANDONED_MS).length,
    quarantined: namesIn(join(home, 'inbox', 'quarantine')).length,
  }
}

/** Made by the hook that starts a drain, and taken away by the drain. */
export const claimPath = (home: string): string => join(home, 'drain.starting')

export const hasOldClaim = (home: string, now: Millis): boolean =>
  now - (changedAt(claimPath(home)) ?? now) > OLD_CLAIM_MS

/** The last failures of this repository, and of all where its own log could not be written. Oldest first. */
export function readFailures(home: string, env: Environment): readonly Failure[] {
  const lines = logPaths(home, env).flatMap((path) => readTail(path).split('\n').slice(-LAST_FAILURES - 1))
  const failures = lines.flatMap((line) => {
    const [time = '', where = '', message = ''] = line.split('\t')
    const at = Date.parse(time)
    return Number.isNaN(at) ? [] : [{ at, where, message }]
  })
  return failures.sort((one, other) => one.at - other.at).slice(-LAST_FAILURES)
}

function readTail(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-LOG_TAIL_CHARS)
  } catch {
    return ''
  }
}

export interface Exposed {
  readonly path: string
  /** The rights it should have. */
  readonly mode: number
}

const PRIVATE_FOLDERS = ['', 'inbox', 'inbox/tmp', 'inbox/new', 'inbox/quarantine']
const PRIVATE_FILES = ['live.db', 'live.db-wal', 'live.db-shm', 'log', 'installed.json']

/** What holds raw sessions and may be read by others. Windows has no such rights. */
export function listExposed(home: string): readonly Exposed[] {
  if (process.platform === 'win32') return []
  const places = [...PRIVATE_FOLDERS, ...PRIVATE_FILES].map((name) => join(home, name))
  return places.flatMap((path) => {
    const found = findEntry(path)
    if (found === undefined || (found.mode & 0o077) === 0) return []
    return [{ path, mode: found.isDirectory() ? 0o700 : 0o600 }]
  })
}

const changedAt = (path: string): Millis | undefined => findEntry(path)?.mtimeMs

/** Whatever may be in the way. */
function findEntry(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
