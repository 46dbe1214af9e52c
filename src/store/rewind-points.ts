// What can be gone back to: the turns of the sessions in a worktree, with the state before and after each.

import { runGit } from '../git/git.ts'
import type { GitPlace } from '../git/git.ts'
import type { EventBody, Millis } from '../model/event.ts'
import type { AgentName, Oid, SessionId, TurnId } from '../model/ids.ts'
import { findSession, readTurns } from './drafts.ts'
import type { LiveStore } from './live.ts'
import { redactedBodies } from './redactions.ts'
import { readSession } from './sessions.ts'
import type { SnapshotRow, SnapshotState } from './snapshots.ts'

/** A state of the worktree that can be gone back to. */
export interface RewindPoint {
  /** Names it for `planRewind`. */
  readonly snapshot: number
  readonly at: Millis
  readonly state: Exclude<SnapshotState, 'taken'>
  readonly tree: Oid
  readonly head?: Oid
}

export interface RewindTurn {
  readonly turn: TurnId
  /** As `explain` numbers it, from 1. */
  readonly number: number
  readonly startedAt: Millis
  /** What the user asked, redacted. */
  readonly prompt?: string
  /** The agent's last answer, redacted. */
  readonly answer?: string
  readonly before?: RewindPoint
  readonly after?: RewindPoint
}

export interface RewindSession {
  readonly agent: AgentName
  readonly session: SessionId
  readonly startedAt: Millis
  readonly lastEventAt: Millis
  /** The turns that have a state before or after them, oldest first. */
  readonly turns: readonly RewindTurn[]
}

/** The sessions of judged snapshots, the one heard of last first; what git has lost is left out. */
export async function listSessions(
  store: LiveStore, place: GitPlace, rows: readonly SnapshotRow[],
): Promise<readonly RewindSession[]> {
  const there = await readExisting(place, [...new Set(rows.map(({ tree }) => tree))])
  const sessions: RewindSession[] = []
  for (const id of new Set(rows.map(({ session }) => session))) {
    const found = readSession(store, id)
    if (found === undefined) continue
    const { agent, sessionId: session, startedAt, lastEventAt } = found
    const own = rows.filter((row) => row.session === id && there.has(row.tree))
    const turns = await listTurns(store, session, own)
    if (turns.length > 0) sessions.push({ agent, session, startedAt, lastEventAt, turns })
  }
  return sessions.sort((one, other) => other.lastEventAt - one.lastEventAt)
}

async function listTurns(
  store: LiveStore, session: SessionId, rows: readonly SnapshotRow[],
): Promise<readonly RewindTurn[]> {
  const stored = findSession(store, session)
  const known = stored === undefined ? [] : readTurns(store, stored)
  const numbers = new Map(known.map(({ turn, number }) => [turn, number]))
  const byTurn = new Map<string, SnapshotRow[]>()
  for (const row of rows) byTurn.set(row.turn, [...byTurn.get(row.turn) ?? [], row])
  const turns: RewindTurn[] = []
  for (const [turn, own] of byTurn) {
    const [before, after] = (['start', 'end'] as const).map((moment) => own.find((row) => row.moment === moment))
    turns.push({
      turn: turn as TurnId, number: numbers.get(turn as TurnId) ?? turns.length + 1,
      startedAt: before?.toldAt ?? own[0]!.toldAt,
      ...await readWords(store, own[0]!),
      ...(before === undefined ? {} : { before: pointOf(before) }),
      ...(after === undefined ? {} : { after: pointOf(after) }),
    })
  }
  return turns
}

const pointOf = ({ id, at, state, tree, head }: SnapshotRow): RewindPoint => ({
  snapshot: id, at, state: state === 'taken' ? 'late' : state, tree, ...(head === null ? {} : { head: head as Oid }),
})

/** The first prompt and the last answer of a turn. */
async function readWords(
  store: LiveStore, { session, turn }: SnapshotRow,
): Promise<{ prompt?: string; answer?: string }> {
  const rowOf = (kind: string, order: string): number | undefined => store.get<{ id: number }>(
    `SELECT id FROM events WHERE session = ? AND turn = ? AND kind = ? AND subagent IS NULL
     ORDER BY at ${order}, ord ${order}, rank DESC LIMIT 1`, session, turn, kind)?.id
  const [prompt, answer] = [rowOf('prompt', 'ASC'), rowOf('response', 'DESC')]
  const bodies = await redactedBodies(store, [prompt, answer].filter((row) => row !== undefined))
  const textOf = (row: number | undefined): string | undefined => {
    const body: EventBody | undefined = row === undefined ? undefined : bodies.get(row)?.body
    return body?.kind === 'prompt' || body?.kind === 'response' ? body.text : undefined
  }
  const [asked, said] = [textOf(prompt), textOf(answer)]
  return { ...(asked === undefined ? {} : { prompt: asked }), ...(said === undefined ? {} : { answer: said }) }
}

async function readExisting(place: GitPlace, trees: readonly Oid[]): Promise<ReadonlySet<Oid>> {
  const said = await runGit(place, ['cat-file', '--batch-check'], { input: trees.map((tree) => `${tree}\n`).join('') })
  const lines = said.stdout.toString('latin1').split('\n')
  return new Set(trees.filter((_, at) => lines[at]?.includes(' tree ') === true))
}
