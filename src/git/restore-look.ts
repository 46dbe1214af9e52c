// What a rewind has to know of the files it may touch: what lies in their way, and which are none of its business.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Exclusion, RestoreFacts } from '../model/restore.ts'
import type { Difference } from '../model/union.ts'
import type { Oid } from '../model/ids.ts'
import { git, runGit } from './git.ts'
import { readIgnored } from './ignored.ts'
import { ownFile } from './snapshot-place.ts'
import type { SnapshotPlace } from './snapshot-place.ts'
import { putInIndex, withIndex } from './snapshot.ts'
import { foldersAbove, openWorktreeFiles } from './worktree-files.ts'
import type { WorktreeFiles } from './worktree-files.ts'

export interface Restored {
  /** What the worktree holds now, and what it is to hold: trees. */
  readonly present: Oid
  readonly target: Oid
  /** Where they differ. */
  readonly differences: readonly Difference[]
  /** Paths that one of the trees does not hold though they were there; folders end in `/`. */
  readonly leftOut: readonly string[]
}

export type Surroundings = Pick<RestoreFacts, 'exclusionOf' | 'obstaclesOf'> & {
  /** When a file was last changed, ms; undefined when it is gone. */
  readonly touchedAt: (path: string) => number | undefined
}

/** More files than this in the way of one path are not listed. */
const MAX_OBSTACLES = 1000

export async function lookAround(place: SnapshotPlace, restored: Restored): Promise<Surroundings> {
  const files = openWorktreeFiles(place.cwd)
  const { differences, leftOut } = restored
  const sparse = await readSparse(place)
  const wereIgnored = await readIgnoredThen(place, restored)
  const isNested = nestedIn(files)
  const find = (path: string): Exclusion | undefined => {
    if (isNested(path)) return 'nested'
    if (leftOut.some((one) => one.endsWith('/') ? path.startsWith(one) : path === one)) return 'unknown'
    if (sparse.has(path)) return 'sparse'
    return wereIgnored.has(path) ? 'ignored' : undefined
  }
  // There and not in the present tree: that is a file Git ignores.
  const present = new Set(differences.filter(({ left }) => left !== undefined).map(({ path }) => path))
  const isIgnored = (path: string): boolean => {
    const found = present.has(path) ? undefined : files.find(path)
    return found !== undefined && !found.isDirectory()
  }
  return {
    exclusionOf: (path) => find(path) ?? (isIgnored(path) ? 'ignored' : undefined),
    obstaclesOf: (path) => {
      const above = files.findObstacle(path)
      if (above !== undefined) return [above]
      return files.find(path)?.isDirectory() === true ? filesBelow(place.cwd, path) : []
    },
    touchedAt: (path) => {
      const found = files.find(path)
      return found === undefined ? undefined : Number(found.ctimeMs)
    },
  }
}

/** True in a folder, below the root, that is a repository or a worktree of its own. */
export function nestedIn(files: WorktreeFiles): (path: string) => boolean {
  const known = new Map<string, boolean>()
  const isRepository = (folder: string): boolean => {
    const before = known.get(folder)
    if (before !== undefined) return before
    const is = files.find(`${folder}/.git`) !== undefined
    known.set(folder, is)
    return is
  }
  // A path may itself be such a folder, where a file was.
  return (path) => [...foldersAbove(path), path].some(isRepository)
}

/** All files below a folder, empty folders left out; whoever asks wants to know whether one of them stays. */
function filesBelow(root: string, folder: string): readonly string[] {
  const found: string[] = []
  const visit = (path: string): void => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      if (found.length >= MAX_OBSTACLES) return
      if (entry.isDirectory()) visit(`${path}/${entry.name}`)
      else found.push(`${path}/${entry.name}`)
    }
  }
  visit(folder)
  return found
}

/** The paths of the index that a sparse checkout leaves out of the worktree. */
async function readSparse(place: SnapshotPlace): Promise<ReadonlySet<string>> {
  const said = (await git(place, ['ls-files', '-z', '-t', '--full-name'])).toString('utf8')
  return new Set(said.split('\0').filter((line) => line.startsWith('S ')).map((line) => line.slice(2)))
}

const isIgnoreFile = (path: string): boolean => path === '.gitignore' || path.endsWith('/.gitignore')

/**
 * Of the paths that would go, those that the target's own ignore files cover: they may have been there then, ignored,
 * and no snapshot has them.
 */
async function readIgnoredThen(place: SnapshotPlace, { target, differences }: Restored): Promise<ReadonlySet<string>> {
  const goes = differences.filter(({ left, right }) => left !== undefined && right === undefined)
  if (goes.length === 0 || !differences.some(({ path }) => isIgnoreFile(path))) return new Set()
  const folder = ownFile(place)
  mkdirSync(folder)
  try {
    const index = withIndex(place, join(folder, 'index'))
    const rules = await readIgnoreFiles(place, target)
    if (rules.length > 0) {
      await putInIndex(index, rules)
      await git(index, ['checkout-index', '--all', `--prefix=${folder}/tree/`])
    }
    const then = { ...index.env, GIT_DIR: place.gitDir, GIT_WORK_TREE: join(folder, 'tree') }
    if (rules.length === 0) return new Set()
    return await readIgnored({ cwd: join(folder, 'tree'), env: then }, goes.map(({ path }) => path))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function readIgnoreFiles(place: SnapshotPlace, tree: Oid) {
  const said = (await runGit(place, ['ls-tree', '-r', '-z', '--full-tree', tree])).stdout.toString('utf8')
  return said.split('\0').flatMap((line) => {
    const [, mode = '', oid = '', path = ''] = /^(100\d+) blob (\w+)\t([^]+)$/.exec(line) ?? []
    return isIgnoreFile(path) ? [{ path, entry: { mode, oid: oid as Oid } }] : []
  })
}
