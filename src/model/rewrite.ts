// What became of the commits of an amend or a rebase, from what hooks recorded. Git's own pairs are not enough: a
// commit that was skipped is told to have become its predecessor, and one that was split only its last part.

import type { LinkRecord } from './checkpoint.ts'
import type { Oid } from './ids.ts'
import type { Pair, Rewriting } from './rewrite-record.ts'

/** A commit that carries the checkpoints of another one. */
export interface Carried {
  readonly commit: Oid
  readonly from: Oid
  readonly evidence: Exclude<LinkRecord['evidence'], 'commit' | 'attached'>
  /** What made or found it: `amend`, `rebase`, `cherry-pick` … */
  readonly by: string
}

/** The commits beyond the point where the rebase began: after it, and before. */
export interface History {
  readonly after: ReadonlySet<Oid>
  readonly before: ReadonlySet<Oid>
}

export interface Content {
  readonly patchIds: ReadonlyMap<Oid, Oid>
  /** True when `part` holds a change of `source` that `without` does not hold. */
  shares(part: Oid, source: Oid, without?: Oid): boolean
}

/** What became of a source: `whole` where all of it is one commit, and every commit made while it was worked on. */
interface Trace {
  readonly whole?: Oid
  readonly parts: readonly Oid[]
  readonly wasPicked: boolean
}

function traceSteps({ steps, amends }: Rewriting, { after, before }: History): ReadonlyMap<Oid, Trace> {
  const resolve = resolverOf(amends)
  const traces = new Map<Oid, Trace>()
  for (const { made, source, picked } of steps) {
    if (source === undefined) continue
    const known = traces.get(source) ?? { parts: [], wasPicked: false, ...(after.has(source) ? { whole: source } : {}) }
    const result = resolve(made)
    const stands = after.has(result) && !before.has(result)
    traces.set(source, {
      ...known,
      ...(picked && stands && known.whole === undefined ? { whole: result } : {}),
      wasPicked: known.wasPicked || picked,
      parts: stands && !known.parts.includes(result) ? [...known.parts, result] : known.parts,
    })
  }
  return traces
}

/** Follows amends to the last of them. */
function resolverOf(amends: readonly Pair[]): (oid: Oid) => Oid {
  const next = new Map(amends.filter(({ old, now }) => old !== now).map(({ old, now }) => [old, now]))
  return (oid) => {
    let last = oid
    for (let steps = 0; steps < next.size && next.has(last); steps += 1) last = next.get(last)!
    return last
  }
}

/** True when Git picked all by itself, each commit once, and says the same: nothing has to be looked up. */
export function isClean({ pairs, steps, amends }: Rewriting): boolean {
  const picks = new Map(steps.map(({ made, source, picked }) => [made, picked ? source : undefined]))
  return amends.length === 0 && steps.length === pairs.length && picks.size === pairs.length
    && pairs.every(({ old, now }) => old !== now && picks.get(now) === old)
}

/** Commits whose content has to be compared before a rebase can be judged. Mostly there are none. */
export interface Doubts {
  readonly patchIds: readonly Oid[]
  readonly patches: readonly Oid[]
}

export function findDoubts(rewriting: Rewriting, history: History): Doubts {
  const traces = traceSteps(rewriting, history)
  const split = [...traces].filter(([, trace]) => !isPlain(trace)).flatMap(([source, { whole, parts }]) =>
    [source, ...parts, ...(whole === undefined ? [] : [whole])])
  const doubtful = doubtfulPairs(rewriting, history, traces).flatMap(({ old, now }) => [old, now])
  return { patchIds: [...new Set(doubtful)], patches: [...new Set(split)] }
}

const isPlain = ({ whole, parts, wasPicked }: Trace): boolean =>
  parts.length === 0 || (parts.length === 1 && (whole === parts[0] || (whole === undefined && !wasPicked)))

/** Pairs of Git that no step of ours explains. */
const doubtfulPairs = (
  { pairs }: Rewriting, { after, before }: History, traces: ReadonlyMap<Oid, Trace>,
): readonly Pair[] => pairs.filter(({ old, now }) =>
  old !== now && !traces.has(old) && after.has(now) && !before.has(now))

