// Takes the files of a worktree back to a turn of a session, and undoes that. What is there is kept before anything is
// written; a journal tells the next command of a rewind that was killed.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter } from './agents/agent.ts'
import { BitloopsError } from './errors.ts'
import type { Repository } from './git/repository.ts'
import { beginJournal, readJournal, replaceJournal } from './git/restore-journal.ts'
import type { RewindJournal } from './git/restore-journal.ts'
import { lookAround } from './git/restore-look.ts'
import { isIndexAsKept, keepState } from './git/restore-undo.ts'
import { diffTreePairs } from './git/snapshot-diff.ts'
import type { SnapshotPlace } from './git/snapshot-place.ts'
import { diffTrees } from './git/tree-diff.ts'
import { authorsOf, stepsSince } from './model/restore-authors.ts'
import { planRestore } from './model/restore.ts'
import type { RestoreChoice, RestorePlan } from './model/restore.ts'
import type { Oid, SessionId } from './model/ids.ts'
import { listSessions } from './store/rewind-points.ts'
import type { RewindPoint, RewindSession } from './store/rewind-points.ts'
import { doWork, hasCommit, keptState, lookNow, placeOf, readHeadState } from './store/rewind-work.ts'
import type { RewindScene, Shortfalls } from './store/rewind-work.ts'
import { findUndoable, knownStates, readEvidence, readRewinds } from './store/rewinds.ts'
import { readSession } from './store/sessions.ts'
import { judgeSnapshots } from './store/snapshots-judge.ts'
import type { SnapshotRow } from './store/snapshots.ts'

export type { RewindPoint, RewindSession, RewindTurn } from './store/rewind-points.ts'

export interface RewindContext extends RewindScene {
  readonly findAdapter: (name: string) => AgentAdapter | undefined
}

/** The sessions in the worktree that can be gone back in; take the inbox in before. */
export async function listRewindable(context: RewindContext): Promise<readonly RewindSession[]> {
  const place = placeOf(context.repository, context.repository.worktree)
  return await listSessions(context.store, place, await judgeSnapshots(context, place.cwd))
}

export interface RewindChoice extends RestoreChoice {
  /** HEAD and the index go to the commit of that time as well. */
  readonly reset: boolean
}

export interface RewindPlan extends RestorePlan {
  /** `RewindPoint.snapshot`. */
  readonly snapshot: number
  readonly state: RewindPoint['state']
  /** What the worktree holds now, and what it held then: trees, for a diff. */
  readonly present: Oid
  readonly target: Oid
  /** The commits of then and now; they differ where something was committed since. */
  readonly headThen?: Oid
  readonly headNow?: Oid
  /** Where HEAD and the index go. */
  readonly reset?: Oid
}

/** What going back would do. Paths of `choice.keep` count from the root of the worktree. Writes nothing. */
export async function planRewind(
  context: RewindContext, snapshot: number, choice: RewindChoice,
): Promise<RewindPlan> {
  const { repository, now } = context
  const place = placeOf(repository, repository.worktree)
  const rows = await judgeSnapshots(context, place.cwd)
  const row = rows.find(({ id }) => id === snapshot)
  if (row === undefined) throw new BitloopsError('unknown-revision', 'there is no such state of this worktree')
  const present = await lookNow(place, now())
  const differences = await diffTrees(repository, present.tree, row.tree)
  const leftOut = [...present.leftOut, ...row.leftOut]
  const around = await lookAround(place, { present: present.tree, target: row.tree, differences, leftOut })
  const authors = await readAuthors(context, rows, row, present.tree, around.touchedAt)
  const plan = planRestore({ ...around, differences, authorsOf: authors }, choice)
  const { head } = await readHeadState(place)
  return {
    ...plan, snapshot, present: present.tree, target: row.tree, state: row.state === 'taken' ? 'late' : row.state,
    ...(row.head === null ? {} : { headThen: row.head as Oid }),
    ...(head === undefined ? {} : { headNow: head as Oid }),
    ...(choice.reset ? { reset: await resetTarget(place, row) } : {}),
  }
}

