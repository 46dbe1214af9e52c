// Which paths .gitignore covers: neither their content nor their names are anybody's business.

import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

/** The ignored ones of some paths of a worktree (tracked files are never ignored), with one git process. */
export async function readIgnored(
  place: GitPlace, paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set()
  // A leading ./ keeps a colon from being read as pathspec magic; check-ignore refuses to run with literal pathspecs.
  const answer = await runGit(place, ['check-ignore', '-z', '--stdin'],
    { input: paths.map((path) => `./${path}\0`).join(''), env: { GIT_LITERAL_PATHSPECS: undefined } })
  // 0: some are ignored, 1: none, 128: a path that git will not look at (beyond a symbolic link, in a submodule).
  if (answer.code > 1 && paths.length > 1) return await oneByOne(place, paths)
  if (answer.code !== 0) return new Set()
  const found = answer.stdout.toString('utf8').split('\0')
  return new Set(found.filter((path) => path.startsWith('./')).map((path) => path.slice('./'.length)))
}

/** One path that git refuses must not decide about the others. */
async function oneByOne(place: GitPlace, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const ignored = new Set<string>()
  for (const path of paths) for (const found of await readIgnored(place, [path])) ignored.add(found)
  return ignored
}
