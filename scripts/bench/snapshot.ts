// Takes snapshots of a working tree of 30,000 files, by turns with the `git status` that each of them begins with.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository } from '../../src/git/repository.ts'
import { readStatus } from '../../src/git/status.ts'
import { snapshotWorktree } from '../../src/store/snapshots.ts'
import { makeInitialised } from '../../test/support/repository.ts'
import { call, measure, median } from './measure.ts'
import type { Row } from './report.ts'
import { base } from './stage.ts'

const FILES = 30_000
const IN_A_FOLDER = 300
const CHANGED = 20
const ROUNDS = 10

const fileOf = (root: string, number: number): string =>
  join(root, `folder-${Math.floor(number / IN_A_FOLDER)}`, `file-${number}.txt`)

export async function benchSnapshot(): Promise<readonly Row[]> {
  const { root, env, remove } = await makeInitialised()
  for (let number = 0; number < FILES; number += 1) {
    if (number % IN_A_FOLDER === 0) mkdirSync(join(root, `folder-${number / IN_A_FOLDER}`))
    writeFileSync(fileOf(root, number), `${number}\n`)
  }
  call('git', ['add', '--all'], { cwd: root, env })
  call('git', ['commit', '--quiet', '-m', 'Many'], { cwd: root, env })
  const repository = await openRepository(root, env)
  const { N, G } = measure(base({ root, env }), ROUNDS)

  /** How long a look at the worktree takes, and a look with a snapshot; `prepare` comes before each. */
  const both = async (prepare: (round: number) => void): Promise<{ readonly look: number; readonly taken: number }> => {
    const times = { look: [] as number[], taken: [] as number[] }
    for (let round = 0; round < 2 * ROUNDS; round += 1) {
      prepare(round)
      const began = performance.now()
      const status = await readStatus({ cwd: root, env })
      if (status === undefined) throw new Error('git status failed')
      if (round % 2 === 0) {
        times.look.push(performance.now() - began)
      } else {
        if (await snapshotWorktree(repository, root, status, Date.now) === undefined) throw new Error('no snapshot')
        times.taken.push(performance.now() - began)
      }
    }
    return { look: median(times.look), taken: median(times.taken) }
  }
  const clean = await both(() => {})
  const dirty = await both((round) => {
    for (let number = 0; number < CHANGED; number += 1) writeFileSync(fileOf(root, number), `round ${round}\n`)
  })
  remove()
  return [
    { what: `git status of ${FILES} files`, N, G, ms: clean.look },
    { what: 'the same with a snapshot, nothing changed', N, G, ms: clean.taken,
      bar: { ms: 1.5 * clean.look, words: '1.5 × git status' } },
    { what: `the same with a snapshot, ${CHANGED} files changed`, N, G, ms: dirty.taken,
      bar: { ms: 4 * dirty.look, words: '4 × git status' } },
  ]
}