async function readAuthors(
  { repository, store, now }: RewindContext, rows: readonly SnapshotRow[], target: SnapshotRow, present: Oid,
  touchedAt: (path: string) => number | undefined,
) {
  const { states, placeOf: placeIn } = knownStates(rows, readRewinds(store, target.worktree))
  const steps = stepsSince(states, placeIn.get(target.id)!, now())
  const changedIn = await diffTreePairs(repository, steps.map(({ from, to }) => [from as Oid, (to ?? present) as Oid]))
  const evidence = readEvidence(store, target.worktree, steps[0]?.fromAt ?? now())
  const find = authorsOf(String(target.session), steps, changedIn, evidence, touchedAt)
  const nameOf = (session: string): SessionId => readSession(store, Number(session))?.sessionId ?? session as SessionId
  return (path: string) => {
    const authors = find(path)
    return { ...authors, others: authors.others.map(nameOf) }
  }
}

/** What Git has under way in a worktree, by the files that say so. */
const UNDER_WAY = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply', 'sequencer']

async function resetTarget(place: SnapshotPlace, { head }: SnapshotRow): Promise<Oid> {
  if (head === null) throw new BitloopsError('refused', 'there was no commit yet that HEAD could go back to')
  if (!await hasCommit(place, head)) throw new BitloopsError('refused', `the commit of that time (${head}) is gone`)
  const busy = UNDER_WAY.find((name) => existsSync(join(place.gitDir, name)))
  if (busy === undefined) return head as Oid
  throw new BitloopsError('refused', `Git is in the middle of something here (${busy})`, 'end it, or leave HEAD alone')
}

export interface Rewound {
  readonly written: number
  readonly deleted: number
  /** Ref of what was there before. */
  readonly kept: string
  /** What could not be brought back, in sentences. */
  readonly short: Shortfalls
}

/** Does what the plan says. Throws `refused` where it has conflicts, or something changed since it was made. */
export async function applyRewind(context: RewindContext, plan: RewindPlan): Promise<Rewound> {
  const { repository, now } = context
  const place = placeOf(repository, repository.worktree)
  if (plan.conflicts.length > 0) throw new BitloopsError('refused', 'files were changed since by somebody else')
  refuseInterrupted(repository)
  const present = await lookNow(place, now())
  if (present.tree !== plan.present) {
    throw new BitloopsError('refused', 'files changed while you were looking', 'run git bitloops rewind again')
  }
  const writes = plan.writes.map(({ path, entry }) => ({ path, entry }))
  const deletions = plan.deletions.map(({ path }) => path)
  const paths = [...writes.map(({ path }) => path), ...deletions]
  const work: RewindJournal['work'] = {
    kind: 'rewind', snapshot: plan.snapshot, writes, deletions,
    ...(plan.reset === undefined ? {} : { reset: plan.reset }),
  }
  const { kept, short } = await begin(context, paths, present.tree, work)
  return { written: writes.length, deleted: deletions.length, kept, short }
}

/** Keeps what lies at the paths, and does the work. */
async function begin(
  context: RewindScene, paths: readonly string[], present: Oid, work: RewindJournal['work'], worktree?: string,
): Promise<{ kept: string; short: Shortfalls }> {
  const { repository, now } = context
  const place = placeOf(repository, worktree ?? repository.worktree)
  const startedAt = now()
  const { ref } = await keepState(place, paths, present, startedAt, await readHeadState(place))
  const journal: RewindJournal = { schema: 1, worktree: place.cwd, startedAt, kept: ref, work }
  if (worktree !== undefined) replaceJournal(repository.home, journal)
  else if (!beginJournal(repository.home, journal)) refuseInterrupted(repository)
  return { kept: ref, short: await doWork(context, journal) }
}

