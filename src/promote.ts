// Turns the drafts that led to a commit into a checkpoint, and brings to an end what an earlier run had to leave.
// Doing any of it twice is harmless.

import { parseCommit } from './git/commit-object.ts'
import type { CommitHeader } from './git/commit-object.ts'
import { readMadeCommits } from './git/reflog.ts'
import type { CheckpointRecord } from './model/checkpoint.ts'
import { isSaid } from './model/event.ts'
import type { CheckpointId, Oid, TurnId } from './model/ids.ts'
import { findSession, firstPendingEdit, firstToldByHooks, hasPendingEdits } from './store/drafts.ts'
import type { StoredEvent, StoredSession } from './store/drafts.ts'
import { finishPlan } from './store/finish.ts'
import type { Finishing } from './store/finish.ts'
import { freezeCommit, freezeContinuation } from './store/freeze.ts'
import type { FreezeContext } from './store/freeze.ts'
import { gatherSession } from './store/gather.ts'
import { markHead, readHead } from './store/heads.ts'
import { updatePendingMarker } from './store/pending.ts'
import {
  claimEvent, findContinuations, isPromoted, readOpenPlans, readPlansOf, readPlansOfTurn, readRecord, updateOpenMarker,
} from './store/plans.ts'
import type { CheckpointPlan } from './store/plans.ts'

export type PromoteContext = Finishing & FreezeContext

export type Promotion =
  | { readonly kind: 'promoted'; readonly id: CheckpointId }
  | { readonly kind: 'already-promoted'; readonly id: CheckpointId }
  /** Session checkpoints told all of it already: the commit got links to them. */
  | { readonly kind: 'linked'; readonly id: CheckpointId }
  | { readonly kind: 'nothing-pending' }
  /** Frozen, but not written in time; the next command goes on with it. */
  | { readonly kind: 'waiting'; readonly id: CheckpointId }

/** More losses in a row than writers there can be: something else is wrong. */
const MAX_REPLANS = 20

/**
 * Promotes the drafts that led to a commit made in the worktree of the context. Throws what the store or git
 * cannot do.
 */
export async function promote(context: PromoteContext, oid: Oid): Promise<Promotion> {
  const { store, repository: { worktree, home } } = context
  const object = await context.reader.read(oid)
  if (object?.type !== 'commit' || worktree === undefined) return { kind: 'nothing-pending' }
  for (let tries = 0; tries < MAX_REPLANS; tries += 1) {
    if (isPromoted(store, oid)) return finishAll(context, oid)
    const outcome = await freezeCommit(context, worktree, parseCommit(object))
    if (outcome === 'beaten') continue
    updatePendingMarker(store, home)
    return outcome === 'nothing' ? { kind: 'nothing-pending' } : finishAll(context, oid)
  }
  throw new Error(`commit ${oid} could not be promoted: others were always faster`)
}

async function finishAll(context: PromoteContext, commit: Oid): Promise<Promotion> {
  const plans = readPlansOf(context.store, commit)
  const [first] = plans
  const id = first!.checkpoint ?? first!.links[0]!.checkpoint
  if (plans.every(({ state }) => state === 'done')) return { kind: 'already-promoted', id }
  for (const plan of plans) {
    if (plan.state !== 'done' && !await finishPlan(context, plan)) return { kind: 'waiting', id }
  }
  updateOpenMarker(context.store, context.repository.home)
  return { kind: first!.checkpoint === undefined ? 'linked' : 'promoted', id }
}

/**
 * Finishes the plans that an earlier run left: it was killed, out of time, or others held the refs. Gives back
 * how many. `olderThanMs`: younger ones are left to those who are at work on them.
 */
export async function finishOpenPlans(context: Finishing, olderThanMs = 0): Promise<number> {
  let finished = 0
  for (const plan of readOpenPlans(context.store, context.now() - olderThanMs)) {
    if (await finishPlan(context, plan)) finished += 1
  }
  updateOpenMarker(context.store, context.repository.home)
  return finished
}

/**
 * Promotes commits made in this worktree since the last look, where no git hook ran for them. `olderThanMs`: the
 * hook of a younger commit may still be at work, and knows more about it; the next look finds it.
 */
