// kill -9 at random points of hook, drain and promotion: nothing accepted is lost, nothing half is left, and
// whoever comes next finishes with the same bytes. `make soak` kills more often.

import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import * as assert from 'uvu/assert'
import { CHECKPOINTS_REF, checkpointPath } from '../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../src/model/ids.ts'
import { readLinked, textOf } from './support/checkpoints.ts'
import { makeInitialised } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playStart } from './support/turn.ts'

const SOAK = process.env['BITLOOPS_SOAK'] === '1'
const KILLS = SOAK ? 40 : 4

/** A small generator of our own: the seed is printed when something fails. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/** Puts a program in Node's place that is killed, with everything it started, after so many milliseconds. */
function killProgramAfter(repository: TestRepository, afterMs: number | undefined): void {
  const path = join(repository.bitloopsHome, 'program')
  const [node = '', program = ''] = readFileSync(`${path}`, 'utf8').split('\n')
  const real = node.endsWith('/killer') ? process.execPath : node
  const killer = join(repository.sandbox.folder, 'killer')
  writeFileSync(killer, [
    '#!/bin/sh', `setsid '${real}' "$@" &`, 'pid=$!',
    `( sleep ${((afterMs ?? 0) / 1000).toFixed(3)}; kill -9 -- -$pid ) 2>/dev/null &`, 'wait $pid', '',
  ].join('\n'))
  chmodSync(killer, 0o755)
  writeFileSync(path, `${afterMs === undefined ? real : killer}\n${program}\n`)
}

interface PlanRow {
  readonly checkpoint: CheckpointId
  readonly commit: Oid
  readonly state: string
  readonly files: string
}

function readPlans(repository: TestRepository): readonly PlanRow[] {
  const database = new Sqlite(join(repository.bitloopsHome, 'live.db'), { readonly: true })
  try {
    return database.prepare('SELECT checkpoint, "commit", state, files FROM plans').all() as PlanRow[]
  } catch {
    return [] // killed before the tables were made
  } finally {
    database.close()
  }
}

describe(`kill -9 of drain and promotion, ${KILLS} times`, (it) => {
  const seed = Number(process.env['BITLOOPS_SEED'] ?? 20_261_120)
  it(`loses nothing, and each commit has one whole checkpoint in the end (seed ${seed})`, async () => {
    const random = randomFrom(seed)
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    const frozen = new Map<CheckpointId, PlanRow>()
    const commits: { oid: string; name: string }[] = []
    for (let at = 0; at < KILLS; at += 1) {
      const name = `file-${at}`
      killProgramAfter(repository, 30 + Math.floor(random() * 350))
      await claude.prompt(`Write ${name}`)
      await claude.think(`The reason for ${name}.`)
      await claude.write(`${name}.txt`, `${name} one\n${name} two\n`)
      await claude.stop(`${name} is there.`, { written: 'during' })
      const outcome = await repository.sh(`git add ${name}.txt && git commit --quiet -m 'Add ${name}'`)
      assert.equal([outcome.code, outcome.output], [0, ''])
      commits.push({ oid: await repository.git('rev-parse', 'HEAD'), name })
      for (const plan of readPlans(repository)) if (plan.state === 'frozen') frozen.set(plan.checkpoint, plan)
    }
    killProgramAfter(repository, undefined)
    await repository.waitForIdle()
    assert.is((await repository.bitloops('status')).code, 0)
    assert.equal(readdirSync(join(repository.bitloopsHome, 'inbox', 'new')), [])
    assert.equal(readPlans(repository).filter(({ state }) => state !== 'done'), [])

    for (const { oid, name } of commits) {
      const linked = (await readLinked(repository, oid)).filter(({ record }) => record.kind === 'commit')
      assert.is(linked.length, 1, `${name} has ${linked.length} checkpoints`)
      for (const text of [`Write ${name}`, `${name} one`]) {
        assert.ok(textOf(linked[0]!).includes(text), `${name}: ${text}`)
      }
    }
    // Nothing said is lost: the reason and the answer are in some checkpoint of some commit.
    const all = (await Promise.all(commits.map(({ oid }) => readLinked(repository, oid)))).flat().map(textOf).join('\n')
    const drafts = (await repository.bitloops('status', '--json')).stdout
    for (const { name } of commits.slice(0, -1)) {
      assert.ok(all.includes(`The reason for ${name}.`), `the reason for ${name} is lost: ${drafts}`)
      assert.ok(all.includes(`${name} is there.`), `the answer for ${name} is lost: ${drafts}`)
    }
    for (const { checkpoint, commit, files } of frozen.values()) {
      await assertSameBytes(repository, checkpoint, commit, files)
    }
    assert.is((await repository.tryGit('fsck', '--strict', '--no-dangling')).output, '')
  })
})

describe('a promotion that could not write', (it) => {
  it('is finished with the bytes that were frozen, though the transcript grew and a rule changed', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.', { written: 'before' })
    await repository.waitForIdle()
    repository.write('.git/refs/bitloops/checkpoints.lock', '')
    const started = Date.now()
    assert.is((await repository.sh('git add a.txt && git commit --quiet -m "Add a"')).output, '')
    assert.ok(Date.now() - started < 30_000, 'the commit waited without bound')
    const [plan] = readPlans(repository)
    assert.is(plan?.state, 'frozen')
    await repository.sh('rm .git/refs/bitloops/checkpoints.lock')

    // The transcript goes on, and the cache says that newer rules redact otherwise.
    await claude.prompt('And now?')
    await claude.stop('Nothing more.', { written: 'before' })
    const database = new Sqlite(join(repository.bitloopsHome, 'live.db'))
    database.exec(`UPDATE redactions SET body = replace(body, 'Write a', 'Redacted otherwise')`)
    database.close()
    await repository.bitloops('status')
    await assertSameBytes(repository, plan!.checkpoint, plan!.commit, plan!.files)
    const [linked] = await readLinked(repository)
    assert.is(linked?.record.id, plan?.checkpoint)
  })
})

async function assertSameBytes(
  repository: TestRepository, checkpoint: CheckpointId, commit: Oid, files: string,
): Promise<void> {
  for (const [path, text] of Object.entries(JSON.parse(files) as Record<string, string>)) {
    const written = await repository.sh(
      `git cat-file blob ${CHECKPOINTS_REF}:${checkpointPath(commit, checkpoint)}/${path}`)
    assert.is(written.stdout, text, path)
  }
}
