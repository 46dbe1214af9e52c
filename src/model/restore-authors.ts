// Who changed what in a worktree between two of its known states. A rewind goes back to an earlier state: from there on
// the story goes another way, and what lies on the way that was left is nobody's loss.

import type { Millis } from './event.ts'
import type { Authors } from './restore.ts'

/** What a worktree held at a moment that somebody looked. */
export interface KnownState {
  readonly at: Millis
  readonly tree: string
  readonly kind: 'start' | 'end' | 'rewind'
  /** The session whose turn began or ended. */
  readonly session?: string
  /** False: it may hold something of what came after (an end), or of the turn's first tools (a start). */
  readonly isExact: boolean
  /** Of a rewind: the place, in the list of states, of the one it went back to; -1: one before them all. */
  readonly backTo?: number
}

/** From one state to the next on the way to now. */
export interface Step {
  readonly from: string
  /** Undefined: what the worktree holds now. */
  readonly to: string | undefined
  readonly fromAt: Millis
  readonly toAt: Millis
  /** The one session that was at work all the time; undefined: several, none, or not all the time. */
  readonly worker: string | undefined
  /** The session that tells nothing late of this step: it had not begun yet, or had ended, at its end. */
  readonly told: string | undefined
}

/** A file change that an agent told, or that was found. */
export interface Evidence {
  readonly path: string
  readonly at: Millis
  readonly session: string
  readonly evidence: 'tool' | 'inferred' | 'unknown'
}

/**
 * The steps that a return to `target` takes back, oldest first. `states` by time; `target`: a place in them.
 */
export function stepsSince(states: readonly KnownState[], target: number, now: Millis): readonly Step[] {
  const parent = (at: number): number => states[at]!.kind === 'rewind' ? states[at]!.backTo ?? at - 1 : at - 1
  const wayTo = (last: number): readonly number[] => {
    const way: number[] = []
    for (let at = last; at >= 0; at = parent(at)) way.unshift(at)
    return way
  }
  const there = new Set(wayTo(target))
  const way = wayTo(states.length - 1).filter((at) => !there.has(at))
  const workers = workersOf(states)
  const steps = way.map((at): Step => {
    const [from, to] = [states[parent(at)], states[at]!]
    const isTurn = to.kind !== 'rewind' && to.isExact
    return {
      from: from?.tree ?? to.tree, to: to.tree, fromAt: from?.at ?? to.at, toAt: to.at,
      worker: isTurn ? workers[at - 1] : undefined, told: isTurn ? to.session : undefined,
    }
  })
  const last = states.at(-1)
  return last === undefined ? steps
    : [...steps, { from: last.tree, to: undefined, fromAt: last.at, toAt: now, worker: undefined, told: undefined }]
}

/** For each state the one session at work right after it. */
function workersOf(states: readonly KnownState[]): readonly (string | undefined)[] {
  const open = new Set<string>()
  return states.map(({ kind, session }) => {
    if (session !== undefined && kind === 'start') open.add(session)
    if (session !== undefined && kind === 'end') open.delete(session)
    return open.size === 1 ? [...open][0] : undefined
  })
}

/** Agents tell of an edit a moment after they made it. */
const TOLD_LATE_MS = 2000

/**
 * Who changed each path. `changedIn`: the paths that differ over each step. `touchedAt`: when the file was last
 * changed, for the step that ends now: later than all that was told, it was somebody else.
 */
export function authorsOf(
  mine: string, steps: readonly Step[], changedIn: readonly ReadonlySet<string>[], told: readonly Evidence[],
  touchedAt: (path: string) => Millis | undefined,
): (path: string) => Authors {
  const byPath = new Map<string, Evidence[]>()
  for (const one of told) byPath.set(one.path, [...byPath.get(one.path) ?? [], one])
  return (path) => {
    const sessions = new Set<string>()
    let someone = false
    const changed = steps.filter((_, at) => changedIn[at]?.has(path) === true)
    for (const step of changed) {
      const here = (byPath.get(path) ?? []).filter((one) => isOf(step, one))
      const sure = here.filter(({ evidence }) => evidence !== 'unknown')
      for (const { session } of sure) sessions.add(session)
      const isLater = step.to === undefined
        && (touchedAt(path) ?? 0) > Math.max(...sure.map((one) => one.at)) + TOLD_LATE_MS
      if (here.length === 0 && step.worker !== undefined) sessions.add(step.worker)
      else if (sure.length === 0 || isLater) someone = true
    }
    // What is as it was where the ways part is kept there: nobody loses it.
    return {
      mine: sessions.has(mine) || changed.length === 0,
      others: [...sessions].filter((session) => session !== mine).sort(), someone,
    }
  }
}

const isOf = ({ fromAt, toAt, told }: Step, { at, session }: Evidence): boolean =>
  at > fromAt && at <= toAt + (session === told ? 0 : TOLD_LATE_MS)