function refuseInterrupted({ home }: Repository): void {
  if (readJournal(home) === undefined) return
  throw new BitloopsError('refused', 'another rewind is under way here, or was interrupted',
    'git bitloops rewind tells how to go on or back')
}

export interface UndoPlan {
  /** The rewind that is undone. */
  readonly rewind: number
  readonly doneAt: number
  readonly to: string
  /** Paths that come back or go. */
  readonly paths: readonly string[]
  /** Those of them that were changed since the rewind: only with force. */
  readonly conflicts: readonly string[]
  readonly present: Oid
  /** `as-kept`: it holds what it held. `changed`: the user changed it since; it stays. `back`: the rewind moved it. */
  readonly index: 'as-kept' | 'changed' | 'back'
  readonly head?: { readonly from: Oid; readonly to: Oid; readonly branch?: string }
}

/** What undoing the last rewind would do; undefined when there is none. */
export async function planUndo(context: RewindScene): Promise<UndoPlan | undefined> {
  const { repository, store, now } = context
  const place = placeOf(repository, repository.worktree)
  const row = findUndoable(store, place.cwd)
  if (row === undefined) return undefined
  const state = await keptState(place, row.kept)
  const present = await lookNow(place, now())
  const changed = new Set((await diffTrees(repository, row.tree, present.tree)).map(({ path }) => path))
  const paths = Object.keys(state.files)
  const isAsKept = await isIndexAsKept(place, state)
  const moved = row.reset === null || state.head === undefined ? undefined : {
    from: row.reset, to: state.head as Oid, ...(state.branch === undefined ? {} : { branch: state.branch }),
  }
  return {
    rewind: row.id, doneAt: row.at, to: row.kept, paths, conflicts: paths.filter((path) => changed.has(path)),
    present: present.tree, index: moved !== undefined ? 'back' : isAsKept ? 'as-kept' : 'changed',
    ...(moved === undefined ? {} : { head: moved }),
  }
}

/** Brings back what was there before a rewind. Throws `refused` where files were changed since, unless forced. */
export async function applyUndo(
  context: RewindScene, plan: UndoPlan, { force }: { readonly force: boolean },
): Promise<{ readonly kept: string; readonly short: Shortfalls }> {
  if (plan.conflicts.length > 0 && !force) throw new BitloopsError('refused', 'files were changed since the rewind')
  refuseInterrupted(context.repository)
  return await begin(context, plan.paths, plan.present, {
    kind: 'undo', to: plan.to, rewind: plan.rewind, withIndex: plan.index !== 'changed',
    ...(plan.head === undefined ? {} : { head: plan.head }),
  })
}

/** The rewind that was killed, for the next command to speak of; undefined when there is none. Cheap. */
export const findInterrupted = ({ home }: Pick<Repository, 'home'>): RewindJournal | undefined => readJournal(home)

/** Ends what was begun (`on`), or brings back what was there before it began (`back`). */
export async function resumeRewind(
  context: RewindScene, journal: RewindJournal, direction: 'on' | 'back',
): Promise<{ readonly kept: string; readonly short: Shortfalls }> {
  const { repository, now } = context
  const place = placeOf(repository, journal.worktree)
  const state = await keptState(place, journal.kept)
  const paths = Object.keys(state.files)
  // What was done to the files in between, by hand, is kept as well.
  const present = await lookNow(place, now())
  if (direction === 'on') {
    const found = await keepState(place, paths, present.tree, now(), await readHeadState(place))
    return { kept: found.ref, short: await doWork(context, journal) }
  }
  const { work } = journal
  const wasAt = state.head as Oid | undefined
  const moved = work.kind === 'rewind' ? work.reset : work.head?.to
  const head = moved === undefined || wasAt === undefined ? {}
    : { head: { from: moved, to: wasAt, ...(state.branch === undefined ? {} : { branch: state.branch }) } }
  const withIndex = moved !== undefined || await isIndexAsKept(place, state)
  return await begin(
    context, paths, present.tree, { kind: 'undo', to: journal.kept, withIndex, ...head }, journal.worktree)
}
