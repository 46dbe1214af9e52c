// What promotion asks git about a commit: its paths, its patches, its patch-id.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePatch, parseRawDiff } from '../model/diff.ts'
import type { ChangedPath, FilePatch } from '../model/diff.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import type { CommitHeader } from './commit-object.ts'
import { git, gitText, runGit } from './git.ts'
import type { Repository } from './repository.ts'

/** A patch that is longer is not read: such a commit is matched by its paths alone. */
const PATCH_MAX_BYTES = 32 * 1024 * 1024

/** What a commit changed. */
export interface CommitChanges {
  /** Of a merge: the paths that differ from every parent, which somebody resolved. */
  readonly changed: readonly ChangedPath[]
  /** By path; empty where the patch is too long to be read. */
  readonly patches: ReadonlyMap<string, FilePatch>
  /** `git patch-id --stable`; absent for merges, empty and very large commits. */
  readonly patchId: Promise<Oid | undefined>
}

const DIFF_TREE = ['diff-tree', '-r', '--root', '--no-commit-id', '--no-ext-diff', '--no-textconv']
const NONE = Promise.resolve(undefined)

/** Reads the changes of a commit against its first parent, mostly with one process, and one more for the patch-id. */
export async function readCommitChanges(repository: Repository, commit: CommitHeader): Promise<CommitChanges> {
  if (commit.parents.length > 1) return readMergeChanges(repository, commit)
  const answer = await runGit(repository, [...DIFF_TREE, '--raw', '-p', commit.oid], { maxBytes: PATCH_MAX_BYTES })
  if (answer.code !== 0) {
    return { changed: await readPaths(repository, [commit.oid]), patches: new Map(), patchId: NONE }
  }
  const { changed, patch } = splitDiff(answer.stdout)
  const patchId = patch.length === 0 ? NONE : readPatchId(repository, patch)
  const mayRename = changed.some(({ change }) => change === 'create')
    && changed.some(({ change }) => change === 'delete')
  if (!mayRename) return { changed, patches: parsePatch(patch.toString('utf8')), patchId }
  // The patch-id is that of the plain patch; who reads the files wants to know what was renamed.
  return { ...await readRenamed(repository, [commit.oid]), patchId }
}

async function readMergeChanges(repository: Repository, commit: CommitHeader): Promise<CommitChanges> {
  const names = await gitText(repository, [...DIFF_TREE, '-c', '--name-only', '-z', commit.oid])
  const resolved = new Set(names.split('\0').filter(Boolean))
  if (resolved.size === 0) return { changed: [], patches: new Map(), patchId: NONE }
  const { changed, patches } = await readRenamed(repository, [commit.parents[0]!, commit.oid])
  return { changed: changed.filter(({ path }) => resolved.has(path)), patches, patchId: NONE }
}

async function readRenamed(repository: Repository, sides: readonly Oid[]): Promise<Omit<CommitChanges, 'patchId'>> {
  const answer = await runGit(
    repository, [...DIFF_TREE, '-M', '--raw', '-p', '-U0', ...sides], { maxBytes: PATCH_MAX_BYTES })
  if (answer.code !== 0) return { changed: await readPaths(repository, sides), patches: new Map() }
  const { changed, patch } = splitDiff(answer.stdout)
  return { changed, patches: parsePatch(patch.toString('utf8')) }
}

const readPaths = async (repository: Repository, sides: readonly Oid[]): Promise<readonly ChangedPath[]> =>
  parseRawDiff((await git(repository, [...DIFF_TREE, '-M', '--raw', ...sides])).toString('utf8'))

/** The list of paths comes first, then an empty line, then the patch. */
function splitDiff(output: Buffer): { changed: readonly ChangedPath[]; patch: Buffer } {
  const end = output.indexOf('\n\n')
  if (end < 0) return { changed: parseRawDiff(output.toString('utf8')), patch: Buffer.alloc(0) }
  return { changed: parseRawDiff(output.toString('utf8', 0, end)), patch: output.subarray(end + 2) }
}

async function readPatchId(repository: Repository, patch: Buffer): Promise<Oid | undefined> {
  const answer = await runGit(repository, ['patch-id', '--stable'], { input: patch })
  const [id = ''] = answer.stdout.toString('latin1').split(' ')
  return isOid(id) ? id : undefined
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
