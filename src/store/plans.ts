// Plans: what a promotion will write, frozen in the live store before anything is written. A retry replays the row.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuiltCheckpoint } from '../model/record.ts'
import type { CheckpointRecord, LinkRecord } from '../model/checkpoint.ts'
import { SAID_KINDS } from '../model/event.ts'
import type { Millis } from '../model/event.ts'
import type { CheckpointId, EventId, Oid, SessionId } from '../model/ids.ts'
import type { StoredEvent, StoredSession } from './drafts.ts'
import type { LiveStore } from './live.ts'

/** A frozen promotion as it lies in the live store. */
export interface Plan {
  readonly row: number
  /** Absent: the commit only gets links. */
  readonly checkpoint?: CheckpointId
  readonly commit: Oid
  readonly kind: CheckpointRecord['kind']
  readonly worktree?: string
  readonly cutoff: Millis
  readonly state: 'frozen' | 'done'
  /** Path below the checkpoint → text. */
  readonly files: Readonly<Record<string, string>>
  /** Of the commit: to its own checkpoint, and to session checkpoints. A session checkpoint has none. */
  readonly links: readonly LinkRecord[]
  /** The frozen lines of these checkpoints, for the note of the commit. */
  readonly note: readonly string[]
}

export type CheckpointPlan = Plan & { readonly checkpoint: CheckpointId }

/** What one session's part in a plan claims. */
export interface Claim {
  readonly session: StoredSession
  readonly events: readonly StoredEvent[]
  /** Other tellings of these events, under ids of their own. */
  readonly absorbed: readonly EventId[]
  readonly nativeDigests: readonly { readonly subagent: string; readonly digest: string }[]
  /** The chain over the native lines after this plan. */
  readonly slicedLines: number
  readonly slicedDigest: string
}

export interface Freezing extends Pick<Plan, 'commit' | 'kind' | 'links' | 'note'> {
  /** Absent: the commit only gets links. */
  readonly built?: BuiltCheckpoint
  readonly worktree?: string
  readonly cutoff: Millis
  readonly madeAt: Millis
  readonly claims: readonly Claim[]
  readonly settled: readonly { readonly row: number; readonly how: 'taken' | 'lost' }[]
  /** The commit may have been promoted before: this is of sessions that came to light later. */
  readonly isFurther?: true
}

/**
 * Records the plan and claims its events, all or nothing. False when another promotion was faster with any of them
 * (an event claimed, the commit already promoted, a slice already taken): read again and plan anew.
 */
