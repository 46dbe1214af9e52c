// Says of each file change whether a commit of this repository could hold it, and where.

import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { FileChange, Observation } from '../model/event.ts'
import { readIgnored } from '../git/ignored.ts'
import type { Locator, PathPlace } from '../git/locate.ts'
import { foreignEnvironment } from '../git/repository.ts'
import type { Repository } from '../git/repository.ts'
import type { GitPlace } from '../git/git.ts'
import type { EditPlace } from './events.ts'

export interface PlacedObservations {
  readonly observations: readonly Observation[]
  /** The place of a file change among the observations; undefined: outside, ignored, or another repository's. */
  readonly placeOf: (change: FileChange) => EditPlace | undefined
  /** The home of another initialised repository that a file change belongs to. */
  readonly elsewhereOf: (change: FileChange) => string | undefined
}

/** Finds the places of all file changes, with one git process for each worktree they are in. */
export async function placeChanges(
  repository: Repository, locator: Locator, observations: readonly Observation[],
): Promise<PlacedObservations> {
  const commonDir = realpathSync.native(repository.commonDir)
  const places = new Map<string, PathPlace>()
  const elsewhere = new Map<string, string>()
  for (const { event } of observations) {
    if (event.kind !== 'file-change') continue
    for (const path of event.from === undefined ? [event.path] : [event.path, event.from]) {
      const place = locator.findPlace(path) ?? placeInside(repository, path)
      if (place === undefined) continue
      if (place.commonDir === commonDir) places.set(path, place)
      else if (isInitialised(place)) elsewhere.set(path, homeOf(place))
    }
  }
  const ignored = await readIgnoredPlaces(repository, places)
  return {
    observations: observations.map((observation) => withoutIgnored(observation, ignored)),
    placeOf: (change) => {
      const place = places.get(change.path)
      if (place === undefined || ignored.has(change.path)) return undefined
      const from = change.from === undefined ? undefined : places.get(change.from)
      return { worktree: place.root, path: place.path, ...(from?.root === place.root ? { fromPath: from.path } : {}) }
    },
    elsewhereOf: (change) => elsewhere.get(change.path),
  }
}

/** For git calls in a worktree of the repository, also where the caller's variables select another one. */
export const gitPlaceOf = (repository: Repository, worktree: string): GitPlace => worktree === repository.worktree
  ? { cwd: worktree, env: repository.env }
  : { cwd: worktree, env: foreignEnvironment(repository.env) }

/** Repositories whose worktree holds no `.git` (dot files): only the caller's git knows the root. */
function placeInside(repository: Repository, file: string): PathPlace | undefined {
  const root = repository.worktree
  if (root === undefined || !isAbsolute(file) || existsSync(join(root, '.git'))) return undefined
  const path = relative(root, file).split(sep).join('/')
  if (path === '' || path.startsWith('../')) return undefined
  return { root, commonDir: realpathSync.native(repository.commonDir), path }
}

const homeOf = (place: PathPlace): string => join(place.commonDir, 'bitloops')
const isInitialised = (place: PathPlace): boolean =>
  existsSync(join(homeOf(place), 'inbox', 'new')) && !existsSync(join(homeOf(place), 'disabled'))

async function readIgnoredPlaces(
  repository: Repository, places: ReadonlyMap<string, PathPlace>,
): Promise<ReadonlySet<string>> {
  const ignored = new Set<string>()
  const roots = new Set([...places.values()].map((place) => place.root))
  for (const root of roots) {
    if (!existsSync(root)) continue
    const inside = [...places].filter(([, place]) => place.root === root)
    const paths = [...new Set(inside.map(([, place]) => place.path))]
    const found = await readIgnored(gitPlaceOf(repository, root), paths)
    for (const [file, place] of inside) if (found.has(place.path)) ignored.add(file)
  }
  return ignored
}

/** What an ignored file holds is not kept. */
function withoutIgnored(observation: Observation, ignored: ReadonlySet<string>): Observation {
  const { event } = observation
  if (event.kind !== 'file-change' || !ignored.has(event.path)) return observation
  const { hunks: _hunks, before: _before, after: _after, ...kept } = event
  return { ...observation, event: kept }
}
