// Finds out from what commits hold which others they were made from. Pure: all that was read is a parameter.

import type { Oid } from './ids.ts'
import type { Carried } from './rewrite.ts'

export interface GraphCommit {
  readonly oid: Oid
  readonly tree: Oid
  readonly parents: readonly Oid[]
}

/** The newest part of the history; what lies beyond is not in it. */
export interface Graph {
  readonly commits: ReadonlyMap<Oid, GraphCommit>
  /** Whether a commit leads to the other; false for one that is not in the graph. */
  isAncestor(older: Oid, newer: Oid): boolean
  ancestorsOf(oid: Oid): ReadonlySet<Oid>
}

/** Commits that nothing in the history leads to: a branch that was squashed, or what a reset left. */
export interface Range {
  readonly base: Oid
  readonly head: Oid
  /** Those of them that have checkpoints, oldest first. */
  readonly linked: readonly Oid[]
}

export interface RelinkFacts {
  readonly graph: Graph
  /** Commits without a checkpoint, oldest first. */
  readonly targets: readonly Oid[]
  /** Of targets. */
  readonly patchIds: ReadonlyMap<Oid, Oid>
  /** Commits with checkpoints that have this tree, or make this change. */
  linkedByTree(tree: Oid): readonly Oid[]
  linkedByPatchId(patchId: Oid): readonly Oid[]
  readonly ranges: readonly (Range & { readonly patchId?: Oid })[]
  /** Linked commits beyond the graph that the history leads to. */
  readonly reachable: ReadonlySet<Oid>
}

/** `commits`: children before parents. */
export function graphOf(commits: readonly GraphCommit[]): Graph {
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]))
  const ancestorsOf = (oid: Oid): ReadonlySet<Oid> => {
    const seen = new Set<Oid>()
    const waiting = [...byOid.get(oid)?.parents ?? []]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(...byOid.get(next)?.parents ?? [])
    }
    return seen
  }
  return { commits: byOid, ancestorsOf, isAncestor: (older, newer) => ancestorsOf(newer).has(older) }
}

/** The ranges of which a target may be the squash, each once: from where they part to a head. */
export function findRanges(
  graph: Graph, targets: readonly Oid[], heads: readonly Oid[], isLinked: (oid: Oid) => boolean,
): readonly Range[] {
  const order = [...graph.commits.values()]
  const position = new Map(order.map(({ oid }, at) => [oid, at]))
  const ranges = new Map<string, Range>()
  for (const head of heads) {
    if (!graph.commits.has(head)) continue
    const leading = new Set([head, ...graph.ancestorsOf(head)])
    const following = followersOf(head, order)
    const parting = nearestIn(order, position, leading)
    for (const target of targets) {
      const [parent, ...others] = graph.commits.get(target)?.parents ?? []
      if (others.length > 0 || leading.has(target) || following.has(target)) continue
      const base = parent === undefined ? undefined : parting.get(parent)
      if (base === undefined || ranges.has(`${base} ${head}`)) continue
      const below = graph.ancestorsOf(base)
      const linked = order.filter(({ oid }) => leading.has(oid) && oid !== base && !below.has(oid) && isLinked(oid))
      if (linked.length === 0) continue
      ranges.set(`${base} ${head}`, { base, head, linked: linked.map(({ oid }) => oid).reverse() })
    }
  }
  return [...ranges.values()]
}

/** The commits that a commit leads to. */
function followersOf(oid: Oid, order: readonly GraphCommit[]): ReadonlySet<Oid> {
  const followers = new Set<Oid>([oid])
  for (const commit of order.toReversed()) {
    if (commit.parents.some((parent) => followers.has(parent))) followers.add(commit.oid)
  }
  return followers
}

/** For each commit the newest of `those` that leads to it, or it itself. */
function nearestIn(
  order: readonly GraphCommit[], position: ReadonlyMap<Oid, number>, those: ReadonlySet<Oid>,
): ReadonlyMap<Oid, Oid> {
  const nearest = new Map<Oid, Oid>()
  for (const { oid, parents } of order.toReversed()) {
    const found = those.has(oid) ? [oid] : parents.flatMap((parent) => nearest.get(parent) ?? [])
    const [first] = found.sort((left, right) => position.get(left)! - position.get(right)!)
    if (first !== undefined) nearest.set(oid, first)
  }
  return nearest
}

/** What each target carries, with the evidence. Without evidence there is nothing. */
export function planRelink(facts: RelinkFacts): readonly Carried[] {
  // Targets that were given a source before, by what they hold: they are linked now as well.
  const found = new Map<Oid, Oid[]>()
  return facts.targets.flatMap((oid) => {
    const target = facts.graph.commits.get(oid)
    const carried = target === undefined ? [] : sourcesOf(facts, target, (content) => found.get(content) ?? [])
    const contents = carried.length === 0 ? [] : [target!.tree, ...[facts.patchIds.get(oid) ?? []].flat()]
    for (const content of contents) found.set(content, [...found.get(content) ?? [], oid])
    return carried
  })
}

function sourcesOf(
  facts: RelinkFacts, target: GraphCommit, foundBefore: (content: Oid) => readonly Oid[],
): readonly Carried[] {
  const { graph, ranges } = facts
  const carry = (evidence: 'tree' | 'patch-id', from: readonly Oid[]): readonly Carried[] =>
    from.map((source) => ({ commit: target.oid, from: source, evidence, by: 'relink' }))
  // A commit that the target stands on is not what it was made from: it reverts a revert.
  // What stands on the target was made from it, if at all.
  const apart = (content: Oid, linked: readonly Oid[]): readonly Oid[] =>
    [...linked, ...foundBefore(content)].some((oid) => graph.isAncestor(oid, target.oid) || facts.reachable.has(oid))
      ? [] : linked.filter((oid) => !graph.isAncestor(target.oid, oid))
  const isElsewhere = ({ head }: Range): boolean => head !== target.oid
    && !graph.isAncestor(head, target.oid) && !graph.isAncestor(target.oid, head)
  const patchId = facts.patchIds.get(target.oid)
  const sameTree = facts.linkedByTree(target.tree).filter((oid) => isSameChange(graph, target, oid))
  const byTree = apart(target.tree, sameTree)
  if (byTree.length > 0) return carry('tree', byTree)
  const left = ranges.find((range) => graph.commits.get(range.head)!.tree === target.tree
    && target.parents[0] === range.base && isElsewhere(range))
  if (left !== undefined) return carry('tree', left.linked)
  if (patchId === undefined) return []
  const byPatchId = apart(patchId, facts.linkedByPatchId(patchId))
  if (byPatchId.length > 0) return carry('patch-id', byPatchId)
  const squashed = ranges.find((range) => range.patchId === patchId && isElsewhere(range))
  return squashed === undefined ? [] : carry('patch-id', squashed.linked)
}

/** The same files on top of the same files. */
function isSameChange(graph: Graph, target: GraphCommit, source: Oid): boolean {
  const treeBelow = (commit: GraphCommit | undefined): Oid | undefined | null =>
    commit === undefined ? undefined : commit.parents.length === 0 ? null : graph.commits.get(commit.parents[0]!)?.tree
  const below = treeBelow(graph.commits.get(source))
  return below !== undefined && below === treeBelow(target)
}
