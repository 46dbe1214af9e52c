// What a rewind does to the files of a worktree, decided before anything is written: which are written, which go, which
// are left alone and why, and for which the user has to decide.

import type { Difference, Entry } from './union.ts'

/** Who changed a path since the state that is gone back to. */
export interface Authors {
  /** The session that is rewound. */
  readonly mine: boolean
  /** Other sessions, by name. */
  readonly others: readonly string[]
  /** Somebody who is no session: the user, another program, or nobody knows. */
  readonly someone: boolean
}

export interface RestoreFacts {
  /** Where the worktree (left) is not as the state that is gone back to (right). */
  readonly differences: readonly Difference[]
  readonly authorsOf: (path: string) => Authors
  /** Why a path is none that rewind may touch. */
  readonly exclusionOf: (path: string) => Exclusion | undefined
  /** What lies where a path would be written and would have to go first: paths of files. */
  readonly obstaclesOf: (path: string) => readonly string[]
}

/**
 * `ignored`: Git ignores it, now or in that state. `nested`: in a repository or worktree of its own. `submodule`,
 * `sparse` (outside of the sparse checkout). `unknown`: the snapshot does not hold it.
 */
export type Exclusion = 'ignored' | 'nested' | 'submodule' | 'sparse' | 'unknown'

export interface RestoreChoice {
  /** Paths, and folders with all below them, that stay as they are. */
  readonly keep: readonly string[]
  /** What somebody else changed since goes back as well. */
  readonly force: boolean
}

export interface PlannedWrite {
  readonly path: string
  readonly entry: Entry
  /** What is there now; undefined: nothing. */
  readonly before: Entry | undefined
}

export interface PlannedDeletion {
  readonly path: string
  readonly before: Entry
}

export interface KeptPath {
  readonly path: string
  /** `asked`: by the user. `other-session`: only others changed it. */
  readonly why: Exclusion | 'asked' | 'other-session'
  readonly sessions?: readonly string[]
}

export interface Conflict {
  readonly path: string
  /** `in-the-way`: something that stays lies where it would be written; force does not help. */
  readonly why: 'changed-since' | 'other-session' | 'in-the-way'
  /** The other sessions that changed it, or the paths that are in the way. */
  readonly by: readonly string[]
}

export interface RestorePlan {
  readonly writes: readonly PlannedWrite[]
  readonly deletions: readonly PlannedDeletion[]
  readonly kept: readonly KeptPath[]
  readonly conflicts: readonly Conflict[]
}

const GITLINK = '160000'

export function planRestore(facts: RestoreFacts, choice: RestoreChoice): RestorePlan {
  const writes: PlannedWrite[] = []
  const deletions: PlannedDeletion[] = []
  const kept: KeptPath[] = []
  const conflicts: Conflict[] = []
  for (const difference of facts.differences) {
    const { path, left, right } = difference
    const verdict = judge(facts, choice, difference)
    if (verdict.kind === 'kept') kept.push(verdict.kept)
    else if (verdict.kind === 'conflict') conflicts.push(verdict.conflict)
    else if (right !== undefined) writes.push({ path, entry: right, before: left })
    else if (left !== undefined) deletions.push({ path, before: left })
  }
  const gone = new Set(deletions.map(({ path }) => path))
  const free = writes.filter(({ path }) => {
    const by = facts.obstaclesOf(path).filter((obstacle) => !gone.has(obstacle))
    if (by.length > 0) conflicts.push({ path, why: 'in-the-way', by })
    return by.length === 0
  })
  return { writes: free, deletions, kept: sorted(kept), conflicts: sorted(conflicts) }
}

type Verdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'kept'; readonly kept: KeptPath }
  | { readonly kind: 'conflict'; readonly conflict: Conflict }

function judge(facts: RestoreFacts, { keep, force }: RestoreChoice, { path, left, right }: Difference): Verdict {
  const exclusion = left?.mode === GITLINK || right?.mode === GITLINK ? 'submodule' : facts.exclusionOf(path)
  if (exclusion !== undefined) return { kind: 'kept', kept: { path, why: exclusion } }
  if (keep.some((one) => isWithin(path, one))) return { kind: 'kept', kept: { path, why: 'asked' } }
  const { mine, others, someone } = facts.authorsOf(path)
  if (!mine && !someone && others.length > 0) {
    return { kind: 'kept', kept: { path, why: 'other-session', sessions: others } }
  }
  if (force) return { kind: 'go' }
  if (someone) return { kind: 'conflict', conflict: { path, why: 'changed-since', by: others } }
  return others.length > 0 ? { kind: 'conflict', conflict: { path, why: 'other-session', by: others } } : { kind: 'go' }
}

/** True for the path itself and all below it; '' and '.' are the whole worktree. */
export function isWithin(path: string, folder: string): boolean {
  const above = folder.replace(/^\.\//, '').replace(/\/+$/, '')
  return above === '' || above === '.' || path === above || path.startsWith(`${above}/`)
}

const sorted = <One extends { readonly path: string }>(list: readonly One[]): readonly One[] =>
  [...list].sort((one, other) => one.path < other.path ? -1 : one.path > other.path ? 1 : 0)