export async function promoteMissed(context: PromoteContext, olderThanMs = 0): Promise<readonly Promotion[]> {
  const { store, repository: { worktree }, reader, now } = context
  const head = worktree === undefined ? undefined : await reader.read('HEAD')
  if (worktree === undefined || head === undefined) return []
  const before = readHead(store, worktree)
  if (before === head.oid || parseCommit(head).committedAt > now() - olderThanMs) return []
  const found = hasPendingEdits(store, worktree)
    ? await promoteUnseen(context, await readMadeCommits(context.repository, before)) : []
  markHead(store, context.repository, head.oid, now())
  return found
}

/** The reflog is not asked about more either. */
const MAX_LINE = 200

/**
 * The same for the commits before one that a hook tells of: they take theirs first. No process where the last look was
 * at its parent, or all edits are younger.
 */
export async function promoteMissedBefore(
  context: PromoteContext, { oid, parents }: CommitHeader,
): Promise<readonly Promotion[]> {
  const { store, repository, reader } = context
  const { worktree } = repository
  const firstEdit = worktree === undefined ? undefined : firstPendingEdit(store, worktree)
  if (worktree === undefined || firstEdit === undefined) return []
  const before = readHead(store, worktree)
  if (before === oid) return []
  // What was made before hooks told of the session is for `import`.
  const since = before !== undefined ? firstEdit : Math.max(firstEdit, firstToldByHooks(store, worktree) ?? Infinity)
  // Others were amended, or reset: what they held is in this commit, as far as it is anywhere.
  const line: Oid[] = []
  for (let [parent] = parents; parent !== undefined && parent !== before && line.length < MAX_LINE;) {
    const object = await reader.read(parent)
    const commit = object?.type === 'commit' ? parseCommit(object) : undefined
    // Commits know whole seconds only.
    if (commit === undefined || commit.committedAt + 1000 <= since) break
    line.unshift(parent)
    parent = commit.parents[0]
  }
  const made = new Set(line.length === 0 ? [] : await readMadeCommits(repository, before))
  return await promoteUnseen(context, line.filter((one) => made.has(one)))
}

async function promoteUnseen(context: PromoteContext, commits: readonly Oid[]): Promise<readonly Promotion[]> {
  const found: Promotion[] = []
  for (const oid of commits) {
    if (isPromoted(context.store, oid)) continue
    found.push(await promote({ ...context, late: true }, oid))
    // What followed in a turn that is over belongs to this commit, not to the next one that was missed.
    await promoteContinuations(context)
  }
  return found
}

/**
 * What followed a commit in the same turn becomes a further checkpoint of it, once the turn is over and holds no
 * open edit.
 */
export async function promoteContinuations(context: PromoteContext): Promise<number> {
  let made = 0
  for (const { session, turn } of findContinuations(context.store)) {
    const stored = findSession(context.store, session)
    if (stored !== undefined) made += await continueTurn(context, stored, turn as TurnId)
  }
  return made
}

/** Each event goes to the first commit of the turn made after it, the rest to the last one. */
async function continueTurn(context: PromoteContext, session: StoredSession, turn: TurnId): Promise<number> {
  const plans = readPlansOfTurn(context.store, session, turn).filter(({ kind }) => kind === 'commit')
  let made = 0
  for (const [at, plan] of plans.entries()) {
    const isLast = at === plans.length - 1
    const only = ({ event, checkpoint }: StoredEvent): boolean =>
      checkpoint === null && event.turn === turn && (isLast || event.at <= plan.cutoff)
    // The row changes with each continuation: the chain of its slices goes on.
    const current = findSession(context.store, session.session)!
    const gathered = await gatherSession(context.store, current, {
      cutoff: context.now(), turns: new Set(), only, native: isLast,
    })
    const record = await recordOf(context, plan)
    if (!gathered.draft.events.some(isSaid) || record === undefined) {
      // What is left is told already, in other words of the same source.
      for (const event of gathered.claim.absorbed) claimEvent(context.store, plan.checkpoint, session, event)
      continue
    }
    if (await freezeContinuation(context, plan, record, gathered) === 'frozen') made += 1
  }
  if (made > 0) await finishOpenPlans(context)
  return made
}

const recordOf = async (context: PromoteContext, plan: CheckpointPlan): Promise<CheckpointRecord | undefined> => {
  const text = plan.files['session.json'] ?? readRecord(context.store, plan.checkpoint)
  return text === undefined ? undefined : JSON.parse(text) as CheckpointRecord
}
