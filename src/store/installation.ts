// Writes the files that installing changes, all or none, and remembers in `<home>/installed.json` what they held
// before, so that uninstalling gives back the very bytes.

import { createHash } from 'node:crypto'
import {
  accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { FileChange } from '../model/file-change.ts'
import type { AgentName } from '../model/ids.ts'

interface InstalledFile {
  /** Base 64; null: there was no file. */
  readonly before: string | null
  readonly mode: number
  /** SHA-256 of what we wrote last; empty: others wrote in between. */
  readonly written: string
}

const EDITED = ''

/** Paths are relative to the common directory, so that a repository may be moved. */
export interface Installation {
  readonly schema: 1
  readonly files: Readonly<Record<string, InstalledFile>>
  /** Folders that we made; they go when they are empty. */
  readonly folders: readonly string[]
  /** Whose hooks are set up: new worktrees get the same. */
  readonly agents: readonly AgentName[]
}

const NOTHING: Installation = { schema: 1, files: {}, folders: [], agents: [] }
const recordPath = (home: string): string => join(home, 'installed.json')

export function readInstallation(home: string): Installation {
  try {
    const read = JSON.parse(readFileSync(recordPath(home), 'utf8')) as Installation
    return read.schema === 1 ? { ...NOTHING, ...read } : NOTHING
  } catch {
    return NOTHING
  }
}

export const isRecorded = (home: string, installation: Installation, path: string): boolean =>
  installation.files[relative(dirname(home), path)] !== undefined

export interface Before {
  /** undefined: there was no file. */
  readonly bytes: Buffer | undefined
}

/** What a file held before we came, if it still holds what we wrote last; else undefined. */
export function findBefore(home: string, installation: Installation, path: string, now: Buffer): Before | undefined {
  const known = installation.files[relative(dirname(home), path)]
  if (known === undefined || known.written !== digest(now)) return undefined
  return { bytes: known.before === null ? undefined : Buffer.from(known.before, 'base64') }
}

/** The files that we have written in worktrees that may be there still, by their absolute paths. */
export const listWritten = (home: string, { files }: Installation): readonly string[] =>
  Object.keys(files).map((name) => resolve(dirname(home), name))

/** Adds changes that were just applied to the record. `agents`: those that are set up now. */
export function recordChanges(
  home: string, changes: readonly FileChange[], folders: readonly string[], agents?: readonly AgentName[],
): void {
  const known = readInstallation(home)
  const files: Record<string, InstalledFile> = { ...known.files }
  for (const { path, before, after, mode } of changes) {
    if (after === undefined) continue
    const name = relative(dirname(home), path)
    const earlier = files[name]
    // Once somebody else has edited what we wrote, no bytes from before are right: our part is taken out instead.
    const ours = earlier === undefined || (before !== undefined && earlier.written === digest(before))
    const first = earlier === undefined ? before?.toString('base64') ?? null : earlier.before
    files[name] = ours ? { before: first, mode, written: digest(after) } : { before: null, mode, written: EDITED }
  }
  const made = new Set([...known.folders, ...folders.map((folder) => relative(dirname(home), folder))])
  writeRecord(home, { schema: 1, files, folders: [...made].sort(), agents: agents ?? known.agents })
}

/** Takes files out of the record that are not ours any more. */
export function forgetFiles(home: string, paths: readonly string[]): void {
  const known = readInstallation(home)
  const gone = paths.map((path) => relative(dirname(home), path))
  const files = Object.fromEntries(Object.entries(known.files).filter(([name]) => !gone.includes(name)))
  if (gone.length > 0) writeRecord(home, { ...known, files })
}

function writeRecord(home: string, record: Installation): void {
  const bytes = Buffer.from(`${JSON.stringify(record, null, 2)}\n`)
  const path = recordPath(home)
  if (!existsSync(path) || !readFileSync(path).equals(bytes)) writeFile(path, bytes, 0o600)
}

/** Takes away the folders we made, as far as they are empty now. */
export function removeFolders(home: string, installation: Installation, more: readonly string[]): void {
  const folders = new Set([...installation.folders.map((folder) => resolve(dirname(home), folder)), ...more])
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    try { rmdirSync(folder) } catch { /* somebody else has put something there, or it is gone */ }
  }
}

/** Throws before anything is written when a file could not be. */
export function checkWritable(changes: readonly FileChange[]): void {
  for (const { path } of changes) {
    const folder = nearestFolder(dirname(path))
    // Root may write everywhere; a folder that was made read-only is to stay as it is all the same.
    if (!statSync(folder).isDirectory() || (statSync(folder).mode & 0o222) === 0 || !isWritable(folder)) {
      throw new BitloopsError('cannot-write', `cannot write in ${folder}`,
        'nothing was changed; make the folder writable and try again')
    }
  }
}

/** Makes all changes, or none of them; gives back the folders that were made for them. */
export function applyChanges(changes: readonly FileChange[]): readonly string[] {
  const done: FileChange[] = []
  const folders: string[] = []
  try {
    for (const change of changes) {
      folders.push(...makeFolder(dirname(change.path)))
      put(change.path, change.after, change.mode)
      done.push(change)
    }
    return folders
  } catch (error) {
    for (const { path, before, mode } of done.reverse()) put(path, before, mode)
    for (const folder of folders.reverse()) rmdirSync(folder)
    throw new BitloopsError('cannot-write', `nothing was changed: ${(error as Error).message}`)
  }
}

function put(path: string, bytes: Buffer | undefined, mode: number): void {
  if (bytes === undefined) rmSync(path, { force: true })
  else writeFile(path, bytes, mode)
}

/** At no moment is there half a file. */
function writeFile(path: string, bytes: Buffer, mode: number): void {
  const temporary = `${path}.bitloops-${process.pid}`
  try {
    writeFileSync(temporary, bytes, { mode: 0o600 })
    chmodSync(temporary, mode)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Makes a folder and those above it; gives back the new ones, the outermost first. */
function makeFolder(folder: string): readonly string[] {
  if (existsSync(folder)) return []
  const above = makeFolder(dirname(folder))
  mkdirSync(folder)
  return [...above, folder]
}

const nearestFolder = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
