// Freezes the checkpoint of a commit that old sessions led to: which, and by which edits, import has found out.

import type { CommitHeader } from '../git/commit-object.ts'
import type { Evidence, LinkRecord, Origin } from '../model/checkpoint.ts'
import type { FilePatch } from '../model/diff.ts'
import { isSaid } from '../model/event.ts'
import type { Millis } from '../model/event.ts'
import type { CheckpointId, Oid, SessionId, TurnId } from '../model/ids.ts'
import type { OldEdit } from '../model/import-match.ts'
import type { PlannedPromotion } from '../model/promotion.ts'
import { buildCheckpoint, timestamp } from '../model/record.ts'
import { sumCounts } from '../model/redaction-counts.ts'
import { findSymbols } from '../model/symbols.ts'
import { findSession } from './drafts.ts'
import type { StoredSession } from './drafts.ts'
import { finishPlan } from './finish.ts'
import type { Finishing } from './finish.ts'
import { gatherSession } from './gather.ts'
import type { Gathered } from './gather.ts'
import type { LiveStore } from './live.ts'
import { redactNames } from './names.ts'
import { countPlansOf, freezePlan, hasYoungPlans, readPlanOf } from './plans.ts'
import type { Taking } from './take-session.ts'

/** What a commit takes of old sessions. */
export interface OldPromotion {
  readonly commit: CommitHeader
  readonly patchId?: Oid
  readonly patches: ReadonlyMap<string, FilePatch>
  readonly planned: Pick<PlannedPromotion, 'contributions' | 'files'>
  /** The edits that it holds. */
  readonly held: readonly OldEdit[]
  readonly cutoff: Millis
}

export interface PromotedOld {
  readonly checkpoint: CheckpointId
  /** The refs were in use: the next command writes it. */
  readonly isWaiting?: true
}

/** More losses in a row than writers there can be: something else is wrong. */
const MAX_REPLANS = 20
const WRITING_MS = 10_000

/** Undefined where the sessions have nothing to say that is not in other checkpoints. */
export async function promoteOld(
  context: Omit<Finishing, 'deadline'>, promotion: OldPromotion,
): Promise<PromotedOld | undefined> {
  for (let tries = 0; tries < MAX_REPLANS; tries += 1) {
    await letOthersWrite(context)
    const frozen = await freeze(context, promotion)
    if (frozen === 'beaten') continue
    const plan = frozen === 'nothing' ? undefined : readPlanOf(context.store, frozen.id)
    if (plan === undefined) return undefined
    // A directory in the worktree for each commit of years would be in the way; who asks for one gets it.
    const isDone = await finishPlan(
      { ...context, directory: 'off', deadline: context.now() + WRITING_MS }, plan)
    return { checkpoint: plan.checkpoint, ...isDone ? {} : { isWaiting: true } }
  }
  throw new Error(`commit ${promotion.commit.oid} could not be promoted: others were always faster`)
}

/** The hook of a commit has no more time than this to write its checkpoint. */
const HOOK_MS = 5000
const LOOK_AGAIN_MS = 20

/** Who writes one commit would lose each race for the refs against who writes a thousand. */
async function letOthersWrite({ store, now }: Pick<Finishing, 'store' | 'now'>): Promise<void> {
  const limit = now() + HOOK_MS
  while (now() < limit && hasYoungPlans(store, now() - HOOK_MS)) {
    await new Promise((resolve) => { setTimeout(resolve, LOOK_AGAIN_MS) })
  }
}

/** `beaten`: another promotion took some of it meanwhile; ask again. */
type Frozen = { readonly id: CheckpointId } | 'nothing' | 'beaten'

async function freeze({ store, repository, now }: Taking, old: OldPromotion): Promise<Frozen> {
  const { commit, cutoff } = old
  const gathered: Gathered[] = []
  for (const { session } of old.planned.contributions) {
    const stored = findSession(store, session)
    if (stored === undefined) continue
    const one = await gatherSession(store, stored, { cutoff, turns: toldTurns(store, stored, old), native: true })
    if (one.draft.events.some(isSaid)) gathered.push(one)
  }
  if (gathered.length === 0) return 'nothing'
  const built = await build(store, old, gathered)
  const { id, note } = built.record
  const link: LinkRecord =
    { schema: 1, commit: commit.oid, checkpoint: id, evidence: 'commit', by: 'import' }
  const isFrozen = freezePlan(store, repository.home, {
    built, kind: 'commit', isFurther: true, commit: commit.oid, links: [link], note, cutoff, madeAt: now(),
    claims: gathered.map(({ claim }) => claim), settled: pendingRows(store, old.held),
  })
  return isFrozen ? { id } : 'beaten'
}

async function build(
  store: LiveStore, { commit, patchId, patches, planned }: OldPromotion, gathered: readonly Gathered[],
): Promise<ReturnType<typeof buildCheckpoint>> {
  const told = new Set<SessionId>(gathered.map(({ draft }) => draft.session))
  const files = planned.files.filter(({ sessions }) => sessions.some((session) => told.has(session)))
  const paths = new Set(files.map(({ path }) => path))
  const origin: Origin = {
    commit: commit.oid, tree: commit.tree, parents: commit.parents, ...patchId === undefined ? {} : { patchId },
    authoredAt: timestamp(commit.authoredAt), committedAt: timestamp(commit.committedAt),
  }
  const evidence = planned.contributions.filter(({ session }) => told.has(session))
    .map(({ session, why, paths: reached }): Evidence => ({ session, why, paths: reached, late: true }))
  const { value: named, counts } = await redactNames({
    origin, evidence, files, symbols: findSymbols([...patches.values()].filter(({ path }) => paths.has(path))),
  })
  return buildCheckpoint({
    kind: 'commit', seq: countPlansOf(store, commit.oid), commit: commit.oid, committedAt: commit.committedAt, ...named,
    sessions: gathered.map(({ draft }) => draft),
    redactions: sumCounts([counts, ...gathered.map(({ redactions }) => redactions)]),
  })
}

/** Turns with an edit in the commit that an earlier checkpoint told: they are told again, whole. */
function toldTurns(store: LiveStore, { row, session }: StoredSession, { held }: OldPromotion): ReadonlySet<TurnId> {
  return new Set(held.flatMap(({ session: of, event, turn }) => {
    if (of !== session || turn === undefined) return []
    const claimed = store.get(
      'SELECT 1 FROM events WHERE session = ? AND event_id = ? AND checkpoint IS NOT NULL LIMIT 1', row, event)
    return claimed === undefined ? [] : [turn]
  }))
}

/** Hooks told of a session that goes on since before they were there: what is in an old commit waits no longer. */
const pendingRows = (
  store: LiveStore, held: readonly OldEdit[],
): readonly { readonly row: number; readonly how: 'taken' }[] => held.flatMap(({ session, event }) =>
  store.all<{ row: number }>(
    `SELECT e.id AS row FROM edits e JOIN sessions s ON s.id = e.session
     WHERE s.session_id = ? AND e.event_id = ? AND e.settled IS NULL`, session, event)
    .map(({ row }) => ({ row, how: 'taken' as const })))
