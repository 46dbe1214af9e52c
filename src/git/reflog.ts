// Commits that were made in this worktree, as its reflog tells.

import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

const MAX_ENTRIES = 200
/** Where nobody has looked before, only the last few are worth a look. */
const MAX_ENTRIES_FIRST = 10

/**
 * The commits that HEAD moved to by a commit (or by a tool that gave no reason) since it was at `since`, oldest first.
 * Fetched, checked-out, reset and rebased ones are not among them. Without `since`: of the last few moves.
 */
export async function readMadeCommits(place: GitPlace, since: Oid | undefined): Promise<readonly Oid[]> {
  const most = since === undefined ? MAX_ENTRIES_FIRST : MAX_ENTRIES
  const answer = await runGit(place, ['reflog', 'show', '--format=%H %gs', `-n${most}`, 'HEAD'])
  const made: Oid[] = []
  for (const line of answer.stdout.toString('utf8').split('\n')) {
    const [, oid = '', reason = ''] = /^(\S+) ?(.*)$/.exec(line) ?? []
    if (!isOid(oid)) continue
    if (oid === since) break
    if (reason === '' || reason.startsWith('commit')) made.unshift(oid)
  }
  return [...new Set(made)]
}
