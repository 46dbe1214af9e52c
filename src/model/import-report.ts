// What import did, or would do: which commits it linked to which sessions, and what shows it.

import type { Evidence } from './checkpoint.ts'
import type { Millis } from './event.ts'
import type { AgentName, CheckpointId, Oid, SessionId } from './ids.ts'
import { cleanLine } from './clean.ts'
import { formatDuration } from './note.ts'
import { countOf, shortOid } from './text-layout.ts'

/** A file of a commit that a session's edits are in. */
export interface ImportedFile {
  readonly path: string
  /** Added lines of the commit, and how many of them the session wrote; absent where either is not known. */
  readonly lines?: { readonly added: number; readonly written: number }
}

export interface ImportedSession {
  readonly agent: AgentName
  readonly session: SessionId
  readonly why: Evidence['why']
  readonly edits: number
  readonly lastEditAt: Millis
  readonly files: readonly ImportedFile[]
}

export interface ImportedCommit {
  readonly commit: Oid
  readonly subject: string
  readonly committedAt: Millis
  readonly sessions: readonly ImportedSession[]
  /** Absent in a dry run. */
  readonly checkpoint?: CheckpointId
  /** The refs were in use: the next command writes it. */
  readonly isWaiting?: true
}

export interface ImportReport {
  readonly dryRun: boolean
  readonly sessions: {
    readonly found: number
    /** Looked at before, and not gone on with since. */
    readonly unchanged: number
    /** Led to one of these commits. */
    readonly linked: number
  }
  /** Edits that may still be in the working tree, and wait for a commit. */
  readonly openEdits: number
  /** Oldest first. */
  readonly commits: readonly ImportedCommit[]
}

export type ImportProgress =
  | { readonly step: 'searching'; readonly sessions: number }
  | { readonly step: 'reading' | 'linking'; readonly done: number; readonly total: number }

export function formatProgress(progress: ImportProgress): string {
  if (progress.step === 'searching') return `Looking for sessions: ${progress.sessions}`
  const { done, total } = progress
  const share = `${Math.floor(100 * done / Math.max(total, 1))}% (${done}/${total})`
  return progress.step === 'reading' ? `Reading sessions: ${share}` : `Looking at commits: ${share}`
}

export function formatImport({ dryRun, sessions, openEdits, commits }: ImportReport): string {
  const { found, unchanged, linked } = sessions
  const looked = found - unchanged
  const others = looked - linked
  const waiting = commits.filter(({ isWaiting }) => isWaiting === true).length
  return [
    commits.length === 0 ? '' : `${countOf(commits.length, 'commit')} ${dryRun ? 'would be linked' : 'linked'}:\n`,
    ...commits.map(formatCommit),
    commits.length === 0 ? '' : '\n',
    found === 0 ? 'No agent keeps a session of this repository.\n'
      : looked === 0 ? `Nothing new in ${countOf(found, 'session')}.\n`
        : linked === 0 ? `${countOf(looked, 'session')} looked at, and nothing to link.\n`
          : `${countOf(looked, 'session')} looked at: ${linked} ${dryRun ? 'to link' : 'linked'}, `
            + `${others} without anything to link.\n`,
    unchanged === 0 || looked === 0 ? '' : `${countOf(unchanged, 'session')} unchanged since the last import.\n`,
    openEdits === 0 ? '' : `Not in a commit yet: ${countOf(openEdits, 'edit')}; committing links the session.\n`,
    waiting === 0 ? '' : `${countOf(waiting, 'checkpoint')} not written yet: the refs are in use. `
      + 'The next command goes on with it.\n',
  ].join('')
}

function formatCommit({ commit, subject, committedAt, sessions }: ImportedCommit): string {
  return [
    `  ${shortOid(commit)} ${cleanLine(subject, 72)}\n`,
    ...sessions.flatMap(({ agent, session, edits, lastEditAt, files }) => [
      `    ${agent} ${session.slice(0, 8)}: ${countOf(edits, 'edit')}, the last `
        + `${formatDuration(Math.max(0, committedAt - lastEditAt))} before\n`,
      ...files.map(({ path, lines }) => `      ${cleanLine(path, 80)}${lines === undefined ? ''
        : `: ${lines.written} of ${countOf(lines.added, 'added line')}`}\n`),
    ]),
  ].join('')
}

export const importToJson = ({ commits, ...report }: ImportReport): object => ({
  schema: 1, ...report,
  commits: commits.map(({ committedAt, sessions, ...commit }) => ({
    ...commit, committedAt: new Date(committedAt).toISOString(),
    sessions: sessions.map(({ lastEditAt, ...session }) =>
      ({ ...session, lastEditAt: new Date(lastEditAt).toISOString() })),
  })),
})
