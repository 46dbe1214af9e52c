// Reads on in a session of OpenCode: rows of a database that the client is writing. Position, adapter state and events
// change in one transaction, as for transcripts in files.

import type { TranscriptState } from '../agents/agent.ts'
import type { Millis } from '../model/event.ts'
import { countFinding } from './findings.ts'
import { isBusy, openForeignDatabase } from './live.ts'
import type { LiveStore } from './live.ts'
import { childrenOf, isIntact, knowsSession, readRows, ROWS_START, sessionsIn } from './opencode-database.ts'
import type { OpenCodeSession, RowBatch, RowsPosition, SessionRows } from './opencode-database.ts'
import type { TranscriptCondition } from './sessions.ts'
import { keepLines, MAX_CONFLICTS, readPosition, whyUnsafe } from './transcripts.ts'
import type { Position, PrepareAppend, TranscriptTarget } from './transcripts.ts'

/** All sessions of a database, the oldest first; none where it cannot be read. */
export async function listOpenCodeSessions(path: string): Promise<readonly OpenCodeSession[]> {
  const opened = await open(path)
  if (opened.kind !== 'open') return []
  const sessions = attempt(() => sessionsIn(opened.database))
  opened.database.close()
  return sessions.kind === 'done' ? sessions.value : []
}

/** All lines of a session, `path`: `<database>#<session>`; undefined where they cannot be read. */
export async function readOpenCodeLines(path: string, now: Millis): Promise<readonly string[] | undefined> {
  const [file, session] = splitPath(path)
  const opened = await open(file)
  if (opened.kind !== 'open') return undefined
  const { database } = opened
  const read = attempt(() => [...readRows(database, { session }, ROWS_START, now)].flatMap(({ lines }) => lines))
  database.close()
  return read.kind === 'done' && read.value.length > 0 ? read.value : undefined
}

/** The open transcripts of a session and its subagents. */
export interface OpenTranscripts {
  read(target: TranscriptTarget, prepare: PrepareAppend): Promise<TranscriptCondition>
  /** The subagents' transcripts, by subagent. */
  subagents(): ReadonlyMap<string, string>
  close(): void
}

/** `path`: `<database>#<session>`. */
export async function openRowTranscripts(store: LiveStore, path: string, now: Millis): Promise<OpenTranscripts> {
  const [file, main] = splitPath(path)
  const opened = await open(file)
  if (opened.kind !== 'open') {
    if (opened.kind === 'refused') countFinding(store, 'transcript', opened.reason, file, now)
    return { read: () => Promise.resolve(opened.kind), subagents: () => new Map(), close: () => {} }
  }
  const { database } = opened
  return {
    async read(target, prepare) {
      const [, session] = splitPath(target.path)
      const of = { session, ...(session === main ? {} : { main }) }
      const read = await readSession({ store, database, target, of, now, prepare })
      if (read.kind === 'failed') countFinding(store, 'transcript', read.reason, file, now)
      return read.kind === 'done' ? read.value : 'refused'
    },
    subagents() {
      const children = attempt(() => childrenOf(database, main))
      return new Map((children.kind === 'done' ? children.value : []).map((child) => [child, `${file}#${child}`]))
    },
    close: () => { database.close() },
  }
}

interface Reading {
  readonly store: LiveStore
  readonly database: LiveStore
  readonly target: TranscriptTarget
  readonly of: SessionRows
  readonly now: Millis
  readonly prepare: PrepareAppend
}

async function readSession(reading: Reading): Promise<Attempt<TranscriptCondition>> {
  const known = attempt(() => knowsSession(reading.database, reading.of.session))
  if (known.kind === 'failed') return known
  if (!known.value) return { kind: 'done', value: 'missing' }
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const read = await readFrom(reading)
    if (read.kind === 'failed') return read
    if (read.value) break
  }
  return { kind: 'done', value: 'read' }
}

/** What `transcripts.state` holds: how far the rows were read, and what the adapter remembers. */
interface KeptState {
  readonly rows: RowsPosition
  readonly adapter: TranscriptState
}

/** True when the end was reached; false when another reader got ahead. */
async function readFrom({ store, database, target, of, now, prepare }: Reading): Promise<Attempt<boolean>> {
  let position = readPosition(store, target)
  const kept = position.offset === 0 ? undefined : JSON.parse(position.state) as KeptState
  const intact = attempt(() => kept !== undefined && isIntact(database, kept.rows))
  if (intact.kind === 'failed') return intact
  const start = intact.value ? kept!.rows : ROWS_START
  let state = intact.value ? kept!.adapter : undefined
  const batches = readRows(database, of, start, now)
  for (;;) {
    const step = attempt(() => batches.next())
    if (step.kind === 'failed') return step
    if (step.value.done === true) return { kind: 'done', value: true }
    const batch = step.value.value
    const lines = numbered(batch.lines, position.offset)
    const next = await keepLines(store, { ...target, position, now, prepare }, { lines, skipped: batch.skipped }, state,
      (reached) => {
        state = reached
        return positionAfter(position, batch, { rows: batch.end, adapter: reached })
      })
    if (next === undefined) return { kind: 'done', value: false }
    position = next
  }
}

/** Lines stand one after the other as in a file: what is told again stands at a new place. */
function numbered(texts: readonly string[], offset: number): readonly { offset: number; text: string }[] {
  let at = offset
  return texts.map((text) => {
    const line = { offset: at, text }
    at += text.length + 1
    return line
  })
}

const positionAfter = (before: Position, { lines, skipped }: RowBatch, state: KeptState): Position => ({
  offset: lines.reduce((at, line) => at + line.length + 1, before.offset + skipped),
  tail: '', tailBytes: 0, state: JSON.stringify(state),
})

type Attempt<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly reason: string }

/** Another program's database may be locked, broken, or of a version that we do not know: no failure of ours. */
function attempt<Value>(work: () => Value): Attempt<Value> {
  try {
    return { kind: 'done', value: work() }
  } catch (error) {
    const why = isBusy(error) ? 'is locked' : `cannot be read: ${(error as Error).message}`
    return { kind: 'failed', reason: `the database of the sessions ${why}` }
  }
}

type Opened =
  | { readonly kind: 'open'; readonly database: LiveStore }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string }

async function open(file: string): Promise<Opened> {
  const unsafe = whyUnsafe(file)
  if (unsafe !== undefined) return unsafe
  try {
    return { kind: 'open', database: await openForeignDatabase(file) }
  } catch (error) {
    return { kind: 'refused', reason: `the database of the sessions cannot be opened: ${(error as Error).message}` }
  }
}

function splitPath(path: string): readonly [file: string, session: string] {
  const at = path.lastIndexOf('#')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}
