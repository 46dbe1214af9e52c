// Unites our refs with the tips of another clone. Whatever one side has that the other has not is kept; what was purged
// stays away. The price grows with what is new, not with what is there.

import { parseCommit } from '../git/commit-object.ts'
import { relate } from '../git/ancestry.ts'
import type { NewCommit } from '../git/refs.ts'
import { diffTrees, emptyTreeOf } from '../git/tree-diff.ts'
import { parseTree } from '../git/objects.ts'
import {
  CHECKPOINTS_REF, EPOCH_PATH, FORMAT_PATH, FORMAT_VERSION, TOMBSTONES_PATH,
} from '../model/checkpoint.ts'
import { isCheckpointId } from '../model/ids.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { placeOf, planChain, planEdits, unionOf } from '../model/union.ts'
import type { Chain, ChainPlan, Place, TreeEdits } from '../model/union.ts'
import { changeRefs } from './ref-changes.ts'
import type { RefChange, RefWriting, Tips } from './ref-changes.ts'
import { viewTree } from './tree-view.ts'
import { compareNotes, newestOf, planNotesUnion } from './unite-notes.ts'

export type Union =
  | {
    readonly kind: 'united'
    /** False: there was nothing new. */
    readonly changed: boolean
    /** How many checkpoints came, and how many went because they were purged elsewhere. */
    readonly added: number
    readonly removed: number
    /** Paths of the other side that were not taken: they are none of the format. */
    readonly refused: readonly string[]
  }
  | { readonly kind: 'out-of-time' }
  /** The other side was written by a newer version, or is no chain of commits: nothing was taken. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Unites our refs with these tips. Throws `newer-format` when our own ref is of a newer version. */
export async function uniteTips(writing: RefWriting, other: Tips): Promise<Union> {
  const refusal = await refuse(writing, other)
  if (refusal !== undefined) return refusal
  let seen: Change = NOTHING_NEW
  let changed = false
  const isDone = await changeRefs(writing, async (tips) => {
    const { change, refs } = await planUnion(writing, tips, other)
    seen = change
    changed = refs.length > 0
    return refs
  })
  if (!isDone) return { kind: 'out-of-time' }
  const { write, remove, refused } = seen.edits
  return {
    kind: 'united', changed, refused,
    added: countSessions(write.map(({ path }) => path)), removed: countSessions(remove),
  }
}

async function refuse({ reader }: RefWriting, { checkpoints, notes }: Tips): Promise<Union | undefined> {
  const objects = await Promise.all([checkpoints, notes].map((tip) => tip === undefined ? undefined : reader.read(tip)))
  for (const [at, tip] of [checkpoints, notes].entries()) {
    if (tip !== undefined && objects[at]?.type !== 'commit') {
      return { kind: 'unreadable', reason: `${tip} is no commit` }
    }
  }
  if (checkpoints === undefined) return undefined
  const format = await reader.read(`${checkpoints}:${FORMAT_PATH}`)
  const version = Number(format?.body.toString('utf8').trim() ?? FORMAT_VERSION)
  return version > FORMAT_VERSION ? { kind: 'newer', version } : undefined
}

/** Both refs in one change: a note is never there without its checkpoint. */
async function planUnion(
  writing: RefWriting, tips: Tips, other: Tips,
): Promise<{ readonly change: Change; readonly refs: readonly RefChange[] }> {
  const [change, notes] = await Promise.all([
    planCheckpoints(writing, tips.checkpoints, other.checkpoints), compareNotes(writing, tips.notes, other.notes),
  ])
  const { edits, to, epoch, buried, committer } = change
  const noted = await planNotesUnion(writing, {
    notes, view: viewTree(writing.reader, tips.checkpoints, edits), commits: relinkedIn(edits),
    buried, epoch, committer,
  })
  return { change, refs: [...to === undefined ? [] : [{ ref: CHECKPOINTS_REF, to } as const], ...noted] }
}

