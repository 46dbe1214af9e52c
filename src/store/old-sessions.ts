// The sessions that agents keep of this repository, with all files each of them is told in.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, Environment } from '../agents/agent.ts'
import type { Millis } from '../model/event.ts'
import type { SessionId } from '../model/ids.ts'
import type { OldPlaces } from './old-places.ts'
import { listOpenCodeSessions } from './opencode-transcript.ts'
import { findTranscripts } from './transcript-files.ts'
import type { FoundTranscript } from './transcript-files.ts'

export interface OldSession {
  readonly adapter: AgentAdapter
  readonly session: SessionId
  /** Root of the worktree that it was started in; it may be gone. */
  readonly worktree: string
  readonly changedAt: Millis
  /** The main transcripts, the oldest first: mostly one. */
  readonly files: readonly FoundTranscript[]
  /** Those of subagents that do not lie where their session's say. */
  readonly subagents: readonly FoundTranscript[]
}

export interface OldSessionSearch {
  readonly adapters: readonly AgentAdapter[]
  readonly places: OldPlaces
  /** The user's home folder. */
  readonly home: string
  readonly env: Environment
  /** Sessions that were not gone on with since then are left out. */
  readonly since: Millis
}

/** By the time they were gone on with last, the oldest first. `onFound`: how many there are so far. */
export async function listOldSessions(
  search: OldSessionSearch, onFound: (count: number) => void,
): Promise<readonly OldSession[]> {
  const sessions: OldSession[] = []
  for (const adapter of search.adapters) {
    const found = adapter.transcript === 'sqlite' ? await listRows(adapter, search) : listFiles(adapter, search)
    sessions.push(...group(adapter, search, found))
    onFound(sessions.length)
  }
  return sessions.sort((one, other) => one.changedAt - other.changedAt || compare(one.session, other.session))
}

interface Found extends FoundTranscript {
  /** Undefined for subagents, which are where their sessions are. */
  readonly worktree?: string
}

function listFiles(adapter: AgentAdapter, { places, home, env }: OldSessionSearch): readonly Found[] {
  const found = new Map<string, Found>()
  let isSilent = false
  for (const transcript of findTranscripts(adapter, { home, env, since: 0, subagents: true })) {
    const { startedIn, subagent, path } = transcript
    if (subagent !== undefined) found.set(path, transcript)
    else if (startedIn === undefined) isSilent = true
    const worktree = startedIn === undefined ? undefined : places.worktreeOf(startedIn)
    if (worktree !== undefined) found.set(path, { ...transcript, worktree })
  }
  // Of some sessions only the place of the file tells where they were started.
  const foldersOf = (cwd: string | undefined): string => JSON.stringify(adapter.transcriptFolders(cwd, home, env))
  for (const worktree of places.worktrees) {
    if (!isSilent || foldersOf(worktree) === foldersOf(undefined)) continue
    for (const transcript of findTranscripts(adapter, { cwd: worktree, home, env, since: 0 })) {
      if (transcript.startedIn === undefined) found.set(transcript.path, { ...transcript, worktree })
    }
  }
  return [...found.values()]
}

async function listRows(adapter: AgentAdapter, { places, home, env }: OldSessionSearch): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const database of listDatabases(adapter, home, env)) {
    for (const { session, directory, updatedAt, parent } of await listOpenCodeSessions(database)) {
      const worktree = parent === undefined ? places.worktreeOf(directory) : undefined
      if (worktree === undefined) continue
      found.push({ path: `${database}#${session}`, session, startedIn: directory, worktree,
        changedAt: updatedAt, sizeBytes: 0 })
    }
  }
  return found
}

/** The one in use, and those of preview versions beside it. */
function listDatabases(adapter: AgentAdapter, home: string, env: Environment): ReadonlySet<string> {
  const [inUse = ''] = adapter.transcriptOf?.('' as SessionId, home, env).split('#') ?? []
  const beside = adapter.transcriptFolders(undefined, home, env).flatMap(({ path }) =>
    namesIn(path).filter((name) => name.endsWith('.db')).map((name) => join(path, name)))
  return new Set([inUse, ...beside].filter((path) =>
    lstatSync(path, { throwIfNoEntry: false })?.isFile() === true))
}

function group(adapter: AgentAdapter, { since }: OldSessionSearch, found: readonly Found[]): readonly OldSession[] {
  const sessions = new Map<SessionId, Found[]>()
  for (const file of found) sessions.set(file.session, [...sessions.get(file.session) ?? [], file])
  return [...sessions].flatMap(([session, all]): OldSession[] => {
    const sorted = [...all].sort((one, other) => one.changedAt - other.changedAt)
    const files = sorted.filter(({ subagent }) => subagent === undefined)
    const worktree = files.at(-1)?.worktree
    const changedAt = Math.round(sorted.at(-1)!.changedAt)
    if (worktree === undefined || changedAt < since) return []
    return [{ adapter, session, worktree, changedAt, files, subagents: sorted.filter((file) => !files.includes(file)) }]
  })
}

const compare = (one: string, other: string): number => one < other ? -1 : one > other ? 1 : 0

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
