// Which files Git knows: those are everybody's, and not ours to change unasked.

import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { foreignEnvironment } from './repository.ts'
import type { Repository } from './repository.ts'

/** Those of the paths (or what lies below them), from the root of a worktree, that are in its index. */
export async function listTracked(
  repository: Repository, root: string, paths: readonly string[],
): Promise<ReadonlySet<string>> {
  // GIT_DIR and GIT_WORK_TREE, where they are set, mean the worktree we are in.
  const env = root === repository.worktree ? repository.env : foreignEnvironment(repository.env)
  const place: GitPlace = { ...repository, cwd: root, env }
  const { stdout } = await runGit(place, ['ls-files', '-z', '--', ...paths])
  return new Set(stdout.toString('utf8').split('\0').filter(Boolean))
}
