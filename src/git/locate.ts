// Finds the worktree that a path lies in by looking at the folders above it, as git does, but without a process: an
// agent's turn touches hundreds of paths. See gitrepository-layout(5) for `.git` files and `commondir`.

import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

export interface WorktreePlace {
  /** Absolute root, symbolic links resolved, as `git rev-parse --show-toplevel` says it. */
  readonly root: string
  /** Absolute, symbolic links resolved. */
  readonly commonDir: string
}

export interface PathPlace extends WorktreePlace {
  /** From the root, `/` between. */
  readonly path: string
}

export interface Locator {
  /** The worktree of a folder; it need not exist any more. */
  findWorktree(folder: string): WorktreePlace | undefined
  /** The place of a file; undefined outside of worktrees and inside `.git`. The file need not exist. */
  findPlace(file: string): PathPlace | undefined
}

const MAX_LINKS = 8

/** A locator remembers what it saw; make one for each batch. */
export function openLocator(): Locator {
  const known = new Map<string, WorktreePlace | undefined>()

  const findAbove = (folder: string): WorktreePlace | undefined => {
    if (known.has(folder)) return known.get(folder)
    const parent = dirname(folder)
    const place = basename(folder) === '.git' ? undefined
      : readWorktree(folder) ?? (parent === folder ? undefined : findAbove(parent))
    known.set(folder, place)
    return place
  }

  return {
    findWorktree: (folder) => isAbsolute(folder) ? findAbove(realFolder(folder)) : undefined,
    findPlace: (file) => {
      if (!isAbsolute(file)) return undefined
      const real = realFile(file, MAX_LINKS)
      const place = findAbove(dirname(real))
      if (place === undefined) return undefined
      const path = relative(place.root, real).split(sep).join('/')
      return path === '' || path.startsWith('../') || path.split('/').includes('.git') ? undefined : { ...place, path }
    },
  }
}

/** Resolves what exists of a folder's path and keeps the rest: it may have been deleted since. */
function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder)
  } catch {
    const parent = dirname(folder)
    return parent === folder ? folder : join(realFolder(parent), basename(folder))
  }
}

/** A tool that writes through a symbolic link changes the file it leads to. */
function realFile(file: string, linksLeft: number): string {
  const path = join(realFolder(dirname(file)), basename(file))
  if (linksLeft === 0 || lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return path
  return realFile(resolve(dirname(path), readlinkSync(path)), linksLeft - 1)
}

function readWorktree(root: string): WorktreePlace | undefined {
  try {
    const gitDir = findGitDir(root)
    return gitDir === undefined ? undefined : { root, commonDir: realpathSync.native(commonDirOf(gitDir)) }
  } catch {
    return undefined
  }
}

/** The Git directory that the `.git` of a folder is or leads to; undefined where there is none. */
export function findGitDir(root: string): string | undefined {
  const dotGit = join(root, '.git')
  const found = statSync(dotGit, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  const gitDir = found.isDirectory() ? dotGit : gitDirOf(root, dotGit)
  const head = gitDir === undefined ? undefined : lstatSync(join(gitDir, 'HEAD'), { throwIfNoEntry: false })
  return head === undefined ? undefined : gitDir
}

function gitDirOf(root: string, file: string): string | undefined {
  const [, path] = /^gitdir: (.+?)\r?\n?$/.exec(readFileSync(file, 'utf8')) ?? []
  return path === undefined ? undefined : resolve(root, path)
}

function commonDirOf(gitDir: string): string {
  try {
    return resolve(gitDir, readFileSync(join(gitDir, 'commondir'), 'utf8').trim())
  } catch {
    return gitDir
  }
}
