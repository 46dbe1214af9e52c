// Decides what a commit takes and freezes it: reads the commit and the drafts, plans, builds the bytes, claims the
// events.

import { findAdapter } from '../agents/registry.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { readBranch, readCommitChanges, readDirtyPaths } from '../git/commit.ts'
import type { CommitHeader } from '../git/commit.ts'
import type { Repository } from '../git/repository.ts'
import { readPathsBetween } from '../git/rewrites.ts'
import type { CheckpointRecord, Evidence, LinkRecord, Origin } from '../model/checkpoint.ts'
import type { FilePatch } from '../model/diff.ts'
import type { Millis } from '../model/event.ts'
import type { Oid, SessionId } from '../model/ids.ts'
import { planPromotion } from '../model/promotion.ts'
import type { PlannedPromotion, ShellSession } from '../model/promotion.ts'
import { buildCheckpoint, timestamp } from '../model/record.ts'
import type { BuiltCheckpoint } from '../model/record.ts'
import { sumCounts } from '../model/redaction-counts.ts'
import { findSymbols } from '../model/symbols.ts'
import { findSession, hasPendingEdits, readDirtyBefore, readPendingEdits, readPendingPaths } from './drafts.ts'
import { appendObservations } from './events.ts'
import { observeCommitted, unseenTurns } from './fingerprints.ts'
import type { UnseenTurn } from './fingerprints.ts'
import { gatherSession } from './gather.ts'
import type { Gathered } from './gather.ts'
import type { LiveStore } from './live.ts'
import { countPlansOf, freezePlan, settleEdits } from './plans.ts'
import type { Plan } from './plans.ts'
import { redactNames } from './names.ts'

export interface FreezeContext {
  readonly repository: Repository
  readonly store: LiveStore
  readonly reader: ObjectReader
  readonly now: () => Millis
  /** The session in whose shell the commit was made, as its environment tells. */
  readonly shell?: SessionId
  /** The commit was found by a later look: take no more than what was there when it was made. */
  readonly late?: true
  /** The commit that this one amends: only what differs between the two is looked at. */
  readonly replaces?: Oid
  /** Git made it from other commits: what changed while a tool ran is theirs, only recorded edits count. */
  readonly isDerived?: true
}

/** Commits know whole seconds only. */
const LAST_MS_OF_SECOND = 999

/** `beaten`: another promotion took some of it meanwhile; ask again. */
export type Frozen = 'frozen' | 'nothing' | 'beaten'

/** Freezes the checkpoint of a commit made in `worktree`, if any session led to it. */
export async function freezeCommit(context: FreezeContext, worktree: string, commit: CommitHeader): Promise<Frozen> {
  const { store, repository, now } = context
  const shell = shellOf(context, worktree)
  const unseen = context.isDerived === true ? [] : unseenTurns(store, worktree, commit.oid)
  if (shell === undefined && unseen.length === 0 && !hasPendingEdits(store, worktree)) return 'nothing'
  // What may still be dirty is known before the commit is read: git looks at both at once.
  const pending = readPendingPaths(store, worktree)
  const [{ changed: all, patches, patchId }, dirty, amended] = await Promise.all([
    readCommitChanges(repository, commit), pending === undefined ? undefined : readDirtyPaths(repository, pending),
    context.replaces === undefined ? undefined : readPathsBetween(repository, context.replaces, commit.oid),
  ])
  const changed = all.filter(({ path, from }) =>
    amended === undefined || amended.has(path) || amended.has(from ?? path))
  for (const turn of unseen) seeCommitted(store, turn, { oid: commit.oid, changed }, now())
  const cutoff = context.late === true ? commit.committedAt + LAST_MS_OF_SECOND : now()
  const paths = changed.flatMap(({ path, from }) => from === undefined ? [path] : [path, from])
  const edits = readPendingEdits(store, worktree, paths, cutoff)
  const stillDirty = dirty ?? await readDirtyPaths(repository, [...new Set(edits.map(({ path }) => path))])
  const planned = planPromotion({ changed, patches, stillDirty }, edits, shell)
  if (planned.contributions.length === 0) {
    await patchId
    store.transaction(() => { settleEdits(store, undefined, planned.settled) })
    return 'nothing'
  }
  const origin = await originOf(repository, commit, patchId)
  const gathered = await gatherContributions(context, planned, cutoff)
  const built = await build(context, origin, commit.committedAt, planned, patches, gathered)
  return freeze(context, built, gathered, { worktree, cutoff, settled: planned.settled })
}

