// The commits of a range, with one git process, and what an abbreviated object name may mean.

import { BitloopsError } from '../errors.ts'
import type { CommitSummary } from '../model/commit-summary.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

export interface CommitQuery {
  /** As git log takes it; HEAD where there is none. */
  readonly range?: string
  readonly author?: string
  readonly since?: string
  readonly max?: number
}

/** Whatever the user has set for his own `git log`. */
const PLAINLY = ['--no-show-signature', '--no-notes', '--no-decorate', '--no-color']
const FIELDS = ['%H', '%P', '%an', '%ae', '%at', '%ct', '%s']

/** Newest first. Throws `unknown-revision` with git's own words. */
export async function listCommits(place: GitPlace, query: CommitQuery): Promise<readonly CommitSummary[]> {
  const answer = await runGit(place, [
    'log', '-z', ...PLAINLY, '--no-mailmap', `--format=${FIELDS.join('%x1f')}`,
    ...(query.author === undefined ? [] : [`--author=${query.author}`]),
    ...(query.since === undefined ? [] : [`--since=${query.since}`]),
    ...(query.max === undefined ? [] : [`--max-count=${query.max}`]),
    '--end-of-options', query.range ?? 'HEAD', '--',
  ])
  if (answer.code !== 0) {
    const [said = ''] = answer.stderr.trim().replace(/^fatal: /, '').split('\n')
    throw new BitloopsError('unknown-revision', said === '' ? `git log failed (${answer.code})` : said)
  }
  return answer.stdout.toString('utf8').split('\0').filter(Boolean).map((record) => {
    const [oid, parents = '', name = '', email = '', authored, committed, subject = ''] = record.split('\x1f')
    return {
      oid: oid as Oid, parents: parents.split(' ').filter(Boolean) as Oid[], subject, author: { name, email },
      authoredAt: Number(authored) * 1000, committedAt: Number(committed) * 1000,
    }
  })
}

/** The commits that an abbreviated id may mean; none when it is too short or no id. */
export async function listAbbreviated(place: GitPlace, prefix: string): Promise<readonly string[]> {
  if (!/^[0-9a-f]{4,63}$/i.test(prefix)) return []
  const objects = await runGit(place, ['rev-parse', `--disambiguate=${prefix}`])
  const commits = ['log', '--no-walk=unsorted', ...PLAINLY, '--format=%h %s', '--stdin']
  const said = await runGit(place, commits, { input: objects.stdout })
  return said.stdout.toString('utf8').split('\n').filter(Boolean)
}

/** The paths a commit changed against its first parent, or against nothing. */
export async function listChangedPaths(place: GitPlace, commit: Oid): Promise<readonly string[]> {
  const answer = await runGit(place, [
    'diff-tree', '-r', '--root', '-m', '--first-parent', '--no-commit-id', '--name-only', '--no-renames',
    '--ignore-submodules=all', '-z', commit,
  ])
  return answer.stdout.toString('utf8').split('\0').filter(Boolean)
}
