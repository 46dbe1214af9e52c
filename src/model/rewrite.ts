// What became of the commits of an amend or a rebase, from what hooks recorded. Git's own pairs are not enough: a commit
// that was skipped is told to have become its predecessor, and one that was split only its last part.

import { isOid } from './ids.ts'
import type { Oid } from './ids.ts'
import type { LinkRecord } from './checkpoint.ts'

/** A commit that carries the checkpoints of another one. */
export interface Carried {
  readonly commit: Oid
  readonly from: Oid
  readonly evidence: Exclude<LinkRecord['evidence'], 'commit' | 'attached'>
  /** What made or found it: `amend`, `rebase`, `cherry-pick` … */
  readonly by: string
}

export interface Pair {
  readonly old: Oid
  readonly now: Oid
}

/** A commit made inside a rebase. */
export interface Step {
  readonly made: Oid
  /** The commit of the todo list that was being worked on. */
  readonly source?: Oid
  /** Git picked it, whole; otherwise it was committed after a conflict, or at a stop. */
  readonly picked: boolean
}

/** One amend or rebase, as the hook script wrote it down. */
export interface Rewriting {
  readonly kind: 'amend' | 'rebase'
  readonly pairs: readonly Pair[]
  readonly steps: readonly Step[]
  /** Amends inside the rebase: rewords, squashes, and those of the user at a stop. */
  readonly amends: readonly Pair[]
  /** Commits of the todo list that were to be melted into the one before. */
  readonly melted: ReadonlySet<Oid>
  readonly listed: ReadonlySet<Oid>
  readonly onto?: Oid
  readonly before?: Oid
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

/** The blocks of a state file; a block that was torn is read as far as it goes. */
export function parseRewritings(text: string): readonly Rewriting[] {
  return text.split(/^(?=rewrite )/m).flatMap((block) => {
    const [, kind] = /^rewrite (amend|rebase)\n/.exec(block) ?? []
    return kind === undefined ? [] : [parseBlock(kind as Rewriting['kind'], block.split('\n'))]
  })
}

function parseBlock(kind: Rewriting['kind'], lines: readonly string[]): Rewriting {
  const rest = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const own = rest('bitloops')
  const below = (word: string): string[] =>
    own.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const todo = rest('done').flatMap((line) => parseTodo(line) ?? [])
  const [onto] = rest('onto').filter(isOid)
  const [before] = rest('orig-head').filter(isOid)
  return {
    kind,
    pairs: rest('pair').flatMap(parsePair),
    steps: own.flatMap(parseStep),
    amends: below('amend').flatMap(parsePair),
    melted: new Set(todo.filter(({ command }) => /^[sf]/.test(command)).map(({ commit }) => commit)),
    listed: new Set(todo.map(({ commit }) => commit)),
    ...(onto === undefined ? {} : { onto }),
    ...(before === undefined ? {} : { before }),
  }
}

function parsePair(line: string): Pair[] {
  const [old = '', now = ''] = line.split(' ')
  return isOid(old) && isOid(now) ? [{ old, now }] : []
}

/** See git-rebase(1), "Interactive mode"; the files hold whole ids. */
function parseTodo(line: string): { readonly command: string; readonly commit: Oid } | undefined {
  const [, command = '', commit = ''] = /^(pick|reword|edit|squash|fixup|merge|[presfm]) (?:-[cC] )?(\S+)/.exec(line) ?? []
  return isOid(commit) ? { command, commit } : undefined
}

function parseStep(line: string): Step[] {
  const [how = '', made = '', ...words] = line.split(' ')
  if (!isOid(made) || (how !== 'pick' && how !== 'made')) return []
  const source = how === 'pick' ? words[0] : parseTodo(words.join(' '))?.commit
  return [{ made, picked: how === 'pick', ...(source !== undefined && isOid(source) ? { source } : {}) }]
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
export function resolverOf(amends: readonly Pair[]): (oid: Oid) => Oid {
  const next = new Map(amends.filter(({ old, now }) => old !== now).map(({ old, now }) => [old, now]))
  return (oid) => {
    let last = oid
    for (let steps = 0; steps <= next.size; steps += 1) last = next.get(last) ?? last
    return last
  }
}

/** Commits whose content has to be compared before a rebase can be judged. Mostly there are none. */
export function findDoubts(rewriting: Rewriting, history: History): { readonly patchIds: readonly Oid[]; readonly patches: readonly Oid[] } {
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
): readonly Pair[] => pairs.filter(({ old, now }) => old !== now && !traces.has(old) && after.has(now) && !before.has(now))

/** Which commits carry the checkpoints of which. Sources that vanished carry nothing anywhere. */
export function planRewriting(rewriting: Rewriting, history: History, content: Content): readonly Carried[] {
  const { kind, pairs, listed } = rewriting
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
  const sources = (commit: Oid): number => carried.filter((one) => one[0] === commit && known.has(one[1])).length
  return carried.map(([commit, from, evidence]) => ({
    commit, from, by: 'rebase',
    // The user may pick any commit at a stop.
    evidence: !known.has(from) ? 'cherry-pick' : evidence === 'rewrite' && sources(commit) > 1 ? 'squash' : evidence,
  }))
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
export function findOwnWork(rewriting: Rewriting, { after, before }: History, carried: readonly Carried[]): readonly OwnWork[] {
  const { kind, pairs, steps, amends } = rewriting
  if (kind === 'amend') return pairs.map(({ old, now }) => ({ commit: now, replaces: old, isWhole: false }))
  const resolve = resolverOf(amends)
  const derived = new Set(carried.map(({ commit }) => commit))
  const united = new Set(carried.filter(({ evidence }) => evidence === 'squash').map(({ commit }) => commit))
  const found = new Map<Oid, OwnWork>()
  for (const { made, picked } of steps) {
    const commit = resolve(made)
    if (!after.has(commit) || before.has(commit) || (picked && commit === made) || found.has(commit)) continue
    found.set(commit, { commit, isWhole: !derived.has(commit), ...(picked && !united.has(commit) ? { replaces: made } : {}) })
  }
  return [...found.values()]
}

/** A commit that was picked, with its source; or made otherwise in a row of picks or reverts, without one. */
export interface Pick {
  readonly made: Oid
  readonly source?: Oid
}

/** `pick <commit> <source>` and `made <commit> -`. */
export const parsePicks = (text: string): readonly Pick[] => text.split('\n').flatMap((line) => {
  const [how = '', made = '', source = ''] = line.split(' ')
  return isOid(made) ? [{ made, ...(how === 'pick' && isOid(source) ? { source } : {}) }] : []
})

/** `squash <source>`, the newest first, as `git merge --squash` lists them. */
export const parseSquashed = (text: string): readonly Oid[] => text.split('\n').flatMap((line) => {
  const [how, source = ''] = line.split(' ')
  return how === 'squash' && isOid(source) ? [source] : []
}).reverse()
