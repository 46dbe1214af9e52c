// Words for scenarios that rewrite commits: linked commits to begin with, and what is linked afterwards.

import * as assert from 'uvu/assert'
import { noteOf, readLinked } from './checkpoints.ts'
import { commitAll, makeInitialised } from './repository.ts'
import type { RepositoryOptions, TestRepository } from './repository.ts'
import { playTurn } from './turn.ts'

export interface LinkedCommit {
  readonly oid: string
  /** Its checkpoint. */
  readonly id: string
}

/** A turn of a session of its own that writes a file, committed by the user. */
export async function commitLinked(
  repository: TestRepository, path: string, text = `${path}\n`,
): Promise<LinkedCommit> {
  await playTurn(repository, `Write ${path}`, { [path]: text })
  await run(repository, commitAll(`Add ${path}`))
  const ids = await idsOf(repository)
  const log = ids.length === 1 ? ''
    : (await repository.sh(`ls -a '${repository.bitloopsHome}'; cat .git/bitloops/log`)).output
  assert.is(ids.length, 1, `the checkpoints of ${path}\n${log}`)
  return { oid: await repository.git('rev-parse', 'HEAD'), id: ids[0]! }
}

/** Several of them, one file each. */
export async function commitLinkedAll(
  repository: TestRepository, ...paths: readonly string[]
): Promise<LinkedCommit[]> {
  const commits: LinkedCommit[] = []
  for (const path of paths) commits.push(await commitLinked(repository, path))
  return commits
}

/** The checkpoints linked to a commit, in order; without those that only go on with another one's turn. */
export const idsOf = async (repository: TestRepository, revision = 'HEAD'): Promise<readonly string[]> =>
  (await readLinked(repository, revision)).filter(({ record }) => record.kind === 'commit')
    .map(({ record }) => record.id).sort()

/** How a commit came to its checkpoints: `rewrite by rebase`. */
export const evidenceOf = async (repository: TestRepository, revision = 'HEAD'): Promise<readonly string[]> =>
  [...new Set((await readLinked(repository, revision)).map(({ link }) => `${link.evidence} by ${link.by}`))]

/** Runs a line of sh that must succeed. */
export async function run(repository: TestRepository, script: string): Promise<string> {
  const outcome = await repository.sh(script)
  assert.is(outcome.code, 0, `${script}: ${outcome.output}`)
  return outcome.stdout
}

/** Runs a rebase whose todo list is edited by a line of sed. */
export const rebaseWith = (repository: TestRepository, sed: string, onto: string): Promise<string> =>
  run(repository, `GIT_SEQUENCE_EDITOR='sed -i -e "${sed}"' GIT_EDITOR=true git rebase -q -i ${onto}`)

/** How many commits checkpoints were made for. */
export const countCheckpoints = async (repository: TestRepository): Promise<number> =>
  (await repository.git('ls-tree', '-r', '-d', '--name-only', 'refs/bitloops/checkpoints', '.bitloops/checkpoints/v1/'))
    .split('\n').filter((path) => /\/[0-9a-f]{40,64}$/.test(path)).length

/** Asserts that each commit, oldest first, has exactly these checkpoints, and that its note names the same. */
export async function assertLinks(
  repository: TestRepository, expected: Readonly<Record<string, readonly LinkedCommit[]>>,
): Promise<void> {
  for (const [revision, commits] of Object.entries(expected)) {
    assert.equal(await idsOf(repository, revision), commits.map(({ id }) => id).sort(), `links of ${revision}`)
    const linked = (await readLinked(repository, revision)).map(({ record }) => record.id).sort()
    const noted = [...new Set((await noteOf(repository, revision)).map((line) => line.slice(0, 26)))].sort()
    assert.equal(noted, linked, `note of ${revision}`)
  }
}

/** A branch `topic` of linked commits, one file each, and a main that has gone on. HEAD is on topic. */
export async function makeTopic(
  options: RepositoryOptions, ...paths: readonly string[]
): Promise<{ repository: TestRepository; commits: LinkedCommit[] }> {
  const repository = await makeInitialised(options)
  await run(repository, 'git switch -q -c topic')
  const commits = await commitLinkedAll(repository, ...paths)
  await run(repository, 'git switch -q main && git commit -q --allow-empty -m main && git switch -q topic')
  return { repository, commits }
}

/** Linked commits a, b, c on topic, of which b conflicts with main. HEAD is on topic. */
export async function makeConflict(): Promise<{ repository: TestRepository; commits: LinkedCommit[] }> {
  const repository = await makeInitialised()
  await run(repository, 'git switch -q -c topic')
  const commits = await commitLinkedAll(repository, 'a.txt', 'b.txt', 'c.txt')
  await run(repository, 'git switch -q main && echo theirs >b.txt && git add b.txt && git commit -q -m theirs')
  await run(repository, 'git switch -q topic')
  return { repository, commits }
}

/** Linked commits on a branch `topic`; HEAD is on main, which has gone on in b.txt. */
export async function makeBranch(
  options: RepositoryOptions, ...paths: readonly string[]
): Promise<{ repository: TestRepository; commits: LinkedCommit[] }> {
  const repository = await makeInitialised(options)
  await run(repository, 'git switch -q -c topic')
  const commits = await commitLinkedAll(repository, ...paths)
  await run(repository, 'git switch -q main && echo theirs >b.txt && git add b.txt && git commit -q -m theirs')
  return { repository, commits }
}

/** What `git bitloops relink` says, which must succeed. */
export const relink = (repository: TestRepository, ...args: readonly string[]): Promise<string> =>
  run(repository, `git bitloops relink ${args.join(' ')}`)
