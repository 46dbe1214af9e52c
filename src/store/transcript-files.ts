// Finds the transcripts that agents keep below the user's home, and whose sessions they are.

import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, Environment, TranscriptFolder } from '../agents/agent.ts'
import type { Millis } from '../model/event.ts'
import type { SessionId } from '../model/ids.ts'

export interface FoundTranscript {
  readonly path: string
  readonly session: SessionId
  /** It is the transcript of a subagent of that session. */
  readonly subagent?: string
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
  /** Those of subagents that lie among the sessions' own, too. */
  readonly subagents?: true
}

/** What is read of a file to know whose it is. The first line of some agents holds all instructions to the model. */
const HEAD_BYTES = 256 * 1024
const HEAD_LINES = 20

/** The main transcripts of an agent's sessions; those of subagents belong to them and are only listed when asked. */
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
      if (transcript.subagent !== undefined && search.subagents !== true) continue
      yield { ...transcript, changedAt: found.mtimeMs, sizeBytes: found.size }
    }
  }
}

/** Whose transcript a file is; undefined for a file that is none. */
function readFound(
  adapter: AgentAdapter, path: string,
): Omit<FoundTranscript, 'changedAt' | 'sizeBytes'> | undefined {
  const lines = readHead(path)
  const session = adapter.sessionOfTranscript(path, lines)
  if (session === undefined) {
    const subagent = adapter.subagentIn?.(lines, path)
    return subagent === undefined ? undefined : { path, ...subagent }
  }
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
