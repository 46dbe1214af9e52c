// What rewriting leaves to read: the state files of the hook script, which commits a rebase made, what commits change.

import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parsePatch } from '../model/diff.ts'
import type { FilePatch } from '../model/diff.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { git, runGit, startGit } from './git.ts'
import type { GitPlace } from './git.ts'

/** In a worktree's Git directory: finished amends and rebases, picks outside of them, sources of the next commit. */
const REWRITTEN = 'bitloops-rewritten'
const PICKED = 'bitloops-picked'
const SOURCES = 'bitloops-sources'

export interface RecordedRewrites {
  readonly rewritten: string
  readonly picked: string
  readonly sources: string
  /** What was read has been dealt with; the sources of a commit only when that commit was made. */
  forget(withSources: boolean): void
}

/** Takes what hooks recorded in a worktree; until it is forgotten, the next call takes it again. */
export function takeRewrites(gitDir: string): RecordedRewrites {
  // Hooks go on writing meanwhile, into new files.
  const own = randomBytes(6).toString('hex')
  for (const name of [REWRITTEN, PICKED]) {
    tryTo(() => { renameSync(join(gitDir, name), join(gitDir, `${name}.${own}`)) })
  }
  const taken = namesIn(gitDir).filter((name) => /^bitloops-(?:rewritten|picked)\.[0-9a-f]{12}$/.test(name))
  const read = (names: readonly string[]): string =>
    names.map((name) => tryTo(() => readFileSync(join(gitDir, name), 'utf8')) ?? '').join('')
  return {
    rewritten: read(taken.filter((name) => name.startsWith(REWRITTEN))),
    picked: read(taken.filter((name) => name.startsWith(PICKED))),
    sources: read([SOURCES]),
    forget: (withSources) => {
      for (const name of [...taken, ...withSources ? [SOURCES] : []]) rmSync(join(gitDir, name), { force: true })
    },
  }
}

/** Whether hooks recorded what nobody has taken, or a run that took it was killed. Picks in a row are waited for. */
export function hasRewrites(gitDir: string): boolean {
  const names = namesIn(gitDir)
  return names.some((name) => name.startsWith(REWRITTEN))
    || (names.some((name) => name.startsWith(PICKED)) && !names.includes('sequencer'))
}

const namesIn = (folder: string): readonly string[] => tryTo(() => readdirSync(folder)) ?? []

function tryTo<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** The commits that lead to `tips`, less those that lead to `not`. Ids that are not here are passed over. */
export async function readReachable(
  place: GitPlace, tips: readonly string[], not: readonly string[],
): Promise<ReadonlySet<Oid>> {
  const input = [...tips, ...not.map((oid) => `^${oid}`), ''].join('\n')
  const answer = await runGit(place, ['rev-list', '--ignore-missing', '--stdin'], { input })
  return new Set(answer.stdout.toString('latin1').split('\n').filter(isOid))
}

/** Which of these commits no branch leads to, nor HEAD: they were thrown away again. */
export async function readUnreachable(place: GitPlace, commits: readonly Oid[]): Promise<ReadonlySet<Oid>> {
  const input = commits.map((oid) => `${oid}\n`).join('')
  const args = ['rev-list', '--ignore-missing', '--stdin', '--not', '--branches', 'HEAD']
  const answer = await runGit(place, args, { input })
  return new Set(answer.stdout.toString('latin1').split('\n').filter(isOid))
}

/** A commit against its first parent, or the difference of two trees under the name of the first. */
export type Change = Oid | { readonly commit: Oid; readonly base: Oid }

const inputOf = (changes: readonly Change[]): string =>
  changes.map((one) => typeof one === 'string' ? `${one}\n` : `${one.commit} ${one.base}\n`).join('')

const DIFF_TREE = ['diff-tree', '--stdin', '-r', '--root', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none']

/**
 * `git patch-id --stable` of each, in their order, with two processes. Merges are asked for with a base. Git repeats
 * lines that it does not understand: so each patch has a number for a name, as one commit may be in several changes.
 */
export async function readPatchIds(place: GitPlace, changes: readonly Change[]): Promise<readonly (Oid | undefined)[]> {
  const [first] = changes
  if (first === undefined) return []
  // Whole ids: those of binary files count, and abbreviated ones get longer in time.
  const diff = startGit(place, [...DIFF_TREE, '-p', '--full-index', '--no-commit-id'])
  const id = startGit(place, ['patch-id', '--stable'])
  diff.stderr.resume()
  id.stderr.resume()
  diff.stdout.pipe(id.stdin)
  const { length } = typeof first === 'string' ? first : first.commit
  const nameOf = (at: number): string => String(at + 1).padStart(length, '0')
  diff.stdin.end(changes.map((change, at) => `commit ${nameOf(at)}\n${inputOf([change])}`).join(''))
  let said = ''
  for await (const chunk of id.stdout) said += String(chunk)
  const found = new Map(said.split('\n').map((line) => line.split(' ').reverse() as [string, Oid]))
  return changes.map((_, at) => found.get(nameOf(at)))
}

/** The patches of commits, without context; merges have none. */
export async function readPatchesOf(
  place: GitPlace, commits: readonly Oid[],
): Promise<ReadonlyMap<Oid, ReadonlyMap<string, FilePatch>>> {
  if (commits.length === 0) return new Map()
  const output = (await git(place, [...DIFF_TREE, '-p', '-U0'], { input: inputOf(commits) })).toString('utf8')
  // No line of a patch is an id and nothing else.
  const parts = output.split(/^([0-9a-f]{40}|[0-9a-f]{64})\n/m).slice(1)
  return new Map(commits.flatMap((commit): [Oid, ReadonlyMap<string, FilePatch>][] => {
    const at = parts.findIndex((part, index) => index % 2 === 0 && part === commit)
    return at < 0 ? [] : [[commit, parsePatch(parts[at + 1] ?? '')]]
  }))
}

/** The paths each commit changes against any of its parents. */
export async function readPathsOf(
  place: GitPlace, commits: readonly Oid[],
): Promise<ReadonlyMap<Oid, ReadonlySet<string>>> {
  const paths = new Map<Oid, Set<string>>()
  if (commits.length === 0) return paths
  const output = await git(place, [...DIFF_TREE, '-m', '--no-renames', '--raw', '-z'], { input: inputOf(commits) })
  const fields = output.toString('utf8').split('\0')
  let current = new Set<string>()
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at]!
    if (field.startsWith(':')) current.add(fields[at += 1] ?? '')
    else if (isOid(field.trim())) paths.set(field.trim() as Oid, current = paths.get(field.trim() as Oid) ?? new Set())
  }
  return paths
}

/** The paths in which two trees differ. */
export async function readPathsBetween(place: GitPlace, left: Oid, right: Oid): Promise<ReadonlySet<string>> {
  const answer = await runGit(place, ['diff-tree', '-r', '--no-renames', '--name-only', '-z', left, right])
  return new Set(answer.stdout.toString('utf8').split('\0').filter(Boolean))
}
