// Finds the checkpoints of commits that were rewritten unseen, by evidence in what they hold. Costs a fixed number of
// git processes, however long the range. Doing it again changes nothing.

import { readGraph, readHeads, readTargets } from './git/graph.ts'
import { readPatchIds, readReachable } from './git/rewrites.ts'
import type { Change } from './git/rewrites.ts'
import { CHECKPOINTS_REF, linksPath } from './model/checkpoint.ts'
import type { LinkRecord } from './model/checkpoint.ts'
import type { Oid } from './model/ids.ts'
import { findRanges, graphOf, planRelink } from './model/relink.ts'
import type { Graph, Range, RelinkFacts } from './model/relink.ts'
import type { Carried } from './model/rewrite.ts'
import { findByPatchId, findByTree, hasLinks, insertContents, listUnread } from './store/contents.ts'
import { linkCommits } from './store/links.ts'
import type { Linking } from './store/links.ts'

/** The newest commits without a checkpoint that are looked at. */
const MAX_TARGETS = 1000
const MAX_GRAPH = 5000
const MAX_MOVES = 100
const MAX_UNREAD = 2000
/** Differences of ranges that are worth reading. */
const MAX_RANGES = 200

export interface RelinkRequest {
  /** As git log takes it; the newest commits of HEAD and all branches where there is none. */
  readonly range?: string
  readonly dryRun?: boolean
  /** Told in the link; `relink` where there is none. */
  readonly by?: string
}

export interface Relinked {
  readonly carried: readonly Carried[]
  /** Undefined when time ran out, or nothing was to be written. */
  readonly links?: readonly LinkRecord[]
}

/** Throws `unknown-revision`. */
export async function relinkRange(linking: Linking, request: RelinkRequest): Promise<Relinked> {
  const carried = await findCarried(linking, request.range, request.by ?? 'relink')
  if (request.dryRun === true || carried.length === 0) return { carried }
  const links = await linkCommits(linking, carried)
  return { carried, ...links === undefined ? {} : { links } }
}

/** What commits, or those of a range, carry, as far as there is evidence. Writes nothing but a cache. */
export async function findCarried(
  linking: Linking, range: string | readonly Oid[] | undefined, by: string,
): Promise<readonly Carried[]> {
  const { repository, reader, store } = linking
  if (range?.length === 0 || await reader.read(CHECKPOINTS_REF) === undefined) return []
  const [all, heads] = await Promise.all([
    readTargets(repository, range, MAX_TARGETS), readHeads(repository, MAX_MOVES),
  ])
  const found = await Promise.all(all.map((oid) => reader.read(`${CHECKPOINTS_REF}:${linksPath(oid)}`)))
  const targets = all.filter((_, at) => found[at] === undefined).reverse()
  if (targets.length === 0) return []
  const unread = listUnread(store, MAX_UNREAD)
  const graph = graphOf(await readGraph(repository, [...targets, ...heads, ...unread], MAX_GRAPH))
  const ranges = findRanges(graph, targets, heads, (oid) => hasLinks(store, oid)).slice(0, MAX_RANGES)
  const facts = await readContents(linking, graph, { targets, unread, ranges })
  return planRelink(facts).map((one) => ({ ...one, by }))
}

interface Wanted {
  readonly targets: readonly Oid[]
  readonly unread: readonly Oid[]
  readonly ranges: readonly Range[]
}

/** One look at all differences that matter; what is learnt of linked commits is kept. */
async function readContents(linking: Linking, graph: Graph, { targets, unread, ranges }: Wanted): Promise<RelinkFacts> {
  const { repository, store } = linking
  const isSingle = (oid: Oid): boolean => (graph.commits.get(oid)?.parents.length ?? 2) < 2
  const singles = [...new Set([...targets, ...unread])].filter(isSingle)
  const changing = ranges.filter(({ base, head }) => graph.commits.get(base)?.tree !== graph.commits.get(head)?.tree)
  const changes: Change[] = [...singles, ...changing.map(({ base, head }) => ({ commit: head, base }))]
  const ids = await readPatchIds(repository, changes)
  const patchIds = new Map(singles.flatMap((oid, at): [Oid, Oid][] => ids[at] === undefined ? [] : [[oid, ids[at]]]))
  insertContents(store, unread.map((commit) => {
    const [tree, patchId] = [graph.commits.get(commit)?.tree, patchIds.get(commit)]
    return { commit, ...tree === undefined ? {} : { tree }, ...patchId === undefined ? {} : { patchId } }
  }))
  const linkedByTree = (tree: Oid): readonly Oid[] => findByTree(store, tree)
  const linkedByPatchId = (patchId: Oid): readonly Oid[] => findByPatchId(store, patchId)
  const candidates = targets.flatMap((oid) => [...patchIds.has(oid) ? linkedByPatchId(patchIds.get(oid)!) : []])
  return {
    graph, targets, patchIds, linkedByTree, linkedByPatchId,
    ranges: ranges.map((range) => {
      const patchId = ids[singles.length + changing.indexOf(range)]
      return changing.includes(range) && patchId !== undefined ? { ...range, patchId } : range
    }),
    reachable: await readBelow(linking, graph, targets, candidates),
  }
}

/** Of the candidates beyond the graph, those that a target stands on. */
async function readBelow(
  { repository, reader }: Linking, graph: Graph, targets: readonly Oid[], candidates: readonly Oid[],
): Promise<ReadonlySet<Oid>> {
  const beyond = [...new Set(candidates)].filter((oid) => !graph.commits.has(oid))
  if (beyond.length === 0) return new Set()
  const apart = await readReachable(repository, beyond, targets)
  const found = await Promise.all(beyond.map((oid) => reader.read(oid)))
  return new Set(beyond.filter((oid, at) => found[at] !== undefined && !apart.has(oid)))
}
