// What it takes to give an agent one of its sessions back: where its transcript must lie, what the user types, how
// lines are told apart, and how they become a session of their own. Pure: files are read through what is passed in.

import type { Millis } from '../model/event.ts'
import type { AgentName, SessionId } from '../model/ids.ts'
import { mapStrings } from '../model/json-strings.ts'
import type { Environment } from './agent.ts'
import { parseObject } from './json.ts'

/** This machine, as the agent sees it. */
export interface AgentPlace {
  /** The folder the session goes on in, as the system names it (symbolic links resolved). */
  readonly cwd: string
  /** Root of the working tree that the folder lies in. */
  readonly root: string
  readonly branch?: string
  /** The user's home folder. */
  readonly home: string
  readonly env: Environment
  /** For files that an agent takes in by a command of its own. */
  readonly scratch: string
  /** The text of a file, or undefined where there is none. */
  read(path: string): string | undefined
}

export interface RestoredFile {
  readonly path: string
  readonly text: string
}

/** A session's files as they have to lie here. */
export interface RestoredSession {
  readonly transcript: RestoredFile
  /** Those of its subagents. */
  readonly subagents: readonly RestoredFile[]
  /** What the agent wants beside it; a file that is there stays as it is. */
  readonly beside: readonly RestoredFile[]
  /** Run before the agent is started, to make it take the transcript in. */
  readonly steps: readonly (readonly string[])[]
}

export interface SessionLines {
  readonly session: SessionId
  /** The agent's own lines, paths mapped already. */
  readonly lines: readonly string[]
  readonly subagents: ReadonlyMap<string, readonly string[]>
}

export interface AgentResume {
  readonly agent: AgentName
  /** What the user types to go on with a session, as words. */
  command(session: SessionId): readonly string[]
  /**
   * Whether the agent finds a session by its id wherever its transcript was filed, or only in the place that belongs
   * to the folder it is started in.
   */
  readonly finds: 'by-session' | 'by-folder'
  /** Where the files go; undefined: there is no documented way to give this agent a transcript. */
  restore(session: SessionLines, place: AgentPlace): RestoredSession | undefined
  /** What the user has to know where `restore` gives nothing. */
  readonly why?: string
  /** The same for the same line, whatever was redacted or mapped in it; undefined: the line does not matter. */
  keyOf(line: string): string | undefined
  timeOf(line: string): Millis | undefined
  /** Values with these names are signed or encrypted: a path in them stays as it is. */
  readonly sealed: ReadonlySet<string>
  /** True for the line by which the client opens a turn, some lines before its prompt. */
  opensTurn?(line: string): boolean
  /** An id for a new session, made from a random UUID. */
  newSession(uuid: string): SessionId
  /** The same lines as another session of that agent. */
  copyInto(lines: readonly string[], from: SessionId, to: SessionId): readonly string[]
}

/** Session ids come from elsewhere, and become part of paths and of commands. */
export const isPlainSession = (session: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(session)

/** The line with another session wherever it named this one, and nothing else. */
export function renameSession(line: string, from: SessionId, to: SessionId): string {
  const raw = line.includes(from) ? parseObject(line) : undefined
  return raw === undefined ? line : JSON.stringify(mapStrings(raw, (text) => text === from ? to : text))
}

/** The newest time stamp in these lines. */
export function newestIn(agent: Pick<AgentResume, 'timeOf'>, lines: Iterable<string>): Millis | undefined {
  let newest: Millis | undefined
  for (const line of lines) {
    const at = agent.timeOf(line)
    if (at !== undefined && (newest === undefined || at > newest)) newest = at
  }
  return newest
}

/** The time that an ISO 8601 text tells. */
export function millisOf(text: unknown): Millis | undefined {
  const at = typeof text === 'string' ? Date.parse(text) : NaN
  return Number.isNaN(at) ? undefined : at
}

export const textOfLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** A setting of the environment that names a folder; empty counts as not set. */
export const folderOf = (env: Environment, name: string, otherwise: string): string => env[name] || otherwise
