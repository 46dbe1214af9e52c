// Makes the lines of a session, which may come from several machines, those of a session of this one.

import type { AgentAdapter } from './agent.ts'
import { findOldRoot, homeOf, mapPaths } from './map-paths.ts'
import type { PathMapping } from './map-paths.ts'
import type { AgentResume } from './resume.ts'

export interface RecordedLines {
  readonly lines: readonly string[]
  /** Files that were committed with them, from the root of the repository. */
  readonly paths: readonly string[]
}

export interface PlacedSession {
  readonly lines: readonly string[]
  /** From the root of the working tree to the folder that the session was started in; empty at the root. */
  readonly below: string
  /** What became of which path. */
  readonly mappings: readonly PathMapping[]
}

/** `root`: of the working tree here. `home`: the user's home folder. */
export function placeSession(
  adapter: Pick<AgentAdapter, 'startedIn'>, agent: Pick<AgentResume, 'sealed'>, slices: readonly RecordedLines[],
  { root, home }: { readonly root: string; readonly home: string },
): PlacedSession {
  const roots: string[] = []
  let below: string | undefined
  for (const { lines, paths } of slices) {
    const cwd = adapter.startedIn(lines, '')
    if (cwd === undefined || roots.some((known) => isWithin(cwd, known))) continue
    const found = findOldRoot(cwd, lines, paths)
    // The agent may only have gone elsewhere for a while.
    if (below !== undefined && found.known === 0) continue
    below ??= cwd.slice(found.root.length).replaceAll('\\', '/').replace(/^\//, '')
    roots.push(found.root)
  }
  const mappings = roots.flatMap((from): PathMapping[] => {
    const old = homeOf(from)
    return [{ from, to: root }, ...old === undefined || old === from ? [] : [{ from: old, to: home }]]
  }).filter(({ from, to }) => from !== to)
  const lines = slices.flatMap((slice) => slice.lines.map((line) => mapPaths(line, mappings, agent.sealed)))
  return { lines, below: below ?? '', mappings }
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`)
