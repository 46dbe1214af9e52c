// Unites two tips of `refs/notes/bitloops`. Notes are a projection of the checkpoints: what a note says is written
// anew from the links, wherever they or the note have changed; lines of others are kept.

import { parseCommit } from '../git/commit-object.ts'
import { relate } from '../git/ancestry.ts'
import type { NewCommit, NewFile } from '../git/refs.ts'
import { diffTrees, emptyTreeOf } from '../git/tree-diff.ts'
import { EPOCH_PATH, NOTES_REF } from '../model/checkpoint.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { notedCommit, projectNote } from '../model/note-projection.ts'
import type { Difference } from '../model/union.ts'
import { notePath, readNote, rememberTrees } from './notes.ts'
import type { Trees } from './notes.ts'
import type { RefChange, RefWriting } from './ref-changes.ts'
import type { TreeView } from './tree-view.ts'

export interface NotesUnion {
  readonly notes: NotesComparison
  /** The checkpoints as they will be. */
  readonly view: TreeView
  /** Commits whose links change. */
  readonly commits: ReadonlySet<Oid>
  readonly buried: ReadonlySet<CheckpointId>
  /** Of the checkpoints' chain: notes of an earlier one may say what was purged since, and are no parents. */
  readonly epoch: number
  /** Where neither side has a notes commit. */
  readonly committer: string
}

/** What stands on both sides; needs nothing of the checkpoints, and takes git as long as they do. */
export interface NotesComparison {
  readonly left: Oid | undefined
  /** Undefined as well where the left side has grown out of it: it brings nothing. */
  readonly right: Oid | undefined
  readonly isBehind: boolean
  readonly differences: readonly Difference[]
}

export async function compareNotes(
  { repository }: RefWriting, left: Oid | undefined, other: Oid | undefined,
): Promise<NotesComparison> {
  const relation = left === undefined || other === undefined ? undefined : await relate(repository, left, other)
  const right = relation === 'same' || relation === 'ahead' ? undefined : other
  const differences = right === undefined ? [] : await diffTrees(repository, left, right)
  return { left, right, isBehind: relation === 'behind', differences }
}

export async function planNotesUnion(writing: RefWriting, union: NotesUnion): Promise<readonly RefChange[]> {
  const { left, right, isBehind, differences } = union.notes
  const commits = new Set([...union.commits, ...differences.flatMap(({ path }) => notedCommit(path) ?? [])])
  const notes = await projectAll(writing, union, commits)
  const [leftEpoch, rightEpoch] = await Promise.all([epochOf(writing, left), epochOf(writing, right)])
  const epoch = Math.max(union.epoch, leftEpoch, rightEpoch)
  const isParent = (tip: Oid | undefined, its: number): tip is Oid => tip !== undefined && its === epoch
  const parents = [
    ...isParent(left, leftEpoch) && !isBehind ? [left] : [],
    ...isParent(right, rightEpoch) ? [right] : [],
  ].sort()
  const write: readonly NewFile[] = [
    ...notes.write,
    ...epoch === leftEpoch ? [] : [{ path: EPOCH_PATH, text: `${epoch}\n` }],
  ]

  if (parents.length === 1 && parents[0] === left && write.length + notes.remove.length === 0) return []
  if (parents.length === 1 && parents[0] === right && notes.isRight && !differences.some(isForeign)) {
    return [{ ref: NOTES_REF, to: right! }]
  }
  if (left === undefined && write.length === 0) return []
  const to: NewCommit = {
    parents, write, remove: notes.remove, message: 'Unite notes\n', committer: await newerCommitter(writing, union),
    tree: left === undefined ? emptyTreeOf(writing.repository) : await treeOf(writing, left),
  }
  return [{ ref: NOTES_REF, to }]
}

/** What is no note of a commit is not taken. */
const isForeign = ({ path, right }: Difference): boolean =>
  path !== EPOCH_PATH && right !== undefined && (notedCommit(path) === undefined || right.mode !== '100644')

interface Projected {
  readonly write: readonly { readonly path: string; readonly text: string }[]
  readonly remove: readonly string[]
  /** The right side has these very notes already. */
  readonly isRight: boolean
}

async function projectAll(writing: RefWriting, union: NotesUnion, commits: ReadonlySet<Oid>): Promise<Projected> {
  const trees = rememberTrees(writing.reader)
  const projected: Projected[] = []
  for (const batch of batchesOf([...commits], 500)) {
    projected.push(...await Promise.all(batch.map((commit) => projectOne(writing, union, trees, commit))))
  }
  return {
    write: projected.flatMap(({ write }) => write),
    remove: projected.flatMap(({ remove }) => remove),
    isRight: projected.every(({ isRight }) => isRight),
  }
}

async function projectOne({ reader }: RefWriting, union: NotesUnion, trees: Trees, commit: Oid): Promise<Projected> {
  const [left, right, { linked, unlinked }] = await Promise.all([
    readNote(reader, union.notes.left, commit, trees),
    readNote(reader, union.notes.right, commit, trees),
    union.view.notedOf(commit),
  ])
  const dropped = new Set([...union.buried, ...unlinked])
  const text = projectNote(`${left.text}\n${right.text}`, linked, dropped)
  const path = notePath(commit)
  const isSo = (side: typeof left): boolean => text === undefined ? side.paths.length === 0
    : side.paths.length === 1 && side.paths[0] === path && side.text === text
  if (isSo(left)) return { write: [], remove: [], isRight: isSo(right) }
  return {
    write: text === undefined ? [] : [{ path, text }],
    remove: left.paths.filter((other) => text === undefined || other !== path),
    isRight: isSo(right),
  }
}

function* batchesOf<Value>(values: readonly Value[], size: number): Generator<readonly Value[]> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size)
}

/** Notes have an epoch, too, once content was purged. Git keeps a file in their tree that is no note. */
async function epochOf({ reader }: RefWriting, tip: Oid | undefined): Promise<number> {
  const blob = tip === undefined ? undefined : await reader.read(`${tip}:${EPOCH_PATH}`)
  return Number(blob?.body.toString('utf8').trim() ?? 0) || 0
}

async function treeOf({ reader }: RefWriting, tip: Oid): Promise<Oid> {
  const tree = await reader.read(`${tip}^{tree}`)
  if (tree === undefined) throw new Error(`${tip} has no tree`)
  return tree.oid
}

/** Of the newer of both tips: so both clones that unite them write the same commit. */
async function newerCommitter({ reader }: RefWriting, { notes, committer }: NotesUnion): Promise<string> {
  const tips = [notes.left, notes.right]
  const objects = await Promise.all(tips.map((tip) => tip === undefined ? undefined : reader.read(tip)))
  const headers = objects.flatMap((object) => object?.type === 'commit' ? [parseCommit(object)] : [])
  return newestOf(headers)?.committer ?? committer
}

/** The newest; of equally old ones always the same. */
export const newestOf = <Header extends { readonly committedAt: number; readonly committer: string }>(
  headers: readonly Header[],
): Header | undefined => [...headers].sort((one, other) =>
  other.committedAt - one.committedAt || (one.committer < other.committer ? -1 : 1))[0]