export function freezePlan(store: LiveStore, home: string, freezing: Freezing): boolean {
  const { built, claims, commit, kind, links, note } = freezing
  const id = built?.record.id
  try {
    store.transaction(() => {
      writeFileSync(openMarker(home), '', { mode: 0o600 })
      if (kind === 'commit' && freezing.isFurther !== true && isPromoted(store, commit)) throw TOO_LATE
      store.run(`INSERT INTO plans (checkpoint, "commit", kind, worktree, made_at, cutoff, seq, files, links, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id ?? null, commit, kind, freezing.worktree ?? null, freezing.madeAt, freezing.cutoff, built?.record.seq ?? 0,
      JSON.stringify(built?.files ?? {}), JSON.stringify(links), JSON.stringify(note))
      if (id !== undefined) for (const claim of claims) claimEvents(store, id, claim)
      settleEdits(store, id ?? links[0]?.checkpoint, freezing.settled)
    })
    return true
  } catch (error) {
    if (error === TOO_LATE) return false
    throw error
  }
}

/** The marker `<home>/plans-open` tells hooks and reading commands, without opening the store, that a plan waits. */
const openMarker = (home: string): string => join(home, 'plans-open')

/** Takes the marker away when no plan waits. */
export function updateOpenMarker(store: LiveStore, home: string): void {
  store.transaction(() => {
    if (store.get(`SELECT 1 FROM plans WHERE state <> 'done' LIMIT 1`) === undefined) {
      rmSync(openMarker(home), { force: true })
    }
  })
}

const TOO_LATE = new Error('another promotion was faster')

function claimEvents(store: LiveStore, id: CheckpointId, claim: Claim): void {
  const { session } = claim
  for (const { event, checkpoint } of claim.events) {
    if (checkpoint !== null) continue
    // Every telling of the event is claimed, also by sources that lost.
    if (claimEvent(store, id, session, event.id) === 0) throw TOO_LATE
  }
  for (const event of claim.absorbed) claimEvent(store, id, session, event)
  for (const { subagent, digest } of claim.nativeDigests) {
    store.run(
      `UPDATE native_lines SET checkpoint = ? WHERE session = ? AND subagent = ? AND digest = ?`,
      id, session.row, subagent, digest)
  }
  const changed = store.run(`UPDATE sessions SET sliced_lines = ?, sliced_digest = ?, last_checkpoint = ?
    WHERE id = ? AND sliced_lines = ? AND sliced_digest = ?`,
  claim.slicedLines, claim.slicedDigest, id, session.row, session.slicedLines, session.slicedDigest)
  if (changed === 0) throw TOO_LATE
}

/** Gives all tellings of a draft event to a checkpoint; how many there were. */
export const claimEvent = (store: LiveStore, id: CheckpointId, session: StoredSession, event: EventId): number =>
  store.run(
    `UPDATE events SET checkpoint = ? WHERE session = ? AND event_id = ? AND checkpoint IS NULL`,
    id, session.row, event)

/** Settles edits that no later commit can hold, also where no checkpoint came of the commit (`id` undefined). */
export function settleEdits(store: LiveStore, id: CheckpointId | undefined, settled: Freezing['settled']): void {
  for (const { row, how } of settled) {
    store.run(
      `UPDATE edits SET settled = ? WHERE id = ? AND settled IS NULL`,
      how === 'taken' && id !== undefined ? id : 'lost', row)
  }
}

export const isPromoted = (store: LiveStore, commit: Oid): boolean =>
  store.get(`SELECT 1 FROM plans WHERE "commit" = ? AND kind = 'commit'`, commit) !== undefined

/** Plans frozen until `before` whose checkpoint is not everywhere yet, oldest first. */
export const readOpenPlans = (store: LiveStore, before: Millis): readonly Plan[] =>
  store.all<PlanRow>(
    `SELECT * FROM plans WHERE state <> 'done' AND made_at <= ? ORDER BY made_at, seq`, before).map(planOf)

/** True when a plan that was frozen after that is not written yet: somebody is at work on it. */
export const hasYoungPlans = (store: LiveStore, after: Millis): boolean =>
  store.get(`SELECT 1 FROM plans WHERE state <> 'done' AND made_at > ? LIMIT 1`, after) !== undefined

/** What was planned for a commit, without the sessions that were kept while HEAD was there. */
export const readPlansOf = (store: LiveStore, commit: Oid): readonly Plan[] =>
  store.all<PlanRow>(`SELECT * FROM plans WHERE "commit" = ? AND kind <> 'session' ORDER BY seq`, commit).map(planOf)

export const readPlanOf = (store: LiveStore, checkpoint: CheckpointId): CheckpointPlan | undefined => {
  const row = store.get<PlanRow>('SELECT * FROM plans WHERE checkpoint = ?', checkpoint)
  return row === undefined ? undefined : { ...planOf(row), checkpoint }
}

/** The checkpoints a session's turn is in, oldest first, with the time up to which each took events. */
export const readPlansOfTurn = (store: LiveStore, session: StoredSession, turn: string): readonly CheckpointPlan[] =>
  store.all<PlanRow & { checkpoint: CheckpointId }>(`SELECT * FROM plans WHERE checkpoint IN (
      SELECT DISTINCT checkpoint FROM events WHERE session = ? AND turn = ? AND checkpoint IS NOT NULL)
    ORDER BY cutoff, seq`, session.row, turn).map((row) => ({ ...planOf(row), checkpoint: row.checkpoint }))

/** session.json of a finished plan, from the committed tables. */
export const readRecord = (store: LiveStore, id: CheckpointId): string | undefined =>
  store.get<{ session: string }>(`SELECT session FROM checkpoints WHERE id = ?`, id)?.session

export const countPlansOf = (store: LiveStore, commit: Oid): number =>
  store.get<{ count: number }>(`SELECT count(*) AS count FROM plans WHERE "commit" = ?`, commit)?.count ?? 0

/** A done plan's bytes are in the ref and are let go here. */
export const markDone = (store: LiveStore, { row }: Plan): void => {
  store.run(`UPDATE plans SET state = 'done', files = '{}' WHERE id = ?`, row)
}

/** Kinds of events, as a list of SQL. */
export const SAID = SAID_KINDS.map((kind) => `'${kind}'`).join(', ')

/**
 * Sessions and turns that are over and whose rest belongs to a checkpoint already made: what continuations are
 * made of.
 */
export const findContinuations = (
  store: LiveStore,
): readonly { readonly session: SessionId; readonly turn: string }[] =>
  store.all<{ session: SessionId; turn: string }>(`
    SELECT DISTINCT s.session_id AS session, e.turn FROM sessions s JOIN events e ON e.session = s.id
    WHERE s.last_checkpoint IS NOT NULL AND e.checkpoint IS NULL AND e.copied = 0 AND e.turn IS NOT NULL
      AND s.id NOT IN (SELECT session FROM importing)
      AND e.kind IN (${SAID}) AND e.turn IS NOT s.open_turn
      AND EXISTS (SELECT 1 FROM events c WHERE c.session = s.id AND c.turn = e.turn AND c.checkpoint IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM edits p
        WHERE p.session = s.id AND p.turn = e.turn AND p.settled IS NULL AND p.evidence <> 'unknown')`)

interface PlanRow {
  id: number; checkpoint: CheckpointId | null; commit: Oid; kind: Plan['kind']; worktree: string | null; cutoff: number
  state: Plan['state']; files: string; links: string; note: string
}

const planOf = (row: PlanRow): Plan => ({
  row: row.id,
  ...(row.checkpoint === null ? {} : { checkpoint: row.checkpoint }),
  commit: row.commit,
  kind: row.kind,
  ...(row.worktree === null ? {} : { worktree: row.worktree }),
  cutoff: row.cutoff,
  state: row.state,
  files: JSON.parse(row.files) as Record<string, string>,
  links: JSON.parse(row.links) as LinkRecord[],
  note: JSON.parse(row.note) as string[],
})