interface Change {
  readonly edits: TreeEdits
  /** Where the ref goes; undefined: it stays. */
  readonly to: NewCommit | Oid | undefined
  readonly epoch: number
  readonly buried: ReadonlySet<CheckpointId>
  readonly committer: string
}

const NO_EDITS: TreeEdits = { write: [], remove: [], refused: [], isRight: false }
const NOTHING_NEW: Change = { edits: NO_EDITS, to: undefined, epoch: 0, buried: new Set(), committer: '' }

async function planCheckpoints(writing: RefWriting, left: Oid | undefined, right: Oid | undefined): Promise<Change> {
  const { repository, reader } = writing
  const headers = await Promise.all([left, right].map(async (tip) => {
    const object = tip === undefined ? undefined : await reader.read(tip)
    return object === undefined ? [] : [parseCommit(object)]
  }))
  const committer = newestOf(headers.flat())?.committer ?? ''
  const [ours, theirs] = await Promise.all([readChain(writing, left), readChain(writing, right)])
  const known = ours ?? theirs
  if (known === undefined) return NOTHING_NEW
  const relation = left === undefined || right === undefined ? undefined : await relate(repository, left, right)
  const chain = ours === undefined || theirs === undefined ? { epoch: known.epoch, parents: [known.tip] }
    : planChain(ours, theirs)
  const buried = unionOf(ours?.tombstones ?? [], theirs?.tombstones ?? [])
  const rest = { epoch: chain.epoch, buried, committer }
  if (theirs === undefined || relation === 'same' || relation === 'ahead') {
    return { ...rest, edits: NO_EDITS, to: undefined }
  }

  const edits = planEdits(await diffTrees(repository, left, right), buried)
  const parents = relation === 'behind' ? chain.parents.filter((tip) => tip !== left) : chain.parents
  const isAt = (side: Chain | undefined): boolean =>
    parents.length === 1 && parents[0] === side?.tip && side?.epoch === chain.epoch
  if (isAt(theirs) && edits.isRight) return { ...rest, edits, to: right }
  if (isAt(ours) && edits.write.length + edits.remove.length === 0) return { ...rest, edits, to: undefined }
  const tree = left === undefined ? emptyTreeOf(repository) : headers[0]![0]!.tree
  return { ...rest, edits, to: unionCommit(edits, { ...chain, parents }, ours, tree, committer) }
}

function unionCommit(
  edits: TreeEdits, { parents, epoch }: ChainPlan, ours: Chain | undefined, tree: Oid, committer: string,
): NewCommit {
  return {
    parents, tree, committer, remove: edits.remove,
    message: 'Unite checkpoints\n',
    write: [...edits.write, ...ours?.epoch === epoch ? [] : [{ path: EPOCH_PATH, text: `${epoch}\n` }]],
  }
}

async function readChain({ reader }: RefWriting, tip: Oid | undefined): Promise<Chain | undefined> {
  if (tip === undefined) return undefined
  const [epoch, folder] = await Promise.all([
    reader.read(`${tip}:${EPOCH_PATH}`), reader.read(`${tip}:${TOMBSTONES_PATH}`),
  ])
  const names = folder?.type === 'tree' ? parseTree(folder).map(({ name }) => name.replace(/\.json$/, '')) : []
  return {
    tip,
    epoch: Number(epoch?.body.toString('utf8').trim() ?? 0) || 0,
    tombstones: new Set(names.filter(isCheckpointId)),
  }
}

/** Commits that get or lose a link. */
function relinkedIn({ write, remove }: TreeEdits): ReadonlySet<Oid> {
  const isLink = (place: Place | undefined): place is Place & { readonly commit: Oid } =>
    place?.kind === 'link' || place?.kind === 'unlink'
  return new Set([...write.map(({ path }) => path), ...remove].map(placeOf).filter(isLink).map(({ commit }) => commit))
}

const countSessions = (paths: readonly string[]): number =>
  paths.filter((path) => path.endsWith('/session.json')).length
