// Reads on in agents' transcripts: from where the last reading ended, whole lines only, in bounded memory. Offset,
// adapter state and events change in one transaction, so that a crash or a second reader repeats lines but never
// loses one.

import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, TranscriptReading, TranscriptState } from '../agents/agent.ts'
import type { Millis, Observation } from '../model/event.ts'
import { countFinding } from './findings.ts'
import { isOutside } from './gaps.ts'
import type { Gap } from './gaps.ts'
import { readLines } from './lines.ts'
import type { LineBatch } from './lines.ts'
import type { LiveStore } from './live.ts'
import { appendNative, redactNative } from './native-lines.ts'
import { noteFacts } from './sessions.ts'
import type { SessionRow, TranscriptCondition } from './sessions.ts'
import { settleCopies } from './events.ts'

export interface TranscriptTarget {
  readonly session: SessionRow
  readonly adapter: AgentAdapter
  readonly subagent?: string
  readonly path: string
  /** What was said then is left out. */
  readonly gaps: readonly Gap[]
  /** For lines that tell no time. */
  readonly at?: Millis
}

/** Prepares observations outside of a transaction and gives back the work to do inside. */
export type PrepareAppend = (observations: readonly Observation[]) => Promise<() => void>

export interface Position {
  readonly offset: number
  readonly tail: string
  readonly tailBytes: number
  readonly state: string
}

const TAIL_BYTES = 256
/** How often another reader may get ahead before this one leaves the rest to it. */
export const MAX_CONFLICTS = 5

/** Reads what is new in one file. The answer tells what became of the file, not whether anything was new. */
export async function readTranscript(
  store: LiveStore, target: TranscriptTarget, now: Millis, prepare: PrepareAppend,
): Promise<TranscriptCondition> {
  const opened = openSafely(target.path)
  if (opened.kind !== 'open') {
    if (opened.kind === 'refused') countFinding(store, 'transcript', opened.reason, target.path, now)
    return opened.kind
  }
  try {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const start = startPosition(store, target, opened.file, now)
      if (await readFrom(store, { ...target, at: timeOf(opened.file) }, opened.file, start, now, prepare)) break
    }
    return 'read'
  } finally {
    closeSync(opened.file)
  }
}

/** The best that is known of a file whose lines tell no time: when it began, unless it is a copy. */
function timeOf(file: number): Millis {
  const { birthtimeMs, mtimeMs } = fstatSync(file)
  return Math.round(birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs)
}

/** Where the main transcript of a session was last. */
export const transcriptPathOf = (store: LiveStore, session: number): string | undefined =>
  store.get<{ path: string }>(`SELECT path FROM transcripts WHERE session = ? AND subagent = ''`, session)?.path

/** Remembers where a transcript will be, before there is anything to read. */
export function expectTranscript(store: LiveStore, session: number, subagent: string | undefined, path: string): void {
  store.run(
    `INSERT INTO transcripts (session, subagent, path) VALUES (?, ?, ?)
     ON CONFLICT (session, subagent) DO UPDATE SET path = excluded.path WHERE path <> excluded.path`,
    session, subagent ?? '', path)
}

/** The transcripts of a session's subagents: those it named, and those that lie beside its own. */
export function listSubagentTranscripts(
  store: LiveStore, session: SessionRow, adapter: AgentAdapter, mainPath: string,
): ReadonlyMap<string, string> {
  const known = store.all<{ subagent: string; path: string }>(
    `SELECT subagent, path FROM transcripts WHERE session = ? AND subagent <> ''`, session.id)
  const paths = new Map(known.map(({ subagent, path }) => [subagent, path]))
  const folder = adapter.subagentFolder(mainPath, session.sessionId)
  for (const name of namesIn(folder)) {
    const subagent = adapter.subagentOfTranscript(join(folder, name))
    if (subagent !== undefined) paths.set(subagent, join(folder, name))
  }
  return paths
}

type Opened =
  | { readonly kind: 'open'; readonly file: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string }

/** As `openSafely`, for what another library opens by its path. */
export function whyUnsafe(path: string): Exclude<Opened, { kind: 'open' }> | undefined {
  const opened = openSafely(path)
  if (opened.kind !== 'open') return opened
  closeSync(opened.file)
  return undefined
}

/** A payload may name any path: only a regular file of this user, not reached by a symbolic link, is read. */
function openSafely(path: string): Opened {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP' || code === 'EMLINK') return { kind: 'refused', reason: 'transcript is a symbolic link' }
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' }
    return { kind: 'refused', reason: `transcript cannot be opened: ${code}` }
  }
  const found = fstatSync(file)
  const reason = !found.isFile() ? 'transcript is not a regular file'
    : process.getuid !== undefined && found.uid !== process.getuid() ? 'transcript belongs to another user' : undefined
  if (reason === undefined) return { kind: 'open', file }
  closeSync(file)
  return { kind: 'refused', reason }
}

