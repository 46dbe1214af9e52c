// What promotion asks git about a commit: its header, its paths, its patches, its patch-id.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePatch, parseRawDiff } from '../model/diff.ts'
import type { ChangedPath, FilePatch } from '../model/diff.ts'
import type { Millis } from '../model/event.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import type { GitObject } from './cat-file.ts'
import { git, gitText, runGit, startGit } from './git.ts'
import type { Repository } from './repository.ts'

export interface CommitHeader {
  readonly oid: Oid
  readonly tree: Oid
  readonly parents: readonly Oid[]
  readonly authoredAt: Millis
  readonly committedAt: Millis
  /** `Name <email> seconds zone`, as in the object: who writes the checkpoint's commit. */
  readonly committer: string
}

/** Above this, a commit is an import or a merge of trees: its patch-id is not worth the wait. */
const PATCH_ID_MAX_PATHS = 5000
/** Patches are read for the paths that edits name; more than this many are matched by path alone. */
const PATCH_MAX_PATHS = 2000
const PATCH_MAX_BYTES = 64 * 1024 * 1024

/** The header of a commit object. Throws when the object is none. */
export function parseCommit(object: GitObject): CommitHeader {
  const text = object.body.toString('utf8')
  const head = text.slice(0, text.indexOf('\n\n') + 1 || undefined)
  const lines = head.split('\n')
  const value = (name: string): string | undefined => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)
  const tree = value('tree') ?? ''
  const committer = value('committer') ?? ''
  if (object.type !== 'commit' || !isOid(tree)) throw new Error(`${object.oid} is not a commit`)
  return {
    oid: object.oid,
    tree,
    parents: lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7) as Oid),
    authoredAt: timeOf(value('author') ?? ''),
    committedAt: timeOf(committer),
    committer,
  }
}

const timeOf = (person: string): Millis => Number(/ (-?\d+) [+-]\d{4}$/.exec(person)?.[1] ?? 0) * 1000

/** The paths a commit changed. Of a merge: those that differ from every parent, which somebody resolved. */
export async function readChangedPaths(repository: Repository, commit: CommitHeader): Promise<readonly ChangedPath[]> {
  if (commit.parents.length < 2) {
    return parseRawDiff(await git(repository, [...DIFF_TREE, '--root', '-M', '--raw', '-z', commit.oid]))
  }
  const names = (await gitText(repository, [...DIFF_TREE, '-c', '--name-only', '-z', commit.oid])).split('\0').filter(Boolean)
  if (names.length === 0) return []
  const resolved = new Set(names)
  const all = parseRawDiff(await git(repository, [...DIFF_TREE, '-M', '--raw', '-z', commit.parents[0]!, commit.oid]))
  return all.filter((changed) => resolved.has(changed.path))
}

const DIFF_TREE = ['diff-tree', '-r', '--no-commit-id', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all']

/** The patches of these paths against the first parent, without context. */
export async function readPatches(
  repository: Repository, commit: CommitHeader, changed: readonly ChangedPath[],
): Promise<ReadonlyMap<string, FilePatch>> {
  if (changed.length === 0 || changed.length > PATCH_MAX_PATHS) return new Map()
  const paths = changed.flatMap(({ path, from }) => from === undefined ? [path] : [path, from])
  const sides = commit.parents.length === 0 ? ['--root', commit.oid] : [commit.parents[0]!, commit.oid]
  const answer = await runGit(repository, [...DIFF_TREE, '-M', '-p', '-U0', ...sides, '--', ...paths], { maxBytes: PATCH_MAX_BYTES })
  return answer.code === 0 ? parsePatch(answer.stdout.toString('utf8')) : new Map()
}

/** `git patch-id --stable` of a commit with one parent or none; undefined for merges, empty and very large commits. */
export async function readPatchId(repository: Repository, commit: CommitHeader, pathCount: number): Promise<Oid | undefined> {
  if (commit.parents.length > 1 || pathCount === 0 || pathCount > PATCH_ID_MAX_PATHS) return undefined
  const diff = startGit(repository, ['diff-tree', '-p', '--root', '--no-ext-diff', '--no-textconv', commit.oid])
  const id = startGit(repository, ['patch-id', '--stable'])
  diff.stderr.resume()
  id.stderr.resume()
  diff.stdout.pipe(id.stdin)
  let said = ''
  for await (const chunk of id.stdout) said += String(chunk)
  const [first = ''] = said.split(' ')
  return isOid(first) ? first : undefined
}

/** Which of these paths differ between the last commit and the index or the working tree. */
export async function readDirtyPaths(repository: Repository, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (repository.worktree === undefined || paths.length === 0) return new Set()
  const answer = await runGit({ ...repository, cwd: repository.worktree }, [
    'status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=all', '--', ...paths,
  ])
  return new Set(answer.stdout.toString('utf8').split('\0').filter(Boolean).map((entry) => entry.slice(3)))
}

/** The short name of the branch that HEAD is on; undefined when detached. */
export async function readBranch(repository: Repository): Promise<string | undefined> {
  const head = await readFile(join(repository.gitDir, 'HEAD'), 'utf8').catch(() => '')
  const ref = /^ref: refs\/heads\/(.+)\n?$/.exec(head)?.[1]
  // With reftable the file is a dummy that names no branch.
  if (ref !== undefined && ref !== '.invalid') return ref
  if (/^[0-9a-f]{40,64}\n?$/.test(head)) return undefined
  const answer = await runGit(repository, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return answer.code === 0 ? answer.stdout.toString('utf8').trimEnd() : undefined
}
