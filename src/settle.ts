// Gives the commits of amends, rebases, picks and squashes the checkpoints of those they were made from, as hooks
// recorded it.

import type { ObjectReader } from './git/cat-file.ts'
import { parseCommit } from './git/commit-object.ts'
import type { Repository } from './git/repository.ts'
import {
  readPatchIds, readPatchesOf, readPathsOf, readReachable, readUnreachable, takeRewrites,
} from './git/rewrites.ts'
import type { LinkRecord } from './model/checkpoint.ts'
import type { Millis } from './model/event.ts'
import type { Oid } from './model/ids.ts'
import { findDoubts, findOwnWork, isClean, planRewriting } from './model/rewrite.ts'
import type { Carried, History, OwnWork } from './model/rewrite.ts'
import { parsePicks, parseRewritings, parseSquashed } from './model/rewrite-record.ts'
import type { Rewriting } from './model/rewrite-record.ts'
import { sharesChange } from './model/shared-change.ts'
import type { CommitPatch } from './model/shared-change.ts'
import { linkCommits } from './store/links.ts'
import type { Linking, Mistaken } from './store/links.ts'

export interface Recorded {
  readonly carried: readonly Carried[]
  /** Pairs of Git's in which nothing is carried. */
  readonly mistaken: readonly Mistaken[]
  /** Commits in which there may be new work as well, oldest first. */
  readonly work: readonly OwnWork[]
  /** All of it has been dealt with. */
  forget(): void
}

/** What hooks recorded in this worktree. `head`: the commit that was just made, which may have sources of its own. */
export async function readRecorded({ repository, reader }: Linking, head?: Oid): Promise<Recorded> {
  const taken = takeRewrites(repository.gitDir)
  const carried: Carried[] = []
  const mistaken: Mistaken[] = []
  const work: OwnWork[] = []
  for (const rewriting of parseRewritings(taken.rewritten)) {
    const history = await readHistory(repository, rewriting)
    const found = await judge(repository, rewriting, history)
    carried.push(...found)
    mistaken.push(...findMistaken(rewriting, found))
    work.push(...findOwnWork(rewriting, history, found))
  }
  const picks = parsePicks(taken.picked)
  const gone = picks.length === 0 ? new Set() : await readUnreachable(repository, picks.map(({ made }) => made))
  for (const { made, source } of picks.filter((pick) => !gone.has(pick.made))) {
    if (source !== undefined) carried.push({ commit: made, from: source, evidence: 'cherry-pick', by: 'cherry-pick' })
    work.push({ commit: made, isWhole: source === undefined })
  }
  if (head !== undefined) carried.push(...await readSquashed(repository, reader, head, parseSquashed(taken.sources)))
  return { carried, mistaken, work, forget: () => { taken.forget(head !== undefined) } }
}

const findMistaken = ({ pairs }: Rewriting, carried: readonly Carried[]): readonly Mistaken[] => {
  const right = new Set(carried.map(({ commit, from }) => `${commit} ${from}`))
  return pairs.filter(({ old, now }) => old !== now && !right.has(`${now} ${old}`))
    .map(({ old, now }) => ({ commit: now, from: old }))
}

async function readHistory(repository: Repository, rewriting: Rewriting): Promise<History> {
  const { onto, before } = rewriting
  const made = rewriting.pairs.map(({ now }) => now)
  // Another tool may call the hook: it has no folder that would tell more.
  if (isClean(rewriting) || onto === undefined || before === undefined) {
    return { after: new Set(made), before: new Set() }
  }
  const [after, earlier] = await Promise.all([
    readReachable(repository, ['HEAD', ...made], [onto]), readReachable(repository, [before], [onto]),
  ])
  return { after, before: earlier }
}

async function judge(repository: Repository, rewriting: Rewriting, history: History): Promise<readonly Carried[]> {
  const doubts = rewriting.kind === 'amend' ? { patchIds: [], patches: [] } : findDoubts(rewriting, history)
  const [ids, patches] = await Promise.all([
    readPatchIds(repository, doubts.patchIds), readPatchesOf(repository, doubts.patches),
  ])
  const patchIds = new Map<Oid, Oid>()
  doubts.patchIds.forEach((oid, at) => { if (ids[at] !== undefined) patchIds.set(oid, ids[at]) })
  const patchOf = (oid: Oid): CommitPatch => patches.get(oid) ?? new Map()
  return planRewriting(rewriting, history, {
    patchIds,
    shares: (part, source, without) =>
      sharesChange(patchOf(part), patchOf(source), ...without === undefined ? [] : [patchOf(without)]),
  })
}

/** Commits that `merge --squash` staged; what is in the commit has to have to do with them. */
async function readSquashed(
  repository: Repository, reader: ObjectReader, head: Oid, sources: readonly Oid[],
): Promise<readonly Carried[]> {
  const object = sources.length === 0 ? undefined : await reader.read(head)
  if (object?.type !== 'commit' || parseCommit(object).parents.length !== 1) return []
  const paths = await readPathsOf(repository, [head, ...sources])
  const own = paths.get(head) ?? new Set<string>()
  if (!sources.some((source) => [...paths.get(source) ?? []].some((path) => own.has(path)))) return []
  return sources.map((from) => ({ commit: head, from, evidence: 'squash', by: 'merge --squash' }))
}

/** Continuations made since then reach the commits that carry the checkpoint they go on with. */
export async function linkContinuations(context: Linking, since: Millis): Promise<void> {
  const rows = context.store.all<{ made: Oid; body: string }>(`
    SELECT p."commit" AS made, l.body FROM plans p
    JOIN checkpoints c ON c.id = p.checkpoint
    JOIN links l ON l.checkpoint = json_extract(c.session, '$.continues') AND l."commit" <> p."commit"
    WHERE p.kind = 'continuation' AND p.made_at >= ?`, since)
  await linkCommits(context, rows.map(({ made, body }) => {
    const { commit, evidence, by } = JSON.parse(body) as LinkRecord
    return { commit, from: made, evidence: evidence as Carried['evidence'], by }
  }))
}