/** Which commits carry the checkpoints of which. Sources that vanished carry nothing anywhere. */
export function planRewriting(rewriting: Rewriting, history: History, content: Content): readonly Carried[] {
  const { kind, pairs, listed, amends } = rewriting
  if (kind === 'amend') {
    return pairs.filter(({ old, now }) => old !== now).map(({ old, now }) =>
      ({ commit: now, from: old, evidence: 'rewrite', by: 'amend' }))
  }
  const traces = traceSteps(rewriting, history)
  const known = new Set([...listed, ...pairs.map(({ old }) => old)])
  const carried = [
    ...[...traces].flatMap(([source, trace]) => judgeTrace(source, trace, content)),
    ...judgePairs(rewriting, history, traces, content).map(({ old, now }): Judged => [now, old, 'rewrite']),
  ]
  const sources = countBy(carried.filter(([, source]) => known.has(source)).map(([commit]) => commit))
  const resolve = resolverOf(amends)
  return [
    ...carried.map(([commit, from, evidence]): Carried => {
      const isUnited = evidence === 'rewrite' && (sources.get(commit) ?? 0) > 1
      // The user may pick any commit at a stop.
      return { commit, from, evidence: !known.has(from) ? 'cherry-pick' : isUnited ? 'squash' : evidence, by: 'rebase' }
    }),
    // What was amended at a stop may have been promoted there, or have stood there before: Git's pairs do not tell.
    ...amends.filter(({ old }) => history.after.has(resolve(old))).map(({ old }): Carried =>
      ({ commit: resolve(old), from: old, evidence: 'rewrite', by: 'rebase' })),
  ]
}

function countBy(oids: readonly Oid[]): ReadonlyMap<Oid, number> {
  const counts = new Map<Oid, number>()
  for (const oid of oids) counts.set(oid, (counts.get(oid) ?? 0) + 1)
  return counts
}

type Judged = readonly [commit: Oid, from: Oid, evidence: 'rewrite' | 'split']

function judgeTrace(source: Oid, trace: Trace, content: Content): readonly Judged[] {
  const { whole, parts, wasPicked } = trace
  if (isPlain(trace)) return parts.map((part) => [part, source, 'rewrite'])
  // What was committed besides at the same stop has a part in it only where it holds something of it.
  const others = parts.filter((part) => part !== whole && content.shares(part, source, whole))
  const all = whole === undefined || whole === source ? others : [whole, ...others]
  const found = all.length === 0 && whole === undefined && !wasPicked ? parts.slice(0, 1) : all
  return found.map((part) => [part, source, found.length > 1 || whole === source ? 'split' : 'rewrite'])
}

function judgePairs(
  rewriting: Rewriting, history: History, traces: ReadonlyMap<Oid, Trace>, { patchIds }: Content,
): readonly Pair[] {
  const { amends, melted } = rewriting
  const resolve = resolverOf(amends)
  const doubtful = doubtfulPairs(rewriting, history, traces)
  const claimed = new Set([...traces.values()].flatMap(({ parts }) => parts))
  const isSame = ({ old, now }: Pair): boolean => patchIds.has(old) && patchIds.get(old) === patchIds.get(now)
  return doubtful.filter((pair) => {
    const { old, now } = pair
    if (resolve(old) === now || melted.has(old) || isSame(pair)) return true
    if (claimed.has(now)) return false
    // No hook saw the picks. Git tells the one that a commit was made of before those that vanished into it.
    const group = doubtful.filter((other) => other.now === now)
    return group[0] === pair && (group.some(({ old: other }) => melted.has(other)) || !group.some(isSame))
  })
}

/** A commit in which there may be something that no other commit held. */
export interface OwnWork {
  readonly commit: Oid
  /** It amends this one: the rest is not new. */
  readonly replaces?: Oid
  /** Nothing of it comes from another commit. */
  readonly isWhole: boolean
}

/** Commits that somebody made or changed during a rewrite; what Git picked by itself is not among them. */
export function findOwnWork(
  rewriting: Rewriting, { after, before }: History, carried: readonly Carried[],
): readonly OwnWork[] {
  const { kind, pairs, steps, amends } = rewriting
  if (kind === 'amend') return pairs.map(({ old, now }) => ({ commit: now, replaces: old, isWhole: false }))
  const resolve = resolverOf(amends)
  const derived = new Set(carried.map(({ commit }) => commit))
  const united = new Set(carried.filter(({ evidence }) => evidence === 'squash').map(({ commit }) => commit))
  const found = new Map<Oid, OwnWork>()
  for (const { made, picked } of steps) {
    const commit = resolve(made)
    if (!after.has(commit) || before.has(commit) || (picked && commit === made) || found.has(commit)) continue
    const replaces = picked && !united.has(commit) ? { replaces: made } : {}
    found.set(commit, { commit, isWhole: !derived.has(commit), ...replaces })
  }
  return [...found.values()]
}
