// What a working tree holds beside its HEAD: the paths git calls changed or untracked (never ignored ones), by blob id.

import { createHash } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'
import type { Fingerprint } from '../model/fingerprint.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { openWorktreeFiles } from './worktree-files.ts'

/** Larger files are told by size and time instead of their blob id. */
const MAX_FILE_BYTES = 5 * 1024 * 1024
/** Beyond this much in one worktree (an unignored build folder, say) the rest is told by size and time too. */
const MAX_HASHED_FILES = 5000
const MAX_HASHED_BYTES = 128 * 1024 * 1024
const STATUS_TIMEOUT_MS = 20_000
const OBJECT_ID = /^[0-9a-f]{40,64}$/

export interface ChangedEntry {
  readonly path: string
  /** `?`: untracked, `u`: unmerged, else how the file differs from the index: M, T, D, A, or `.` where it does not. */
  readonly state: string
  /** The blob in the index, where the file in the worktree is the same; '' when both have none. */
  readonly staged?: string
}

export interface WorktreeStatus {
  /** The commit the worktree is at; undefined before the first one. */
  readonly head?: string
  /** What is not as in HEAD, ignored files, submodules and repositories inside left out. */
  readonly changed: readonly ChangedEntry[]
  /** Untracked folders that are repositories of their own. They end in `/`. */
  readonly nested: readonly string[]
}

/** What git says of a worktree, and the digest of how it said it; undefined where git cannot tell in time. */
export async function readStatus(place: GitPlace): Promise<WorktreeStatus & { digest: string } | undefined> {
  const answer = await runGit(place, [
    'status', '--porcelain=v2', '-z', '--branch', '--no-renames', '--untracked-files=all', '--ignore-submodules=all',
  ], { timeoutMs: STATUS_TIMEOUT_MS })
  if (answer.code !== 0) return undefined
  return { ...parseStatus(answer.stdout), digest: createHash('sha256').update(answer.stdout).digest('hex') }
}

/** The fingerprint of a worktree of which git said this. */
export async function readFingerprint(
  place: GitPlace, objectFormat: 'sha1' | 'sha256', { head, changed }: WorktreeStatus,
): Promise<Fingerprint> {
  const entries: Record<string, string> = {}
  const toHash: string[] = []
  const files = openWorktreeFiles(place.cwd)
  let budget = MAX_HASHED_BYTES
  for (const { path, staged } of changed) {
    const found = files.find(path)
    if (staged !== undefined) entries[path] = staged
    else if (found === undefined) entries[path] = ''
    else if (found.isSymbolicLink()) entries[path] = blobId(readlinkSync(join(place.cwd, path)), objectFormat)
    else if (found.isFile()) {
      entries[path] = sizeAndTime(found)
      const size = Number(found.size)
      if (size >= MAX_FILE_BYTES || size > budget || toHash.length >= MAX_HASHED_FILES) continue
      budget -= size
      toHash.push(path)
    }
  }
  const ids = await hashFiles(place, toHash)
  toHash.forEach((path, index) => { if (ids[index] !== undefined) entries[path] = ids[index] })
  return { ...(head === undefined ? {} : { head }), entries }
}

/** When the content or name of a file of a worktree last changed; undefined when it is gone. */
export function readChangeTime(root: string, path: string): number | undefined {
  const found = openWorktreeFiles(root).find(path)
  return found === undefined ? undefined : Number(found.ctimeNs) / 1e6
}

/** The blob ids that a commit holds at some paths; paths it does not hold are missing. */
export async function readBlobIds(
  place: GitPlace, commit: string, paths: readonly string[],
): Promise<Record<string, string>> {
  const ids: Record<string, string> = {}
  const ARGUMENTS = 500
  for (let from = 0; from < paths.length; from += ARGUMENTS) {
    const some = paths.slice(from, from + ARGUMENTS)
    const answer = await runGit(place, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...some])
    if (answer.code !== 0) return ids
    for (const line of answer.stdout.toString('utf8').split('\0')) {
      const [head = '', path] = line.split('\t', 2)
      const id = head.split(' ')[2]
      if (path !== undefined && id !== undefined) ids[line.slice(head.length + 1)] = id
    }
  }
  return ids
}

/** See git-status(1), "Porcelain Format Version 2". Paths that are not UTF-8 are left out. */
export function parseStatus(output: Buffer): WorktreeStatus {
  const changed: ChangedEntry[] = []
  const nested: string[] = []
  let head: string | undefined
  for (const record of splitAtZero(output)) {
    const line = record.toString('utf8')
    if (line.includes('\uFFFD') && Buffer.compare(Buffer.from(line), record) !== 0) continue
    const [kind = '', ...fields] = line.split(' ')
    if (kind === '#' && fields[0] === 'branch.oid' && OBJECT_ID.test(fields[1] ?? '')) head = fields[1]
    if (kind === '?' && line.endsWith('/')) nested.push(line.slice(2))
    if (kind === '?' && !line.endsWith('/')) changed.push({ path: line.slice(2), state: '?' })
    // 1 XY sub mH mI mW hH hI path
    if (kind === '1' && fields[1] === 'N...') {
      const [state = '', , , , , , staged = ''] = fields
      const path = fields.slice(7).join(' ')
      if (state[1] !== '.') changed.push({ path, state: state[1] ?? '' })
      else changed.push({ path, state: '.', staged: state[0] === 'D' ? '' : staged })
    }
    // u XY sub m1 m2 m3 mW h1 h2 h3 path
    if (kind === 'u' && fields[1] === 'N...') changed.push({ path: fields.slice(9).join(' '), state: 'u' })
  }
  return { ...(head === undefined ? {} : { head }), changed, nested }
}

/** All ids or none: a file that vanished meanwhile makes git give up, and size and time are told instead. */
async function hashFiles(place: GitPlace, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return []
  const input = paths.map((path) => `${quoted(path)}\n`).join('')
  const answer = await runGit(place, ['hash-object', '--stdin-paths'], { input })
  const ids = answer.stdout.toString('latin1').split('\n').filter((line) => line !== '')
  return answer.code === 0 && ids.length === paths.length ? ids : []
}

/** As git quotes paths in lines; only what would break a line needs it. */
export const quoted = (path: string): string => !/["\\\n]/.test(path) ? path
  : `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

const sizeAndTime = (found: BigIntStats): string => `?${found.size}:${found.mtimeMs}`

const blobId = (text: string, format: 'sha1' | 'sha256'): string =>
  createHash(format).update(`blob ${Buffer.byteLength(text)}\0${text}`).digest('hex')

function splitAtZero(output: Buffer): readonly Buffer[] {
  const records: Buffer[] = []
  for (let from = 0; from < output.length;) {
    const zero = output.indexOf(0, from)
    const end = zero < 0 ? output.length : zero
    records.push(output.subarray(from, end))
    from = end + 1
  }
  return records
}
