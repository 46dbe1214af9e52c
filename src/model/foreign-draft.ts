// Makes the draft of a checkpoint out of what another tool kept: what it says of files is held against the commit.

import { createHash } from 'node:crypto'
import { isWithin, rangesOf } from './added-lines.ts'
import type { AddedLine } from './added-lines.ts'
import type { Evidence, FileRecord, SymbolRecord } from './checkpoint.ts'
import type { ChangedPath, FilePatch } from './diff.ts'
import type { Event, Hunk, Millis } from './event.ts'
import type { ForeignSession, ForeignTool } from './foreign-record.ts'
import type { EventId, Oid, SessionId } from './ids.ts'
import { bagOf, countIn, linesOfHunks } from './line-match.ts'
import type { SessionDraft } from './session-draft.ts'
import { findSaidPath } from './said-path.ts'
import { findSymbols } from './symbols.ts'

/** What the commit changes, and when it was made. */
export interface ForeignCommit {
  readonly oid: Oid
  readonly committedAt: Millis
  readonly changed: readonly ChangedPath[]
  readonly patches: ReadonlyMap<string, FilePatch>
  readonly added: ReadonlyMap<string, readonly AddedLine[]>
}

export interface ForeignDraft {
  readonly sessions: readonly SessionDraft[]
  readonly files: readonly FileRecord[]
  readonly symbols: readonly SymbolRecord[]
  readonly evidence: readonly Evidence[]
}

/** A session of which there is nothing to tell is left out. */
export function draftForeign(
  tool: ForeignTool, commit: ForeignCommit, told: readonly ForeignSession[],
): ForeignDraft {
  const drafted = told.map((session) => {
    const events = [...session.events, ...changesOf(tool, commit, session)].sort((left, right) => left.at - right.at)
    return { session, events, files: filesOf(commit, events) }
  }).filter(({ events }) => events.length > 0)
  const files = uniteFiles(commit, drafted.map(({ session, files: own }) => ({ id: session.session, files: own })))
  const paths = new Set(files.map(({ path }) => path))
  return {
    sessions: drafted.map(({ session, events }): SessionDraft => ({
      agent: session.agent, session: session.session, foundBy: tool, events, turns: session.turns, native: [],
      models: session.models,
      ...session.agentVersion === undefined ? {} : { agentVersion: session.agentVersion },
    })),
    files,
    symbols: findSymbols([...commit.patches.values()].filter(({ path }) => paths.has(path))),
    evidence: drafted.map(({ session, files: own }) => ({
      session: session.session, why: 'imported', ...own.length === 0 ? {} : { paths: own.map(({ path }) => path) },
    })),
  }
}

/**
 * What the tool says of files and no event of the session does, as edits made by the time of the commit. Where it names
 * lines, these lines of the commit are the edit.
 */
function changesOf(tool: ForeignTool, commit: ForeignCommit, session: ForeignSession): readonly Event[] {
  const edited = new Set(session.events.flatMap((event) =>
    event.kind === 'file-change' ? findSaidPath(event.path, pathsOf(commit)) ?? [] : []))
  return commit.changed.flatMap(({ path, from, change }): Event[] => {
    const files = session.files.filter((file) => file.path === path)
    if (files.length === 0 || edited.has(path)) return []
    const isTold = files.some(({ lines }) => lines !== undefined)
    const ranges = files.flatMap(({ lines = [] }) => lines)
    const lines = (commit.added.get(path) ?? []).filter(({ number }) => isWithin(number, ranges))
    // Lines that the commit does not add are an earlier commit's.
    if (isTold && lines.length === 0) return []
    const turn = session.turns.at(-1)?.turn
    const content = JSON.stringify([commit.oid, session.session, path, lines])
    return [{
      id: `${tool}:${createHash('sha256').update(content).digest('hex').slice(0, 16)}` as EventId,
      at: commit.committedAt, ...turn === undefined ? {} : { turn },
      kind: 'file-change', path, ...from === undefined ? {} : { from }, change: change === 'type' ? 'modify' : change,
      tool, evidence: isTold ? 'tool' : 'inferred', ...isTold ? { hunks: hunksOf(lines) } : {},
    }]
  })
}

const pathsOf = ({ changed }: ForeignCommit): readonly string[] => changed.map(({ path }) => path)

const hunksOf = (lines: readonly AddedLine[]): readonly Hunk[] =>
  rangesOf(lines.map(({ number }) => number)).map(({ start, end }) => ({
    oldStart: 0, oldLines: 0, newStart: start, newLines: end - start + 1,
    lines: lines.filter(({ number }) => start <= number && number <= end).map(({ text }) => `+${text}`),
  }))

interface SessionFile {
  readonly path: string
  /** Lines it says that it added; undefined: it does not tell. */
  readonly lines?: readonly string[]
}

/** The paths of the commit that the session had a part in. */
function filesOf(commit: ForeignCommit, events: readonly Event[]): readonly SessionFile[] {
  const files = new Map<string, readonly string[] | undefined>()
  for (const event of events) {
    const path = event.kind === 'file-change' ? findSaidPath(event.path, pathsOf(commit)) : undefined
    if (path === undefined || event.kind !== 'file-change') continue
    const before = files.get(path)
    const edit = linesOfHunks(event.hunks)
    files.set(path, edit === undefined ? before : [...before ?? [], ...edit.added])
  }
  return [...files].map(([path, lines]) => ({ path, ...lines === undefined ? {} : { lines } }))
}

function uniteFiles(
  { changed, patches }: ForeignCommit,
  bySession: readonly { readonly id: SessionId; readonly files: readonly SessionFile[] }[],
): readonly FileRecord[] {
  return changed.flatMap(({ path, from, change }): FileRecord[] => {
    const parts = bySession.flatMap(({ id, files }) =>
      files.flatMap((file) => file.path === path ? [{ id, lines: file.lines }] : []))
    if (parts.length === 0) return []
    const patch = patches.get(path)
    const told = parts.flatMap(({ lines }) => lines === undefined ? [] : [lines])
    const isCounted = patch !== undefined && !patch.binary
    return [{
      path, ...from === undefined ? {} : { from }, change,
      ...isCounted ? { added: patch.added.length, removed: patch.removed.length } : {},
      ...isCounted && told.length > 0 ? { agentAdded: countIn(patch.added, bagOf(told.flat())) } : {},
      evidence: told.length > 0 ? 'tool' : 'inferred',
      sessions: parts.map(({ id }) => id),
    }]
  })
}
