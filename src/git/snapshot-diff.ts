// Which paths differ between trees, for many pairs of trees with one process.

import type { Oid } from '../model/ids.ts'
import { git } from './git.ts'
import type { GitPlace } from './git.ts'

/** For each pair the paths that differ, in the order of the pairs. */
export async function diffTreePairs(
  place: GitPlace, pairs: readonly (readonly [Oid, Oid])[],
): Promise<readonly ReadonlySet<string>[]> {
  const asked = pairs.filter(([from, to]) => from !== to)
  if (asked.length === 0) return pairs.map(() => new Set())
  const said = (await git(place, ['diff-tree', '--stdin', '-r', '-z', '--name-only', '--no-renames'],
    { input: asked.map(([from, to]) => `${from} ${to}\n`).join('') })).toString('utf8')
  const found: ReadonlySet<string>[] = []
  // Each answer begins with the pair on a line of its own, and stands where it has to.
  let from = 0
  for (const [at, pair] of asked.entries()) {
    from += headOf(pair).length
    const next = asked[at + 1]
    const end = next === undefined ? said.length : said.indexOf(`\0${headOf(next)}`, from - 1) + 1
    found.push(new Set(said.slice(from, end).split('\0').filter(Boolean)))
    from = end
  }
  let answered = 0
  return pairs.map(([one, other]) => one === other ? new Set() : found[answered++]!)
}

const headOf = ([from, to]: readonly [Oid, Oid]): string => `${from} ${to}\n`
