// Keeps what a rewind will write over or delete, byte for byte as it lies there, and the index file, below a ref of
// its own; and brings it back.

import {
  chmodSync, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync,
  unlinkSync, utimesSync, writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { Oid } from '../model/ids.ts'
import { openObjectReader } from './cat-file.ts'
import type { ObjectReader } from './objects.ts'
import { git } from './git.ts'
import { deleteFile, makeWay } from './restore.ts'
import { keepForUndo, writeBlob } from './snapshot-refs.ts'
import { ownFile } from './snapshot-place.ts'
import type { SnapshotPlace } from './snapshot-place.ts'
import { putInIndex, withIndex, writeIndexTree } from './snapshot.ts'
import { quoted } from './status.ts'
import { openWorktreeFiles } from './worktree-files.ts'

/** What lay at a path. */
export type KeptFile =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly oid: Oid; readonly mode: number }
  | { readonly kind: 'link'; readonly oid: Oid }

export interface KeptState {
  readonly schema: 1
  readonly files: Readonly<Record<string, KeptFile>>
  /** The bytes of the index file and its time, ms; absent where there was none. */
  readonly index?: { readonly oid: Oid; readonly at: number }
  readonly head?: string
  /** `refs/heads/…`; absent when detached. */
  readonly branch?: string
}

/**
 * Keeps what lies at these paths now. `tree`: the whole worktree as Git has it, for those who look by hand. Gives back
 * the ref.
 */
export async function keepState(
  place: SnapshotPlace, paths: readonly string[], tree: Oid, at: number,
  head: Pick<KeptState, 'head' | 'branch'>,
): Promise<{ readonly ref: string; readonly state: KeptState }> {
  const files = await readKeptFiles(place, paths)
  const indexFile = join(place.gitDir, 'index')
  const index = existsSync(indexFile)
    ? { oid: await writeBlob(place, readFileSync(indexFile)), at: lstatSync(indexFile).mtimeMs } : undefined
  const state: KeptState = { schema: 1, files, ...(index === undefined ? {} : { index }), ...head }
  const ref = await keepForUndo(place, at, [
    { name: 'files', kind: 'tree', oid: await writeFilesTree(place, files) },
    ...(index === undefined ? [] : [{ name: 'index', kind: 'blob' as const, oid: index.oid }]),
    { name: 'state.json', kind: 'blob', oid: await writeBlob(place, JSON.stringify(state)) },
    { name: 'worktree', kind: 'tree', oid: tree },
  ])
  return { ref, state }
}

export async function readKeptState(reader: ObjectReader, ref: string): Promise<KeptState | undefined> {
  const found = await reader.read(`${ref}:state.json`)
  return found === undefined ? undefined : JSON.parse(found.body.toString('utf8')) as KeptState
}

async function readKeptFiles(place: SnapshotPlace, paths: readonly string[]): Promise<Record<string, KeptFile>> {
  const kept: Record<string, KeptFile> = {}
  const files = openWorktreeFiles(place.cwd)
  const regular: { path: string; mode: number }[] = []
  for (const path of paths) {
    const found = files.find(path)
    kept[path] = { kind: 'nothing' }
    if (found?.isSymbolicLink() === true) {
      const leadsTo = readlinkSync(join(place.cwd, path), { encoding: 'buffer' })
      kept[path] = { kind: 'link', oid: await writeBlob(place, leadsTo) }
    } else if (found?.isFile() === true) {
      regular.push({ path, mode: Number(found.mode) & 0o777 })
    }
  }
  if (regular.length === 0) return kept
  const said = await git(place, ['hash-object', '-w', '--no-filters', '--stdin-paths'],
    { input: regular.map(({ path }) => `${quoted(path)}\n`).join('') })
  const oids = said.toString('latin1').split('\n')
  regular.forEach(({ path, mode }, at) => { kept[path] = { kind: 'file', oid: oids[at] as Oid, mode } })
  return kept
}

/** Only for gc, and for those who look by hand: what counts is the state. */
async function writeFilesTree(place: SnapshotPlace, files: KeptState['files']): Promise<Oid> {
  const index = ownFile(place)
  try {
    const own = withIndex(place, index)
    await putInIndex(own, Object.entries(files).flatMap(([path, file]) => file.kind === 'nothing' ? []
      : [{ path, entry: { mode: modeOf(file), oid: file.oid } }]))
    return await writeIndexTree(own)
  } finally {
    rmSync(index, { force: true })
  }
}

const modeOf = (file: Exclude<KeptFile, { kind: 'nothing' }>): string =>
  file.kind === 'link' ? '120000' : (file.mode & 0o100) === 0 ? '100644' : '100755'

/** Brings back what lay at the paths; what lies there as it was is not written. */
export async function bringBack(place: SnapshotPlace, state: KeptState): Promise<void> {
  const now = await readKeptFiles(place, Object.keys(state.files))
  const differs = Object.entries(state.files).filter(([path, file]) => !isSame(file, now[path]))
  for (const [path, file] of differs) if (file.kind === 'nothing') deleteFile(place.cwd, path)
  const writes = differs.filter(([, file]) => file.kind !== 'nothing')
  makeWay(place.cwd, writes.map(([path]) => path))
  const reader = openObjectReader(place)
  try {
    for (const [path, file] of writes) if (file.kind !== 'nothing') await putFile(place.cwd, path, file, reader)
  } finally {
    reader.close()
  }
}

const isSame = (one: KeptFile, other: KeptFile | undefined): boolean => JSON.stringify(one) === JSON.stringify(other)

async function putFile(
  root: string, path: string, file: Exclude<KeptFile, { kind: 'nothing' }>, reader: ObjectReader,
): Promise<void> {
  const found = await reader.read(file.oid)
  if (found === undefined) throw new BitloopsError('refused', `what lay at ${path} is not kept any more`)
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) unlinkSync(target)
  if (file.kind === 'link') return symlinkSync(found.body, target)
  writeFileSync(target, found.body, { flag: 'wx', mode: file.mode })
  chmodSync(target, file.mode)
}

/** The index as it was, in the way git replaces it; false where another git has it locked. */
export async function bringBackIndex(place: SnapshotPlace, { index }: KeptState): Promise<boolean> {
  const file = join(place.gitDir, 'index')
  if (index === undefined) {
    rmSync(file, { force: true })
    return true
  }
  const bytes = await git(place, ['cat-file', 'blob', index.oid])
  const lock = `${file}.lock`
  const made = ownFile(place)
  try {
    writeFileSync(made, bytes, { flush: true })
    // By this time git knows which entries not to trust.
    utimesSync(made, Math.floor(index.at) / 1000, Math.floor(index.at) / 1000)
    // The lock comes into being with all that is in it: one that holds this was left by ourselves, killed.
    if (!tryLink(made, lock) && !readFileSync(lock).equals(bytes)) return false
    renameSync(lock, file)
    return true
  } finally {
    rmSync(made, { force: true })
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch {
    return false
  }
}

/** True while the index holds what it held then, whatever it says of the times of files. */
export async function isIndexAsKept(place: SnapshotPlace, { index }: KeptState): Promise<boolean> {
  if (index === undefined) return !existsSync(join(place.gitDir, 'index'))
  const kept = ownFile(place)
  try {
    writeFileSync(kept, await git(place, ['cat-file', 'blob', index.oid]), { mode: 0o600 })
    const [now, then] = await Promise.all([place, withIndex(place, kept)].map((one) =>
      git(one, ['ls-files', '-z', '--stage', '-t', '-v', '--full-name'])))
    return now!.equals(then!)
  } finally {
    rmSync(kept, { force: true })
  }
}

