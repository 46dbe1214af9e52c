// Where folders and files of old sessions lay: in a worktree of this repository that is there, or in one that was.

import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { openLocator } from '../git/locate.ts'
import type { Locator, PathPlace, WorktreePlace } from '../git/locate.ts'
import type { Repository } from '../git/repository.ts'
import { listWorktrees } from '../git/worktrees.ts'
import type { LiveStore } from './live.ts'

export interface OldPlaces {
  /** Folders of the worktrees that are there. */
  readonly worktrees: readonly string[]
  /** Root of the worktree that a folder is, or was, in. */
  worktreeOf(folder: string): string | undefined
  /** The root and the path below it of a file in a worktree of this repository, there or gone. */
  placeOf(file: string): { readonly root: string; readonly path: string } | undefined
}

/**
 * Worktrees that are gone are known by what Git (until it prunes) or the live store remembers of them, or by their
 * place: agents and people make them in a folder `worktrees` below another one.
 */
export async function openOldPlaces(repository: Repository, store: LiveStore): Promise<OldPlaces> {
  const ours = realpathSync.native(repository.commonDir)
  const locator = openLocator()
  const listed = (await listWorktrees(repository)).filter(({ bare }) => !bare).map(({ path }) => path)
  const remembered = store.all<{ worktree: string }>(
    'SELECT worktree FROM sessions WHERE worktree IS NOT NULL UNION SELECT worktree FROM heads')
    .map(({ worktree }) => worktree)
  const gone = [...new Set([...listed, ...remembered])].filter((root) => !existsSync(root))
    .sort((one, other) => other.length - one.length)

  const goneAbove = (path: string): string | undefined =>
    gone.find((root) => path === root || path.startsWith(`${root}/`))
  const rootOf = (found: WorktreePlace | undefined, below: string): string | undefined => {
    if (found === undefined || found.commonDir !== ours) return undefined
    const [, nested] = /^((?:.*\/)?\.?worktrees\/[^/]+)(?:\/|$)/.exec(below) ?? []
    const root = nested === undefined ? undefined : join(found.root, nested)
    return root === undefined || existsSync(root) ? found.root : root
  }

  return {
    worktrees: listed.filter((root) => existsSync(root)),
    worktreeOf(folder) {
      const known = goneAbove(folder)
      if (known !== undefined) return known
      const found = locator.findWorktree(folder)
      // A path like any other tells which part of the folder lies below the root.
      const inside = locator.findPlace(join(folder, 'x'))
      return rootOf(found, inside === undefined ? '' : inside.path.replace(/\/?x$/, ''))
    },
    placeOf(file) {
      const known = goneAbove(file)
      if (known !== undefined && known !== file) return { root: known, path: file.slice(known.length + 1) }
      const found = locator.findPlace(file)
      const root = rootOf(found, found?.path ?? '')
      if (found === undefined || root === undefined) return undefined
      return { root, path: found.path.slice(root.length - found.root.length).replace(/^\//, '') }
    },
  }
}

/** Stands before a worktree's root: nobody shall look there for a file that may be gone, or another one by now. */
const OLD = 'old:'

export const rootOfOld = (worktree: string): string => worktree.slice(OLD.length)

/** A locator for recording edits of old sessions. */
export const oldLocator = (places: OldPlaces, { commonDir }: Repository): Locator => ({
  findWorktree: () => undefined,
  findPlace(file): PathPlace | undefined {
    const place = places.placeOf(file)
    return place === undefined ? undefined
      : { root: `${OLD}${place.root}`, path: place.path, commonDir: realpathSync.native(commonDir) }
  },
})
