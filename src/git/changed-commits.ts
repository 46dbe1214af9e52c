// The commits of all branches since some time that changed any of some paths, with one git process, however long the
// history.

import { BitloopsError } from '../errors.ts'
import type { Millis } from '../model/event.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { startGit } from './git.ts'
import type { GitPlace } from './git.ts'

export interface ChangedCommit {
  readonly oid: Oid
  readonly authoredAt: Millis
  readonly committedAt: Millis
  /** Those asked for, of a merge only what differs from all parents. */
  readonly paths: readonly string[]
}

/** Begins the header of a commit; paths follow it. */
const MARK = '\x01'

/** Oldest first. What is reachable from branches, tags, remotes and the HEADs of worktrees, ours excepted. */
export async function listChangedCommits(
  place: GitPlace, since: Millis, isWanted: (path: string) => boolean,
): Promise<readonly ChangedCommit[]> {
  const child = startGit(place, [
    'log', '--exclude=refs/bitloops/*', '--exclude=refs/notes/*', '--exclude=refs/stash', '--all', '--date-order',
    `--since=${Math.floor(since / 1000)}`, '-z', '-c', '--name-only', '--no-renames', '--no-show-signature',
    '--no-notes', '--no-decorate', '--ignore-submodules=all', `--format=%x01%H %at %ct`,
  ])
  const ended = new Promise<number | null>((resolve) => { child.on('close', resolve) })
  child.stdin.end()
  child.stderr.resume()
  const commits: ChangedCommit[] = []
  let paths: string[] = []
  for await (const word of splitAtNul(child.stdout)) {
    const [, oid = '', authored, committed] = /^\x01([0-9a-f]{40,64}) (-?\d+) (-?\d+)$/.exec(word) ?? []
    if (isOid(oid)) {
      paths = []
      commits.push({ oid, authoredAt: Number(authored) * 1000, committedAt: Number(committed) * 1000, paths })
    } else {
      const path = word.startsWith('\n') ? word.slice(1) : word
      if (path !== '' && !path.startsWith(MARK) && isWanted(path)) paths.push(path)
    }
    // Of the commit before, all is known now.
    const last = commits.at(-2)
    if (isOid(oid) && last?.paths.length === 0) commits.splice(-2, 1)
  }
  const code = await ended
  if (code !== 0) throw new BitloopsError('git-failed', `git log failed (${code})`)
  // Git gave children before parents; among commits of one second that order stays.
  return commits.filter((commit) => commit.paths.length > 0).reverse()
    .sort((one, other) => one.committedAt - other.committedAt)
}

async function* splitAtNul(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      yield bytes.toString('utf8', from, end)
      from = end + 1
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) yield rest.toString('utf8')
}
