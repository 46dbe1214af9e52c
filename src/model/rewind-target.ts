// What a rewind can go back to, with the names by which users choose it, and what their words mean.

import type { Millis } from './event.ts'
import type { AgentName, Oid, SessionId, TurnId } from './ids.ts'

/** A state of the worktree that was recorded. */
export interface StatePoint {
  readonly snapshot: number
  readonly at: Millis
  /** `late`: it may hold something of what came after. */
  readonly state: 'exact' | 'mended' | 'late'
  readonly tree: Oid
  readonly head?: Oid
}

export interface TurnStates {
  readonly turn: TurnId
  readonly number: number
  readonly startedAt: Millis
  readonly prompt?: string
  readonly answer?: string
  readonly before?: StatePoint
  readonly after?: StatePoint
}

export interface SessionStates {
  readonly agent: AgentName
  readonly session: SessionId
  readonly startedAt: Millis
  readonly lastEventAt: Millis
  /** Oldest first. */
  readonly turns: readonly TurnStates[]
}

export interface ListedTurn extends TurnStates {
  /** What `--to` takes; `^` behind it is the state before the turn. */
  readonly name: string
  /** Checkpoints that hold something of it. */
  readonly checkpoints: readonly string[]
}

export interface ListedSession extends Omit<SessionStates, 'turns'> {
  /** The beginning of its id that no other has. */
  readonly name: string
  readonly turns: readonly ListedTurn[]
}

/** Sessions as the user sees them: the newest first, with its turns named by their numbers alone. */
export function nameTargets(
  sessions: readonly SessionStates[], checkpointsOf: (session: SessionId, turn: TurnId) => readonly string[],
): readonly ListedSession[] {
  return sessions.map((one, at) => {
    const name = shortName(one.session, sessions)
    return {
      ...one, name,
      turns: uniteTurns(one.turns, (turn) => checkpointsOf(one.session, turn))
        .map((turn) => ({ ...turn, name: at === 0 ? String(turn.number) : `${name}:${turn.number}` })),
    }
  })
}

const SHORTEST_NAME = 8

function shortName(session: string, all: readonly SessionStates[]): string {
  let length = SHORTEST_NAME
  const isTaken = (name: string): boolean =>
    all.some((other) => other.session !== session && other.session.startsWith(name))
  while (length < session.length && isTaken(session.slice(0, length))) length += 1
  return session.slice(0, length)
}

/** What the client asks by itself is of the user's turn before it, and has its number. */
function uniteTurns(
  turns: readonly TurnStates[], checkpointsOf: (turn: TurnId) => readonly string[],
): readonly Omit<ListedTurn, 'name'>[] {
  const united: Omit<ListedTurn, 'name'>[] = []
  for (const turn of turns) {
    const checkpoints = checkpointsOf(turn.turn)
    const last = united.at(-1)
    if (last === undefined || last.number !== turn.number) {
      united.push({ ...turn, checkpoints })
      continue
    }
    const { after: _, ...first } = last
    united[united.length - 1] = {
      ...first, checkpoints: [...new Set([...last.checkpoints, ...checkpoints])],
      ...(turn.answer === undefined ? {} : { answer: turn.answer }),
      ...(turn.after === undefined ? {} : { after: turn.after }),
    }
  }
  return united
}

export type Side = 'before' | 'after'

export interface Target {
  readonly session: ListedSession
  readonly turn: ListedTurn
  readonly side: Side
  readonly point: StatePoint
}

export type FoundTarget =
  | ({ readonly kind: 'found' } & Target)
  /** The turn is known, but not what the worktree held then. */
  | { readonly kind: 'no-state'; readonly turn: ListedTurn; readonly side: Side }
  | { readonly kind: 'ambiguous'; readonly choices: readonly string[] }
  | { readonly kind: 'unknown' }

const SHORTEST_CHECKPOINT = 4

/** `3`, `3^`, `<session>:3`, `<session>:3^`, or the beginning of a checkpoint's id. */
export function findTarget(sessions: readonly ListedSession[], word: string): FoundTarget {
  const side: Side = word.endsWith('^') ? 'before' : 'after'
  const name = word.replace(/\^$/, '')
  const [, prefix, number] = /^(?:(.+):)?(\d+)$/.exec(name) ?? []
  const byNumber = number === undefined ? undefined : findByNumber(sessions, prefix, Number(number), side)
  if (byNumber !== undefined && byNumber.kind !== 'unknown') return byNumber
  return findByCheckpoint(sessions, name.toUpperCase(), side)
}

function findByNumber(
  sessions: readonly ListedSession[], prefix: string | undefined, number: number, side: Side,
): FoundTarget {
  const meant = prefix === undefined ? sessions.slice(0, 1) : sessions.filter((one) => one.session.startsWith(prefix))
  if (meant.length > 1) return { kind: 'ambiguous', choices: meant.map(({ name, agent }) => `${name} (${agent})`) }
  const turn = meant[0]?.turns.find((one) => one.number === number)
  return turn === undefined ? { kind: 'unknown' } : targetOf(meant[0]!, turn, side)
}

/** The files of a checkpoint are those that its last turn left here. */
function findByCheckpoint(sessions: readonly ListedSession[], prefix: string, side: Side): FoundTarget {
  if (prefix.length < SHORTEST_CHECKPOINT) return { kind: 'unknown' }
  const held = sessions.flatMap((session) => session.turns.flatMap((turn) =>
    turn.checkpoints.filter((id) => id.startsWith(prefix)).map((id) => ({ id, session, turn }))))
  const ids = [...new Set(held.map(({ id }) => id))]
  if (ids.length > 1) return { kind: 'ambiguous', choices: ids }
  const order = held.sort((one, other) => one.turn.startedAt - other.turn.startedAt)
  const last = side === 'after' ? order.at(-1) : order[0]
  return last === undefined ? { kind: 'unknown' } : targetOf(last.session, last.turn, side)
}

export function targetOf(session: ListedSession, turn: ListedTurn, side: Side): FoundTarget {
  const point = turn[side]
  return point === undefined ? { kind: 'no-state', turn, side } : { kind: 'found', session, turn, side, point }
}
