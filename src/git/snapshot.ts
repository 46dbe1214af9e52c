// Makes a Git tree of what a working tree holds, ignored files left out, through an index of our own: the user's is
// only read. Git itself applies filters, modes, links and the rules of sparse checkouts. What `git status` calls
// unchanged is not looked at again, so that the price grows with what is dirty, not with the tree.

import { createHash } from 'node:crypto'
import { accessSync, constants, copyFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { Entry } from '../model/union.ts'
import { git } from './git.ts'
import type { GitPlace } from './git.ts'
import { readMemory, sightOf, writeMemory } from './snapshot-memory.ts'
import type { SnapshotMemory } from './snapshot-memory.ts'
import { ownFile } from './snapshot-place.ts'
import type { SnapshotPlace } from './snapshot-place.ts'
import type { readStatus } from './status.ts'
import { openWorktreeFiles } from './worktree-files.ts'

export interface Snapshot {
  readonly tree: Oid
  /** What it does not hold although it is not ignored: too large, not to be read, or (ending in `/`) a repository. */
  readonly leftOut: readonly string[]
}

/** What `git status` said, just now. */
export type SeenStatus = NonNullable<Awaited<ReturnType<typeof readStatus>>>

/** A file above this is not kept, and a worktree with more than this beside its HEAD not at all. */
const MAX_FILE_BYTES = 100 * 1024 * 1024
const MAX_CHANGED_FILES = 20_000
const MAX_CHANGED_BYTES = 512 * 1024 * 1024
/** Filters may be slow; what waits for the drain must not wait for them. */
const TIMEOUT_MS = 20_000
/** A file that changed this shortly before may change again without a trace in its times. */
const SETTLED_MS = 2000

/** One file as it is now; `oid` of what git would keep of it is not known yet. */
interface Seen {
  readonly path: string
  /** Not in the index: it goes from ours when it goes from the worktree. */
  readonly isUntracked: boolean
  readonly isThere: boolean
}

interface Look {
  readonly seen: readonly Seen[]
  readonly leftOut: readonly string[]
  /** The same key means the same tree. */
  readonly key: string
  readonly isSettled: boolean
}

/**
 * The tree of a worktree of which git said this; undefined where there is too much beside HEAD to be kept. Without a
 * change since the last time it takes no process.
 */
export async function takeSnapshot(
  place: SnapshotPlace, status: SeenStatus, now: Millis,
): Promise<Snapshot | undefined> {
  const look = lookAt(place, status, now)
  if (look === undefined) return undefined
  const memory = readMemory(place)
  if (memory?.key === look.key && memory.isSettled) return memory
  const index = ownFile(place)
  try {
    const userIndex = sightOf(join(place.gitDir, 'index'))
    const known = memory?.userIndex === userIndex ? memory : undefined
    copyIndex(known?.index ?? join(place.gitDir, 'index'), index)
    const tree = await writeTree(withIndex(place, index), look, known)
    writeMemory(place, index, {
      key: look.key, isSettled: look.isSettled, tree, leftOut: look.leftOut, userIndex,
      tracked: pathsOf(look, false), untracked: pathsOf(look, true),
    })
    return { tree, leftOut: look.leftOut }
  } finally {
    rmSync(index, { force: true })
    rmSync(`${index}.lock`, { force: true })
  }
}

const pathsOf = ({ seen }: Look, isUntracked: boolean): readonly string[] =>
  seen.filter((one) => one.isUntracked === isUntracked).map(({ path }) => path)

function lookAt({ cwd }: SnapshotPlace, status: SeenStatus, now: Millis): Look | undefined {
  const files = openWorktreeFiles(cwd)
  const digest = createHash('sha256').update(status.digest)
  const leftOut = [...status.nested]
  const seen: Seen[] = []
  let bytes = 0
  let newest = 0
  if (status.changed.length > MAX_CHANGED_FILES) return undefined
  for (const { path, state } of status.changed) {
    // Where the file is as in the index, our copy of that has it already.
    if (state === '.') continue
    const found = files.find(path)
    digest.update(`${path}\0${found?.mode}:${found?.size}:${found?.mtimeNs}:${found?.ctimeNs}:${found?.ino}\0`)
    newest = Math.max(newest, Number(found?.ctimeMs ?? 0n), Number(found?.mtimeMs ?? 0n))
    if (found?.isFile() === true && (found.size > MAX_FILE_BYTES || !isReadable(join(cwd, path)))) {
      leftOut.push(path)
      continue
    }
    bytes += Number(found?.size ?? 0n)
    if (bytes > MAX_CHANGED_BYTES) return undefined
    const isThere = found?.isFile() === true || found?.isSymbolicLink() === true
    seen.push({ path, isUntracked: state === '?', isThere })
  }
  return { seen, leftOut, key: digest.digest('hex'), isSettled: newest < now - SETTLED_MS }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** A copy in which git trusts no entry more than in the original: that goes by the time of the index. */
export function copyIndex(from: string, to: string): void {
  const found = statSync(from, { throwIfNoEntry: false })
  if (found === undefined) return
  copyFileSync(from, to)
  const before = (Math.floor(found.mtimeMs) - 1) / 1000
  utimesSync(to, before, before)
}

/** The same place with another index; git makes it where there is none. */
export const withIndex = (place: SnapshotPlace, index: string): SnapshotPlace =>
  ({ ...place, env: { ...place.env, GIT_INDEX_FILE: index } })

/** Without warnings about line ends, without touching shared parts of the user's index. */
const INDEX_ARGS = [
  '-c', 'core.safecrlf=false', '-c', 'core.splitIndex=false', '-c', 'core.fsmonitor=false',
] as const

async function writeTree(place: SnapshotPlace, look: Look, known: SnapshotMemory | undefined): Promise<Oid> {
  const now = new Set([...look.seen.map(({ path }) => path), ...look.leftOut])
  // What was dirty the last time and is not now is as in the user's index again, or gone, or ignored.
  const files = openWorktreeFiles(place.cwd)
  const clean = (known?.tracked ?? []).filter((path) => !now.has(path))
    .map((path) => ({ path, isThere: files.find(path) !== undefined }))
  const gone = (known?.untracked ?? []).filter((path) => !now.has(path)).map((path) => ({ path, isThere: false }))
  const all = [...look.seen, ...clean, ...gone]
  const drop = all.filter(({ isThere }) => !isThere).map(({ path }) => path)
  const add = all.filter(({ isThere }) => isThere).map(({ path }) => path)
  if (drop.length > 0) await putInIndex(place, drop.map((path) => ({ path })))
  if (add.length > 0) {
    await git(place, [...INDEX_ARGS, 'update-index', '-z', '--add', '--remove', '--replace', '--stdin'],
      { input: add.map((path) => `${path}\0`).join(''), timeoutMs: TIMEOUT_MS })
  }
  return await writeIndexTree(place)
}

/** What an index is to hold at a path; without `entry` nothing. */
export interface IndexChange {
  readonly path: string
  readonly entry?: Entry
}

/** Changes the index that the place selects, whatever lies in the worktree. */
export async function putInIndex(place: SnapshotPlace, changes: readonly IndexChange[]): Promise<void> {
  const none = `0 ${'0'.repeat(place.objectFormat === 'sha256' ? 64 : 40)}`
  await git(place, [...INDEX_ARGS, 'update-index', '-z', '--index-info'], {
    input: changes.map(({ path, entry }) =>
      `${entry === undefined ? none : `${entry.mode} ${entry.oid}`}\t${path}\0`).join(''),
  })
}

/** Objects that a partial clone lacks need not be fetched for this. */
export const writeIndexTree = async (place: GitPlace): Promise<Oid> =>
  (await git(place, [...INDEX_ARGS, 'write-tree', '--missing-ok'])).toString('latin1').trim() as Oid

/** Those of some changed paths that are, filters applied, as the user's index has them. */
export async function listPhantoms(place: SnapshotPlace, paths: ReadonlySet<string>): Promise<readonly string[]> {
  const index = ownFile(place)
  try {
    copyIndex(join(place.gitDir, 'index'), index)
    const own = withIndex(place, index)
    const before = await readEntries(own)
    await git(own, [...INDEX_ARGS, 'update-index', '-z', '--remove', '--stdin'],
      { input: [...paths].map((path) => `${path}\0`).join('') })
    const after = await readEntries(own)
    return [...paths].filter((path) => before.get(path) !== undefined && before.get(path) === after.get(path))
  } finally {
    rmSync(index, { force: true })
  }
}

/** What an index holds, by path. */
async function readEntries(place: GitPlace): Promise<ReadonlyMap<string, string>> {
  const said = (await git(place, ['ls-files', '-z', '--stage', '--full-name'])).toString('utf8')
  return new Map(said.split('\0').filter(Boolean).map((line): [string, string] => {
    const [entry = ''] = line.split('\t', 1)
    return [line.slice(entry.length + 1), entry]
  }))
}
