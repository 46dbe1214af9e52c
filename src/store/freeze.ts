// Decides what a commit takes and freezes it: reads the commit and the drafts, plans, builds the bytes, claims the
// events.

import { findAdapter } from '../agents/registry.ts'
import { relate } from '../git/ancestry.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { readBranch, readCommitChanges, readDirtyPaths } from '../git/commit.ts'
import { parseCommit } from '../git/commit-object.ts'
import type { CommitHeader } from '../git/commit-object.ts'
import type { Repository } from '../git/repository.ts'
import { readPathsBetween } from '../git/rewrites.ts'
import type { CheckpointRecord, Evidence, LinkRecord, Origin } from '../model/checkpoint.ts'
import type { FilePatch } from '../model/diff.ts'
import type { Millis } from '../model/event.ts'
import type { Oid, SessionId } from '../model/ids.ts'
import { isSaid } from '../model/event.ts'
import { planPromotion } from '../model/promotion.ts'
import type { Contribution, PlannedPromotion, ShellSession } from '../model/promotion.ts'
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
import { countPlansOf, freezePlan, readPlanOf, settleEdits } from './plans.ts'
import type { CheckpointPlan, Freezing } from './plans.ts'
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
  const [{ changed: all, patches, patchId }, dirty, amended, changedLater] = await Promise.all([
    readCommitChanges(repository, commit), pending === undefined ? undefined : readDirtyPaths(repository, pending),
    context.replaces === undefined ? undefined : readPathsBetween(repository, context.replaces, commit.oid),
    readChangedLater(context, commit),
  ])
  const changed = all.filter(({ path, from }) =>
    amended === undefined || amended.has(path) || amended.has(from ?? path))
  for (const turn of unseen) seeCommitted(store, turn, { oid: commit.oid, changed }, now())
  const cutoff = context.late === true ? commit.committedAt + LAST_MS_OF_SECOND : now()
  const paths = changed.flatMap(({ path, from }) => from === undefined ? [path] : [path, from])
  const edits = readPendingEdits(store, worktree, paths, cutoff)
  const dirtyNow = dirty ?? await readDirtyPaths(repository, [...new Set(edits.map(({ path }) => path))])
  const stillDirty = new Set([...dirtyNow, ...changedLater])
  const planned = planPromotion({ changed, patches, stillDirty }, edits, shell)
  if (planned.contributions.length === 0) {
    await patchId
    store.transaction(() => { settleEdits(store, undefined, planned.settled) })
    return 'nothing'
  }
  const origin = await originOf(repository, commit, patchId)
  const gathered = await gatherContributions(context, planned, cutoff)
  const told = new Set(gathered.map(({ claim }) => claim.session.session))
  const built = gathered.length === 0 ? undefined
    : await build(context, origin, commit.committedAt, onlyOf(planned, told), patches, gathered)
  return freeze(context, commit.oid, {
    built, kept: readKept(store, planned.contributions), kind: 'commit', worktree, cutoff, settled: planned.settled,
  }, gathered)
}

/** What this commit left out may be in those that followed or replaced it: their paths were dirty when it was made. */
async function readChangedLater(
  { reader, repository }: FreezeContext, { oid, parents }: CommitHeader,
): Promise<ReadonlySet<string>> {
  const head = await reader.read('HEAD^{commit}')
  if (head === undefined || head.oid === oid) return new Set()
  const isReplaced = parseCommit(head).parents[0] === parents[0]
  const isFollowed = isReplaced || await relate(repository, oid, head.oid) === 'behind'
  return isFollowed ? await readPathsBetween(repository, oid, head.oid) : new Set()
}

/** What session checkpoints told of a commit is not told again: what is left is of the other sessions. */
const onlyOf = (
  { contributions, files, settled }: PlannedPromotion, told: ReadonlySet<SessionId>,
): PlannedPromotion => ({
  contributions: contributions.filter(({ session }) => told.has(session)),
  files: files.filter(({ sessions }) => sessions.some((session) => told.has(session))),
  settled,
})

/** The session checkpoints that hold edits of a commit. */
const readKept = (store: LiveStore, contributions: readonly Contribution[]): readonly CheckpointPlan[] =>
  [...new Set(contributions.flatMap(({ kept }) => [...kept]))].flatMap((id) => readPlanOf(store, id) ?? [])

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
  context: FreezeContext, before: CheckpointPlan, record: CheckpointRecord, gathered: Gathered,
): Promise<Frozen> {
  const built = buildCheckpoint({
    kind: 'continuation', continues: before.checkpoint, seq: countPlansOf(context.store, before.commit),
    commit: before.commit, committedAt: Date.parse(record.origin.committedAt), origin: record.origin,
    sessions: [gathered.draft], files: [], symbols: [],
    evidence: [{ session: gathered.draft.session, why: 'same-turn' }], redactions: gathered.redactions,
  })
  const worktree = before.worktree === undefined ? {} : { worktree: before.worktree }
  return freeze(context, before.commit,
    { built, kept: [], kind: 'continuation', ...worktree, cutoff: context.now(), settled: [] }, [gathered])
}

interface Decided extends Pick<Freezing, 'kind' | 'worktree' | 'cutoff' | 'settled'> {
  readonly built: BuiltCheckpoint | undefined
  /** Session checkpoints that the commit is linked to. */
  readonly kept: readonly CheckpointPlan[]
}

function freeze(
  { store, repository, now }: FreezeContext, commit: Oid, { built, kept, ...rest }: Decided,
  gathered: readonly Gathered[],
): Frozen {
  const own: readonly LinkRecord[] = built === undefined ? []
    : [{ schema: 1, commit, checkpoint: built.record.id, evidence: 'commit', by: 'promotion' }]
  const frozen = freezePlan(store, repository.home, {
    ...rest, ...(built === undefined ? {} : { built }), commit,
    links: [...own, ...kept.map((plan) => attach(commit, plan))],
    note: [...built?.record.note ?? [], ...kept.flatMap(({ note }) => note)],
    madeAt: now(), claims: gathered.map(({ claim }) => claim),
  })
  return frozen ? 'frozen' : 'beaten'
}

/** The link to a session checkpoint, which lies below the commit that HEAD was at then. */
function attach(commit: Oid, { checkpoint, commit: origin }: CheckpointPlan): LinkRecord {
  const whence = origin === commit ? {} : { from: origin, origin }
  return { schema: 1, commit, checkpoint, evidence: 'attached', ...whence, by: 'promotion' }
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

/** Of each session what it has to tell; nothing where a session checkpoint told all of it. */
async function gatherContributions(
  context: FreezeContext, planned: PlannedPromotion, cutoff: Millis,
): Promise<readonly Gathered[]> {
  const gathered = await Promise.all(planned.contributions.map(async ({ session, turns, isKept }) => {
    const stored = findSession(context.store, session)
    if (stored === undefined) return []
    const one = await gatherSession(context.store, stored, { cutoff, turns, native: true })
    return isKept && !one.draft.events.some(isSaid) ? [] : [one]
  }))
  return gathered.flat()
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
