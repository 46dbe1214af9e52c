// Writes objects, and moves our refs in one transaction with expected old values.

import { randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../errors.ts'
import { outputOf, runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import type { Repository } from './repository.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'

/** A commit to be made on top of its first parent: these files written, those taken out. */
export interface NewCommit {
  readonly parents: readonly Oid[]
  /** The tree to begin with, instead of the first parent's. */
  readonly tree?: Oid
  /** `Name <email> seconds zone`. */
  readonly committer: string
  readonly message: string
  readonly write: readonly NewFile[]
  readonly remove: readonly string[]
}

/** `oid`: a blob that is there already. */
export type NewFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly oid: Oid }

/** Git's word for no object. */
export const noOid = ({ objectFormat }: Pick<Repository, 'objectFormat'>): Oid =>
  '0'.repeat(objectFormat === 'sha256' ? 64 : 40) as Oid

/**
 * Writes the commits with one `git fast-import` and gives back their ids. No ref leads to them yet: that is for
 * `moveRefs`, at once. fast-import itself never touches a live ref (of two refs, one stale, it moves the other);
 * the private branches it needs are taken back in the same stream, before they become refs.
 */
export async function writeCommits(repository: Repository, commits: readonly NewCommit[]): Promise<readonly Oid[]> {
  const parts: Buffer[] = []
  const put = (text: string): void => { parts.push(Buffer.from(text)) }
  const branch = `refs/bitloops/tmp/${randomBytes(8).toString('hex')}`
  put('feature done\n')
  commits.forEach((commit, at) => {
    const [first, ...others] = commit.parents
    put(`commit ${branch}-${at}\nmark :${at + 1}\ncommitter ${commit.committer}\n${data(commit.message)}`)
    if (first !== undefined) put(`from ${first}\n`)
    for (const other of others) put(`merge ${other}\n`)
    if (commit.tree !== undefined) put(`M 040000 ${commit.tree} ""\n`)
    for (const path of commit.remove) put(`D ${quotePath(path)}\n`)
    for (const file of commit.write) {
      if ('oid' in file) put(`M 100644 ${file.oid} ${quotePath(file.path)}\n`)
      else put(`M 100644 inline ${quotePath(file.path)}\n${data(file.text)}`)
    }
    put(`\nget-mark :${at + 1}\nreset ${branch}-${at}\nfrom ${noOid(repository)}\n\n`)
  })
  put('done\n')
  const said = await runImport(repository, Buffer.concat(parts))
  const oids = said.toString('latin1').split('\n').filter(isOid)
  if (oids.length !== commits.length) throw new Error('git fast-import did not say what it wrote')
  return oids
}

/** What fast-import reports of a failure lies in the user's `.git`, with paths and names, where nobody reads it. */
async function runImport(repository: Repository, input: Buffer): Promise<Buffer> {
  const answer = await runGit(
    repository, ['fast-import', '--quiet', '--force', '--done', '--date-format=raw-permissive'], { input })
  const report = /\bfast_import_crash_\d+/.exec(answer.stderr)?.[0]
  if (report !== undefined) rmSync(join(repository.gitDir, report), { force: true })
  return outputOf('fast-import', answer)
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

const quotePath = (path: string): string =>
  /^[A-Za-z0-9._/-]+$/.test(path) ? path : `"${path.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`

export interface RefMove {
  readonly ref: string
  readonly to: Oid
  /** What the ref must be now; undefined: it must not exist. */
  readonly from: Oid | undefined
}

/** Moves all refs or none. False when one of them is not what was expected: read again, unite, try again. */
export async function moveRefs(repository: Repository, moves: readonly RefMove[]): Promise<boolean> {
  const lines = ['start']
  for (const { ref, to, from } of moves) lines.push(`update ${ref} ${to} ${from ?? noOid(repository)}`)
  lines.push('prepare', 'commit', '')
  const answer = await runGit(repository, ['update-ref', '--stdin'], { input: lines.join('\n') })
  return answer.code === 0
}

/** Nobody holds the lock of a ref this long. */
const LEFT_MS = 5000

/** Throws `locked` where a Git that was killed left its lock of one of these refs: no waiting helps. */
export function refuseLeftLock({ commonDir }: Repository, refs: readonly string[]): void {
  const locks = refs.map((ref) => join(commonDir, `${ref}.lock`))
  const before = Date.now() - LEFT_MS
  const left = locks.find((lock) => (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < before)
  if (left === undefined) return
  throw new BitloopsError('locked', `${left} is in the way: a git process that was killed left it`, 'remove that file')
}

/** The refs below some prefixes, by name. */
export async function listRefs(place: GitPlace, ...prefixes: readonly string[]): Promise<ReadonlyMap<string, Oid>> {
  const answer = await runGit(place, ['for-each-ref', '--format=%(objectname) %(refname)', ...prefixes])
  const refs = new Map<string, Oid>()
  for (const line of answer.stdout.toString('utf8').split('\n')) {
    const [oid = '', ref] = line.split(' ')
    if (isOid(oid) && ref !== undefined) refs.set(ref, oid)
  }
  return refs
}