/** Where the last reading ended. */
export function readPosition(store: LiveStore, target: TranscriptTarget): Position {
  expectTranscript(store, target.session.id, target.subagent, target.path)
  return store.get<Position>(
    'SELECT offset, tail, tail_bytes AS tailBytes, state FROM transcripts WHERE session = ? AND subagent = ?',
    target.session.id, target.subagent ?? '')!
}

/** The position of the last reading, or the start when the file is no longer the one that was read. */
function startPosition(store: LiveStore, target: TranscriptTarget, file: number, now: Millis): Position {
  const position = readPosition(store, target)
  const { offset, tail, tailBytes } = position
  if (offset === 0 || digestBefore(file, offset, tailBytes) === tail) return position
  const fresh = { offset: 0, tail: '', tailBytes: 0, state: '{}' }
  if (move(store, target, position, fresh)) {
    countFinding(store, 'transcript-replaced', target.session.sessionId, target.path, now)
  }
  return fresh
}

/** True when the end was reached; false when another reader got ahead. */
async function readFrom(
  store: LiveStore, target: TranscriptTarget, file: number, start: Position, now: Millis, prepare: PrepareAppend,
): Promise<boolean> {
  let position = start
  for (const batch of readLines(file, start.offset)) {
    const state = position.offset === 0 ? undefined : JSON.parse(position.state) as TranscriptState
    const next = await keepLines(store, { ...target, position, now, prepare }, batch, state,
      (reached) => positionAt(file, batch.end, reached))
    if (next === undefined) return false
    position = next
  }
  return true
}

export interface KeptReading extends TranscriptTarget {
  /** Where the lines begin. */
  readonly position: Position
  readonly now: Millis
  readonly prepare: PrepareAppend
}

/**
 * Keeps what lines tell, together with the position after them, which it gives back; undefined, and nothing kept, when
 * another reader got ahead.
 */
export async function keepLines(
  store: LiveStore, target: KeptReading, { lines, skipped }: Pick<LineBatch, 'lines' | 'skipped'>,
  state: TranscriptState | undefined, positionAfter: (state: TranscriptState) => Position,
): Promise<Position | undefined> {
  const reading = target.adapter.parseTranscript(lines, {
    session: target.session.sessionId, ...(target.subagent === undefined ? {} : { subagent: target.subagent }),
    ...(target.at === undefined ? {} : { at: target.at }),
  }, state)
  const heard = reading.observations.filter(({ event }) => isOutside(target.gaps, event.at))
  const native = await redactNative(reading.native)
  const append = await target.prepare(heard)
  const next = positionAfter(reading.state)
  return store.transaction(() => {
    if (!move(store, target, target.position, next)) return undefined
    append()
    appendNative(store, {
      session: target.session.id, subagent: target.subagent ?? '',
      lastEventAt: target.session.lastEventAt, gaps: target.gaps,
    }, native, reading.observations)
    note(store, target, reading, skipped, target.now)
    return next
  })
}

function move(store: LiveStore, target: TranscriptTarget, from: Position, to: Position): boolean {
  return store.run(
    `UPDATE transcripts SET offset = ?, tail = ?, tail_bytes = ?, state = ?
     WHERE session = ? AND subagent = ? AND offset = ? AND tail = ?`,
    to.offset, to.tail, to.tailBytes, to.state, target.session.id, target.subagent ?? '', from.offset, from.tail) > 0
}

function note(
  store: LiveStore, target: TranscriptTarget, reading: TranscriptReading, skipped: number, now: Millis,
): void {
  if (noteFacts(store, target.session.id, reading.facts)) settleCopies(store, target.session.id, 0)
  for (const unknown of reading.unknown) countFinding(store, 'line', unknown, target.session.agent, now)
  for (let count = 0; count < skipped; count += 1) {
    countFinding(store, 'transcript', 'line is too long', target.path, now)
  }
}

export function positionAt(file: number, offset: number, state: TranscriptState): Position {
  const tailBytes = Math.min(offset, TAIL_BYTES)
  return { offset, tail: digestBefore(file, offset, tailBytes), tailBytes, state: JSON.stringify(state) }
}

function digestBefore(file: number, offset: number, length: number): string {
  const bytes = Buffer.alloc(length)
  const read = readSync(file, bytes, 0, length, offset - length)
  return createHash('sha256').update(bytes.subarray(0, read)).digest('hex')
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
