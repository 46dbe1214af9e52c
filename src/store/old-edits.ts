// What import reads of old sessions before it knows which of them led to a commit: their edits, in a database of its
// own beside the live store. An interrupted import goes on with it; a finished one throws it away.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter } from '../agents/agent.ts'
import type { Repository } from '../git/repository.ts'
import type { FileChange, Millis } from '../model/event.ts'
import type { EventId, SessionId, TurnId } from '../model/ids.ts'
import { restOf, WINDOW_MS } from '../model/import-match.ts'
import type { OldCommit, OldEdit } from '../model/import-match.ts'
import { linesOfHunks } from '../model/line-match.ts'
import type { Recording } from './append.ts'
import { catchUp } from './catch-up.ts'
import { isOutside, readGaps } from './gaps.ts'
import { openLiveStore } from './live.ts'
import type { LiveStore } from './live.ts'
import { oldLocator, rootOfOld } from './old-places.ts'
import type { OldPlaces } from './old-places.ts'
import { isLookedAt, markLookedAt } from './old-files.ts'
import type { OldSession } from './old-sessions.ts'
import { seeSession } from './sessions.ts'
import { expectTranscript } from './transcripts.ts'

export interface OldEdits {
  readonly store: LiveStore
  readonly repository: Repository
  readonly places: OldPlaces
  readonly now: () => Millis
  /** Parts of edits that are left where a commit took the others, by row. */
  readonly rests: Map<number, OldEdit>
  close(): void
  /** Closes it, and throws away what was read. */
  forget(): void
}

const folderOf = ({ home }: Repository): string => join(home, 'import')

export async function openOldEdits(repository: Repository, places: OldPlaces, now: () => Millis): Promise<OldEdits> {
  const store = await openLiveStore(folderOf(repository)).catch(async () => {
    // Whatever has become of it, the transcripts are still there.
    removeFolder(repository)
    return await openLiveStore(folderOf(repository))
  })
  // All of it can be read again: nobody has to wait for the disk.
  store.run('PRAGMA synchronous = OFF')
  store.run('CREATE INDEX IF NOT EXISTS edits_path ON edits (path, at) WHERE settled IS NULL')
  store.run(`UPDATE edits SET settled = NULL WHERE settled = 'taken'`)
  return {
    store, repository, places, now, rests: new Map(),
    close: () => { store.close() },
    forget() {
      store.close()
      removeFolder(repository)
    },
  }
}

const removeFolder = (repository: Repository): void => {
  rmSync(folderOf(repository), { recursive: true, force: true })
}

/** Reads the edits of a session, from where an interrupted reading ended. */
export async function readOldEdits(edits: OldEdits, old: OldSession): Promise<void> {
  const { store, repository, now } = edits
  if (isLookedAt(store, old)) return
  const row = store.transaction(() => {
    const { adapter, session, changedAt: at, worktree, subagents } = old
    const id = seeSession(store, { agent: adapter.name, session, at, foundBy: 'import', worktree })
    for (const { subagent, path } of subagents) expectTranscript(store, id, subagent, path)
    return id
  })
  const recording: Recording = {
    // Nothing of it concerns the hooks.
    repository: { ...repository, home: folderOf(repository) }, store, now,
    locator: oldLocator(edits.places, repository), findAdapter: () => editsOnly(old.adapter, repository),
  }
  for (const { path } of old.files) {
    expectTranscript(store, row, undefined, path)
    await catchUp(recording, row)
  }
  markLookedAt(store, [old])
}

/** The adapter, deaf to all that is no edit. */
function editsOnly(adapter: AgentAdapter, { home }: Repository): AgentAdapter {
  const gaps = readGaps(home)
  return {
    ...adapter,
    parseTranscript(lines, source, state) {
      const reading = adapter.parseTranscript(lines, source, state)
      const observations = reading.observations.filter(({ event }) =>
        event.kind === 'file-change' && isOutside(gaps, event.at))
      return { ...reading, observations, native: [], unknown: [] }
    },
  }
}