/** Records what a turn has in the commit that only a look at the working tree would have told, had it come in time. */
function seeCommitted(
  store: LiveStore, turn: UnseenTurn, commit: Parameters<typeof observeCommitted>[3], now: Millis,
): void {
  const adapter = findAdapter(turn.agent)
  const observations = adapter === undefined ? [] : observeCommitted(store, adapter, turn, commit, now)
  if (observations.length === 0) return
  store.transaction(() => appendObservations(store, turn.session, observations,
    ({ path }) => ({ worktree: turn.worktree, path: path.slice(turn.worktree.length + 1) })))
}

/** Freezes what came after a checkpoint in the same turn: a further checkpoint of the same commit. */
export async function freezeContinuation(
  context: FreezeContext, before: Plan, record: CheckpointRecord, gathered: Gathered,
): Promise<Frozen> {
  const built = buildCheckpoint({
    kind: 'continuation', continues: before.checkpoint, seq: countPlansOf(context.store, before.commit),
    commit: before.commit, committedAt: Date.parse(record.origin.committedAt), origin: record.origin,
    sessions: [gathered.draft], files: [], symbols: [],
    evidence: [{ session: gathered.draft.session, why: 'same-turn' }], redactions: gathered.redactions,
  })
  const worktree = before.worktree === undefined ? {} : { worktree: before.worktree }
  return freeze(context, built, [gathered], { ...worktree, cutoff: context.now(), settled: [] })
}

function freeze(
  { store, repository, now }: FreezeContext, built: BuiltCheckpoint, gathered: readonly Gathered[],
  rest: { worktree?: string; cutoff: Millis; settled: PlannedPromotion['settled'] },
): Frozen {
  const { id, origin } = built.record
  const link: LinkRecord = { schema: 1, commit: origin.commit, checkpoint: id, evidence: 'commit', by: 'promotion' }
  const frozen = freezePlan(store, repository.home, {
    built, link, ...rest, madeAt: now(), claims: gathered.map(({ claim }) => claim),
  })
  return frozen ? 'frozen' : 'beaten'
}

async function originOf(
  repository: Repository, commit: CommitHeader, patchId: Promise<Oid | undefined>,
): Promise<Origin> {
  const [branch, id] = await Promise.all([readBranch(repository), patchId])
  return {
    commit: commit.oid, tree: commit.tree, parents: commit.parents,
    ...(id === undefined ? {} : { patchId: id }),
    ...(branch === undefined ? {} : { branch }),
    authoredAt: timestamp(commit.authoredAt), committedAt: timestamp(commit.committedAt),
  }
}

function gatherContributions(context: FreezeContext, planned: PlannedPromotion, cutoff: Millis): Promise<Gathered[]> {
  return Promise.all(planned.contributions.flatMap(({ session, turns }) => {
    const stored = findSession(context.store, session)
    return stored === undefined ? [] : [gatherSession(context.store, stored, { cutoff, turns, native: true })]
  }))
}

async function build(
  context: FreezeContext, origin: Origin, committedAt: Millis, planned: PlannedPromotion,
  patches: ReadonlyMap<string, FilePatch>, gathered: readonly Gathered[],
): Promise<BuiltCheckpoint> {
  const paths = new Set(planned.files.map(({ path }) => path))
  const evidence = planned.contributions.map(({ session, why, paths: reached }): Evidence => ({
    session, why,
    ...(reached.length === 0 ? {} : { paths: reached }),
    ...(context.late === true ? { late: true as const } : {}),
  }))
  // Names are the repository's, yet what leaves the live store is redacted without exception.
  const { value: named, counts } = await redactNames({
    origin, evidence, files: planned.files,
    symbols: findSymbols([...patches.values()].filter(({ path }) => paths.has(path))),
  })
  return buildCheckpoint({
    kind: 'commit', seq: 0, commit: origin.commit, committedAt, ...named,
    sessions: gathered.map(({ draft }) => draft),
    redactions: sumCounts([counts, ...gathered.map((one) => one.redactions)]),
  })
}

/** The session whose shell made the commit, with what was dirty when its turn began. */
function shellOf(context: FreezeContext, worktree: string): ShellSession | undefined {
  const stored = context.shell === undefined ? undefined : findSession(context.store, context.shell)
  if (stored === undefined) return undefined
  const { session, openTurn } = stored
  if (openTurn === undefined) return { session }
  const dirtyBefore = readDirtyBefore(context.store, stored, openTurn, worktree)
  return { session, ...(dirtyBefore === undefined ? {} : { dirtyBefore }) }
}
