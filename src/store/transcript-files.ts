// Finds the transcripts that agents keep below the user's home, and whose sessions they are.

import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, Environment, TranscriptFolder } from '../agents/agent.ts'
import type { Millis } from '../model/event.ts'
import type { SessionId } from '../model/ids.ts'

export interface FoundTranscript {
  readonly path: string
  readonly session: SessionId
  /** The folder in which the session was started; undefined: only the transcript's own place tells. */
  readonly startedIn?: string
  readonly changedAt: Millis
  readonly sizeBytes: number
}

export interface TranscriptSearch {
  /** Sessions started there (and maybe others); undefined: all. */
  readonly cwd?: string
  /** The user's home folder. */
  readonly home: string
  readonly env: Environment
  /** Files that were not changed since then are left out. */
  readonly since: Millis
  /** Only this one; files whose names say another are not opened. */
  readonly session?: SessionId
}

/** What is read of a file to know whose it is. The first line of some agents holds all instructions to the model. */
const HEAD_BYTES = 256 * 1024
const HEAD_LINES = 20

/** The main transcripts of an agent's sessions; those of subagents belong to them and are not listed. */
export function* findTranscripts(adapter: AgentAdapter, search: TranscriptSearch): Generator<FoundTranscript> {
  const seen = new Set<string>()
  for (const folder of adapter.transcriptFolders(search.cwd, search.home, search.env)) {
    for (const path of filesIn(folder)) {
      if (seen.has(path) || !path.endsWith('.jsonl')) continue
      seen.add(path)
      const named = adapter.sessionOfTranscript(path)
      if (named !== undefined && named !== (search.session ?? named)) continue
      const found = lstatSync(path, { throwIfNoEntry: false })
      if (found?.isFile() !== true || found.mtimeMs < search.since) continue
      const transcript = readFound(adapter, path)
      if (transcript === undefined || transcript.session !== (search.session ?? transcript.session)) continue
      yield { ...transcript, changedAt: found.mtimeMs, sizeBytes: found.size }
    }
  }
}

/** Whose transcript a file is; undefined for a file that is no main transcript of a session. */
function readFound(
  adapter: AgentAdapter, path: string,
): Pick<FoundTranscript, 'path' | 'session' | 'startedIn'> | undefined {
  const lines = readHead(path)
  const session = adapter.sessionOfTranscript(path, lines)
  if (session === undefined) return undefined
  const startedIn = adapter.startedIn(lines, path)
  return { path, session, ...(startedIn === undefined ? {} : { startedIn }) }
}

function readHead(path: string): readonly string[] {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(HEAD_BYTES)
      const length = readSync(file, bytes, 0, HEAD_BYTES, 0)
      const end = length < HEAD_BYTES ? length : bytes.lastIndexOf(10, length - 1)
      return bytes.toString('utf8', 0, Math.max(end, 0)).split('\n', HEAD_LINES)
    } finally {
      closeSync(file)
    }
  } catch {
    return []
  }
}

function* filesIn({ path, depth }: TranscriptFolder): Generator<string> {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch {
    return
  }
  for (const entry of entries) {
    const below = join(path, entry.name)
    if (entry.isDirectory() && depth > 0) yield* filesIn({ path: below, depth: depth - 1 })
    else if (entry.isFile() && depth === 0) yield below
  }
}