/** From the first edit on, with all paths that were edited; undefined: there is no edit. */
export function summariseEdits(
  { store }: OldEdits,
): { readonly since: Millis; readonly paths: ReadonlySet<string> } | undefined {
  const since = store.get<{ at: Millis | null }>('SELECT min(at) AS at FROM edits WHERE settled IS NULL')?.at
  if (since === undefined || since === null) return undefined
  const rows = store.all<{ path: string }>(
    `SELECT path FROM edits WHERE settled IS NULL UNION
     SELECT from_path FROM edits WHERE settled IS NULL AND from_path IS NOT NULL`)
  return { since, paths: new Set(rows.map(({ path }) => path)) }
}

interface EditRow {
  row: number; event: EventId; session: SessionId; turn: TurnId | null; path: string
  fromPath: string | null; change: OldEdit['change']; evidence: OldEdit['evidence']; at: Millis; body: string | null
}

const MAX_PATHS = 400

/** The edits of these paths that are in no commit yet and that a commit of this time may hold. */
export function readEditsFor(
  { store, rests }: OldEdits, paths: readonly string[],
  { authoredAt, committedAt }: Pick<OldCommit, 'authoredAt' | 'committedAt'>,
): readonly OldEdit[] {
  const found: OldEdit[] = []
  for (let at = 0; at < paths.length; at += MAX_PATHS) {
    const chunk = paths.slice(at, at + MAX_PATHS)
    found.push(...store.all<EditRow>(`
      SELECT e.id AS row, e.event_id AS event, s.session_id AS session, e.turn, e.path,
        e.from_path AS fromPath, e.change, e.evidence, e.at,
        (SELECT v.body FROM events v WHERE v.session = e.session AND v.event_id = e.event_id
          ORDER BY v.rank DESC LIMIT 1) AS body
      FROM edits e JOIN sessions s ON s.id = e.session
      WHERE e.path IN (${chunk.map(() => '?').join(',')}) AND e.settled IS NULL AND e.at < ?
        AND (e.at >= ? OR e.at BETWEEN ? AND ?) ORDER BY e.at, e.id`,
    ...chunk, committedAt + 1000, committedAt - WINDOW_MS, authoredAt - WINDOW_MS, authoredAt + WINDOW_MS)
      .map((row) => rests.get(row.row) ?? editOf(row)))
  }
  return found
}

function editOf(row: EditRow): OldEdit {
  const { turn, fromPath, body, ...rest } = row
  const change = body === null ? undefined : JSON.parse(body) as FileChange
  const lines = linesOfHunks(change?.hunks)
  const after = change?.after ?? undefined
  return {
    ...rest, ...turn === null ? {} : { turn }, ...fromPath === null ? {} : { from: fromPath },
    ...lines === undefined ? {} : { lines }, ...after === undefined ? {} : { after },
  }
}

/** Rests are given up long before there are so many. */
const MAX_RESTS = 2000

/** A commit holds these edits: no later one is looked for, but for what is left of them. */
export function takeEdits({ store, rests }: OldEdits, held: readonly OldEdit[], commit: OldCommit): void {
  store.transaction(() => {
    const settle = (row: number): void => {
      rests.delete(row)
      store.run(`UPDATE edits SET settled = 'taken' WHERE id = ?`, row)
    }
    for (const edit of held) {
      const rest = restOf(edit, commit)
      if (rest === undefined) settle(edit.row)
      else rests.set(edit.row, rest)
    }
    if (rests.size < MAX_RESTS) return
    for (const { row, until = 0 } of [...rests.values()]) if (until < commit.committedAt) settle(row)
  })
}

/** An edit that no commit was found for. */
export interface OpenEdit {
  readonly session: SessionId
  readonly event: EventId
  readonly worktree: string
  readonly path: string
  readonly at: Millis
}

/** The edits since some time that are in no commit, in worktrees that are there. */
export const readOpenEdits = ({ store, places }: OldEdits, since: Millis): readonly OpenEdit[] =>
  store.all<OpenEdit>(`
    SELECT s.session_id AS session, e.event_id AS event, e.worktree, e.path, e.at
    FROM edits e JOIN sessions s ON s.id = e.session
    WHERE e.settled IS NULL AND e.evidence = 'tool' AND e.at >= ? ORDER BY e.at, e.id`, since)
    .map((edit) => ({ ...edit, worktree: rootOfOld(edit.worktree) }))
    .filter(({ worktree }) => places.worktrees.includes(worktree))
