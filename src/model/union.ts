// How two trees of checkpoints become one. Paths are written once, so the union of both is right, whoever comes first;
// a tombstone takes its checkpoint out, on both sides and for ever. Commutative, associative, idempotent.

import { EPOCH_PATH, FORMAT_PATH } from './checkpoint.ts'
import { isCheckpointId, isOid } from './ids.ts'
import type { CheckpointId, Oid } from './ids.ts'

/** What a path of the tree is. */
export type Place =
  | { readonly kind: 'format' | 'epoch' }
  | { readonly kind: 'file' | 'link' | 'unlink'; readonly commit: Oid; readonly checkpoint: CheckpointId }
  | { readonly kind: 'tombstone'; readonly checkpoint: CheckpointId }

/** A file of a tree; a mode other than 100644 is none that we write. */
export interface Entry {
  readonly mode: string
  readonly oid: Oid
}

/** A path at which two trees differ. */
export interface Difference {
  readonly path: string
  readonly left: Entry | undefined
  readonly right: Entry | undefined
}

export interface TreeEdits {
  readonly write: readonly { readonly path: string; readonly oid: Oid }[]
  readonly remove: readonly string[]
  /** Entries of the right side that are none of ours: other names, links, submodules. They are not taken. */
  readonly refused: readonly string[]
  /** The left tree with these edits is the right one, but for the epoch. */
  readonly isRight: boolean
}

const FILE_MODE = '100644'
/** Nothing hidden, nothing that leads up. */
const NAME = /^[A-Za-z0-9][\w.@+=-]*$/
/** `session.json`, `native/<name>`: deeper goes no format that we know. */
const DEEPEST_FILE = 2

/** Undefined: no path of the format. */
export function placeOf(path: string): Place | undefined {
  if (path === FORMAT_PATH) return { kind: 'format' }
  if (path === EPOCH_PATH) return { kind: 'epoch' }
  const [root, kind, version, ...rest] = path.split('/')
  if (root !== '.bitloops' || version !== 'v1') return undefined
  if (kind === 'tombstones') return tombstoneAt(rest)
  const [fanOut, commit = '', ...below] = rest
  if (!isOid(commit) || fanOut !== commit.slice(0, 2)) return undefined
  if (kind === 'links') return linkAt(commit, below)
  return kind === 'checkpoints' ? fileAt(commit, below) : undefined
}

function tombstoneAt(rest: readonly string[]): Place | undefined {
  const checkpoint = /^(\w+)\.json$/.exec(rest[0] ?? '')?.[1] ?? ''
  return rest.length === 1 && isCheckpointId(checkpoint) ? { kind: 'tombstone', checkpoint } : undefined
}

function linkAt(commit: Oid, below: readonly string[]): Place | undefined {
  const [, checkpoint = '', end] = /^(\w+)\.(json|unlink)$/.exec(below[0] ?? '') ?? []
  if (below.length !== 1 || !isCheckpointId(checkpoint)) return undefined
  return { kind: end === 'json' ? 'link' : 'unlink', commit, checkpoint }
}

function fileAt(commit: Oid, [checkpoint = '', ...names]: readonly string[]): Place | undefined {
  if (!isCheckpointId(checkpoint) || names.length === 0 || names.length > DEEPEST_FILE) return undefined
  return names.every((name) => NAME.test(name)) ? { kind: 'file', commit, checkpoint } : undefined
}

/** What makes the left tree the union of both. `buried`: the checkpoints that either side has a tombstone for. */
export function planEdits(differences: readonly Difference[], buried: ReadonlySet<CheckpointId>): TreeEdits {
  const write: { path: string; oid: Oid }[] = []
  const remove: string[] = []
  const refused: string[] = []
  let isRight = true
  for (const { path, left, right } of differences) {
    // The epoch is a matter of the chain, and written with it.
    if (path === EPOCH_PATH) continue
    const kept = settle(path, left, right, buried)
    if (kept === 'refused') refused.push(path)
    const oid = kept === 'refused' ? left?.oid : kept
    if (oid === undefined && left !== undefined) remove.push(path)
    if (oid !== undefined && oid !== left?.oid) write.push({ path, oid })
    isRight &&= kept !== 'refused' && oid === right?.oid
  }
  return { write, remove, refused, isRight }
}

/** The blob that stands at a path of the union; undefined: none. */
function settle(
  path: string, left: Entry | undefined, right: Entry | undefined, buried: ReadonlySet<CheckpointId>,
): Oid | undefined | 'refused' {
  const place = placeOf(path)
  if (right !== undefined && (place === undefined || right.mode !== FILE_MODE)) return 'refused'
  if (place === undefined) return left?.oid
  if ((place.kind === 'file' || place.kind === 'link' || place.kind === 'unlink') && buried.has(place.checkpoint)) {
    return undefined
  }
  if (left === undefined || right === undefined) return left?.oid ?? right?.oid
  // Written once, a path cannot differ. Where it does, all clones must come to the same end.
  return left.oid < right.oid ? left.oid : right.oid
}

/** What a tip says of the chain it ends. */
export interface Chain {
  readonly tip: Oid
  readonly epoch: number
  readonly tombstones: ReadonlySet<CheckpointId>
}

export interface ChainPlan {
  readonly epoch: number
  readonly parents: readonly Oid[]
}

/**
 * On which tips the union stands. A tip that has not all tombstones leads to content that was purged: a union never has
 * it as a parent, and begins a new epoch where no other is left.
 */
export function planChain(left: Chain, right: Chain): ChainPlan {
  const epoch = Math.max(left.epoch, right.epoch)
  const buried = unionOf(left.tombstones, right.tombstones)
  const highest = [left, right].filter((chain) => chain.epoch === epoch)
  const parents = highest.filter(({ tombstones }) => tombstones.size === buried.size)
  return {
    epoch: parents.length === highest.length ? epoch : epoch + 1,
    parents: [...new Set(parents.map(({ tip }) => tip))].sort(),
  }
}

export const unionOf = <Value>(left: Iterable<Value>, right: Iterable<Value>): ReadonlySet<Value> =>
  new Set([...left, ...right])

/** A whole tree, as the properties of the union are told of. */
export interface CheckpointTree {
  readonly epoch: number
  /** Path → blob. */
  readonly files: ReadonlyMap<string, Oid>
}

/** The union of two trees, by the same steps that unite two refs. */
export function uniteTrees(left: CheckpointTree, right: CheckpointTree): CheckpointTree {
  const files = new Map(left.files)
  const { write, remove } = planEdits(differencesOf(left, right), unionOf(buriedIn(left), buriedIn(right)))
  for (const path of remove) files.delete(path)
  for (const { path, oid } of write) files.set(path, oid)
  return { epoch: Math.max(left.epoch, right.epoch), files }
}

export const buriedIn = ({ files }: Pick<CheckpointTree, 'files'>): ReadonlySet<CheckpointId> =>
  new Set([...files.keys()].flatMap((path) => {
    const place = placeOf(path)
    return place?.kind === 'tombstone' ? [place.checkpoint] : []
  }))

function differencesOf(left: CheckpointTree, right: CheckpointTree): readonly Difference[] {
  const entryOf = (tree: CheckpointTree, path: string): Entry | undefined => {
    const oid = tree.files.get(path)
    return oid === undefined ? undefined : { mode: FILE_MODE, oid }
  }
  return [...unionOf(left.files.keys(), right.files.keys())]
    .map((path) => ({ path, left: entryOf(left, path), right: entryOf(right, path) }))
    .filter(({ left, right }) => left?.oid !== right?.oid)
}
