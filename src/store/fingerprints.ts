// Keeps what a worktree held at the start and the end of a turn, and makes events of what changed between without a
// tool that said so: a shell command, a tool we do not know, or the user.

import { join } from 'node:path'
import type { AgentAdapter } from '../agents/agent.ts'
import { cleanAtStart, comparePaths, evidenceOf } from '../model/fingerprint.ts'
import type { ChangedPath, Fingerprint, Span } from '../model/fingerprint.ts'
import type { Millis, Observation } from '../model/event.ts'
import type { EventId } from '../model/ids.ts'
import { readBlobIds, readChangeTime } from '../git/status.ts'
import type { GitPlace } from '../git/git.ts'
import { countFinding } from './findings.ts'
import type { LiveStore } from './live.ts'
import { isNamed } from './turn-names.ts'

export interface TurnPlace {
  readonly session: number
  readonly turn: string
  readonly worktree: string
}

interface FingerprintRow { readonly at: Millis; readonly head: string | null; readonly entries: string }

/** Keeps a fingerprint. The first one of a start stays, the last one of an end. */
export function saveFingerprint(
  store: LiveStore, { session, turn, worktree }: TurnPlace, moment: 'start' | 'end', at: Millis,
  fingerprint: Fingerprint,
): void {
  store.run(
    `INSERT OR ${moment === 'start' ? 'IGNORE' : 'REPLACE'} INTO fingerprints
       (session, turn, moment, worktree, at, head, entries)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    session, turn, moment, worktree, at, fingerprint.head ?? null, JSON.stringify(fingerprint.entries))
}

/** Worktrees that have a fingerprint of the start of a turn. */
export const fingerprintedWorktrees = (store: LiveStore, session: number, turn: string): readonly string[] =>
  store.all<{ worktree: string }>(
    `SELECT worktree FROM fingerprints WHERE session = ? AND turn = ? AND moment = 'start'`, session, turn)
    .map(({ worktree }) => worktree)

/** Fingerprints of earlier turns have said all they can, unless edits of theirs wait for a commit. */
export function forgetFingerprints(store: LiveStore, session: number, except: string): void {
  store.run(
    `DELETE FROM fingerprints WHERE session = ? AND turn <> ? AND NOT EXISTS (
       SELECT 1 FROM edits e
       WHERE e.session = fingerprints.session AND e.turn = fingerprints.turn AND e.settled IS NULL)`,
    session, except)
}

/**
 * The file changes of a turn that no tool told. `closing`: how the turn ended; after an interruption nobody knows how
 * much later the end was looked at, so that nothing is inferred.
 */
export async function observeChanges(
  store: LiveStore, place: GitPlace, adapter: AgentAdapter, at: TurnPlace, end: Fingerprint, endedAt: Millis,
  closing: 'ended' | 'interrupted',
): Promise<readonly Observation[]> {
  const row = store.get<FingerprintRow>(
    `SELECT at, head, entries FROM fingerprints WHERE session = ? AND turn = ? AND worktree = ? AND moment = 'start'`,
    at.session, at.turn, at.worktree)
  if (row === undefined) return []
  const start: Fingerprint = {
    ...(row.head === null ? {} : { head: row.head }), entries: JSON.parse(row.entries) as Record<string, string>,
  }
  const clean = cleanAtStart(start, end)
  const held = start.head === undefined || clean.length === 0 ? {} : await readBlobIds(place, start.head, clean)
  const told = toldPaths(store, at.worktree, row.at)
  const changed = comparePaths(start, end, held).filter(({ path }) => !told.has(path))
  const spans = closing === 'interrupted' || changed.length === 0 ? [] : spansOf(store, adapter, at, row.at, endedAt)
  const observations = changed.map((change) => observationOf(change, at, spans, endedAt))
  const inferred = observations.filter(({ event }) => event.kind === 'file-change' && event.evidence === 'inferred')
  // A shell may write anything; that another tool does is worth to know.
  const tools = new Set(inferred.length === 0 ? [] : spans.map(({ tool }) => tool))
  for (const tool of tools) {
    if (adapter.shellTools?.has(tool) !== true) countFinding(store, 'tool', tool, adapter.name, endedAt)
  }
  return observations
}

/** A turn whose end nobody looked at before a commit. */
export interface UnseenTurn extends TurnPlace {
  readonly agent: string
}

/** Turns without a look at their end, or with one that came when the commit was there already. */
export const unseenTurns = (store: LiveStore, worktree: string, commit: string): readonly UnseenTurn[] =>
  store.all<UnseenTurn>(
    `SELECT f.session, f.turn, f.worktree, s.agent FROM fingerprints f JOIN sessions s ON s.id = f.session
     WHERE f.worktree = ? AND f.moment = 'start' AND NOT EXISTS (
       SELECT 1 FROM fingerprints e
       WHERE e.session = f.session AND e.turn = f.turn AND e.worktree = f.worktree AND e.moment = 'end'
         AND e.head IS NOT ?)`, worktree, commit)

/** The last turn of a session that was interrupted, as its transcript told, and whose end nobody looked at. */
export const unseenInterruption = (store: LiveStore, session: number): string | undefined =>
  store.get<{ turn: string }>(
    `SELECT f.turn FROM fingerprints f
     WHERE f.session = ? AND f.moment = 'start' AND NOT EXISTS (
       SELECT 1 FROM fingerprints e WHERE e.session = f.session AND e.turn = f.turn AND e.moment = 'end')
     AND EXISTS (SELECT 1 FROM events t WHERE t.session = f.session AND t.turn = f.turn AND t.kind = 'turn-end'
       AND t.body ->> '$.outcome' = 'interrupted')
     ORDER BY f.at DESC LIMIT 1`, session)?.turn

/**
 * What a turn wrote by a tool that does not tell, as far as a commit took it before anybody looked at the turn's
 * end: the working tree does not show it any more. Only what changed while such a tool ran.
 */
export function observeCommitted(
  store: LiveStore, adapter: AgentAdapter, at: TurnPlace,
  commit: { readonly oid: string; readonly changed: readonly CommittedPath[] }, now: Millis,
): readonly Observation[] {
  const row = store.get<FingerprintRow>(
    `SELECT at, head, entries FROM fingerprints WHERE session = ? AND turn = ? AND worktree = ? AND moment = 'start'`,
    at.session, at.turn, at.worktree)
  const spans = row === undefined ? [] : spansOf(store, adapter, at, row.at, now)
  if (row === undefined || spans.length === 0) return []
  const dirtyBefore = JSON.parse(row.entries) as Readonly<Record<string, string>>
  const told = toldPaths(store, at.worktree, row.at)
  // The start may have been looked at late; what is older than the turn's first word is not the turn's.
  const begun = store.get<{ at: Millis | null }>(
    `SELECT min(at) AS at FROM events WHERE session = ? AND turn = ?`, at.session, at.turn)
  return commit.changed.filter(({ path, oid }) => !told.has(path) && dirtyBefore[path] !== (oid ?? ''))
    .map(({ path, change }) => {
      const changed = change === 'create' || change === 'delete' ? change : 'modify'
      const observation = observationOf({ path, change: changed }, at, spans, now)
      // What the turn does to the path after this commit is an event of its own.
      return { ...observation, event: { ...observation.event, id: `${observation.event.id}:${commit.oid}` as EventId } }
    })
    .filter(({ event }) =>
      event.kind === 'file-change' && event.evidence === 'inferred' && event.at >= (begun?.at ?? 0))
}

interface CommittedPath {
  readonly path: string
  readonly change: string
  readonly oid?: string
}

interface ToolSpan extends Span {
  readonly tool: string
}

function observationOf(
  { path, change }: ChangedPath, at: TurnPlace, spans: readonly Span[], endedAt: Millis,
): Observation {
  const file = join(at.worktree, path)
  const changedAt = readChangeTime(at.worktree, path)
  return {
    event: {
      id: `worktree:${at.turn}:${path}` as EventId,
      ...(isNamed(at.turn) ? { turn: at.turn } : {}),
      at: Math.min(Math.round(changedAt ?? endedAt), endedAt),
      kind: 'file-change', path: file, change, tool: 'worktree', evidence: evidenceOf(changedAt, spans),
    },
    source: 'worktree',
  }
}

/** Paths that a tool of any session wrote since the turn began, and that are not yet in a commit. */
function toldPaths(store: LiveStore, worktree: string, since: Millis): ReadonlySet<string> {
  const rows = store.all<{ path: string; fromPath: string | null }>(
    `SELECT path, from_path AS fromPath FROM edits
     WHERE worktree = ? AND settled IS NULL AND at >= ? AND evidence = 'tool'`, worktree, since)
  return new Set(rows.flatMap(({ path, fromPath }) => fromPath === null ? [path] : [path, fromPath]))
}

/** When tools ran that may write anything: all but those that only read and those whose calls told what they wrote. */
function spansOf(
  store: LiveStore, adapter: AgentAdapter, at: TurnPlace, startedAt: Millis, endedAt: Millis,
): readonly ToolSpan[] {
  const rows = store.all<{ tool: string; begun: Millis | null; done: Millis | null }>(
    `SELECT max(body ->> '$.tool') AS tool,
       min(CASE WHEN kind = 'tool-call' THEN at END) AS begun, max(CASE WHEN kind = 'tool-result' THEN at END) AS done
     FROM events e WHERE id IN (
         SELECT id FROM events WHERE session = ? AND turn = ? AND kind IN ('tool-call', 'tool-result') UNION ALL
         SELECT id FROM events WHERE session = ? AND turn IS NULL AND kind IN ('tool-call', 'tool-result') AND at >= ?)
       AND NOT EXISTS (
         SELECT 1 FROM events c WHERE c.session = e.session AND c.kind = 'file-change' AND c.turn IS e.turn
           AND c.body ->> '$.call' = e.body ->> '$.call')
     GROUP BY body ->> '$.call'`, at.session, at.turn, at.session, startedAt)
  return rows.filter(({ tool }) => !adapter.readOnlyTools.has(tool))
    .map(({ tool, begun, done }) => ({ tool, from: begun ?? startedAt, to: done ?? endedAt }))
}
