// log through the built program: rows, filters, and how many processes it takes.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { checkpointId, checkpointRecord, sessionRecord, writeCheckpoints } from './support/checkpoint-fixture.ts'
import type { FixtureCheckpoint } from './support/checkpoint-fixture.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { PROGRAM, quote } from './support/sandbox.ts'
import { describe } from './support/suite.ts'

/** `count` commits, every second one with a checkpoint. */
async function makeHistory(count: number, objectFormat: 'sha1' | 'sha256' = 'sha1'): Promise<TestRepository> {
  const repository = await makeRepository({ objectFormat })
  const checkpoints: FixtureCheckpoint[] = []
  for (let number = 1; number <= count; number += 1) {
    const commit = await repository.commit(`Commit ${number}`)
    if (number % 2 === 0) checkpoints.push({ record: checkpointRecord(commit, { id: checkpointId(number) }) })
  }
  await writeCheckpoints(repository, checkpoints)
  return repository
}

/** How many git processes a command starts. */
async function countProcesses(repository: TestRepository, ...args: readonly string[]): Promise<number> {
  const bin = join(repository.sandbox.folder, 'counting')
  const tally = join(bin, 'tally')
  mkdirSync(bin, { recursive: true })
  const { stdout } = await repository.sh('command -v git')
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho x >>${quote(tally)}\nexec ${quote(stdout.trim())} "$@"\n`)
  chmodSync(join(bin, 'git'), 0o755)
  writeFileSync(tally, '')
  const env = { ...repository.env, PATH: `${bin}:${repository.env['PATH']}` }
  await repository.sandbox.run(process.execPath, [PROGRAM, ...args], { cwd: repository.root, env })
  return readFileSync(tally, 'utf8').length / 2
}

describe('git bitloops log', (it) => {
  it('lists commits, each with who and what for, or that nobody knows', async () => {
    const repository = await makeHistory(4)
    const { code, stdout } = await repository.bitloops('log')
    assert.is(code, 0)
    const rows = stdout.split('\n').map((line) => line.replace(/^[0-9a-f]{10} {2}/, '').replace(/ {2,}/g, '|'))
    const intent = 'Limit how often somebody can try to log in.'
    const linked = `claude-code·claude-opus-4-5|2 turns|${intent}`
    assert.equal(rows, [linked, '–|Commit 3', linked, '–|Commit 1', ''])
    repository.remove()
  })

  it('takes a range, an author, a date, a number and an agent', async () => {
    const repository = await makeHistory(4)
    const count = async (...args: readonly string[]): Promise<number> =>
      (await repository.bitloops('log', '-z', ...args)).stdout.split('\0').length - 1
    assert.is(await count('HEAD~3..HEAD~1'), 2)
    assert.is(await count('-n', '3'), 3)
    assert.is(await count('-n3', '--agent', 'claude-code'), 2)
    assert.is(await count('-n', '1', '--agent=claude-code'), 1)
    assert.is(await count('--agent', 'codex'), 0)
    assert.is(await count('--author', 'Nobody'), 0)
    assert.is(await count('--author=Ada', '--since', '2000-01-01'), 4)
    assert.is(await count('--since=2099-01-01'), 0)
    const bad = await repository.bitloops('log', '--', '--output=x')
    assert.is(bad.code, 128)
    assert.not(repository.exists('x'))
    repository.remove()
  })

  it('reads SHA-256 repositories', async () => {
    const repository = await makeHistory(2, 'sha256')
    const { stdout } = await repository.bitloops('log', '--json')
    const { schema, commits } = JSON.parse(stdout) as
      { schema: number; commits: { commit: { oid: string }; checkpoints: { id: string }[] }[] }
    assert.is(schema, 1)
    assert.equal(commits.map(({ checkpoints }) => checkpoints.length), [1, 0])
    assert.is(commits[0]!.commit.oid.length, 64)
    assert.is((await repository.bitloops('explain')).code, 0)
    repository.remove()
  })

  it('starts as many git processes for many commits as for one', async () => {
    const repository = await makeHistory(12)
    assert.is(await countProcesses(repository, 'log', '-n', '1'), 3)
    assert.is(await countProcesses(repository, 'log'), 3)
    assert.is(await countProcesses(repository, 'explain'), 2)
    assert.is(await countProcesses(repository, 'explain', 'HEAD~10..HEAD'), 3)
    repository.remove()
  })

  it('names all agents and models of a commit', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('Both')
    const models = ['claude-opus-4-5', 'claude-haiku-4-5']
    const record = checkpointRecord(commit, { sessions: [sessionRecord({ models })], note: [] })
    await writeCheckpoints(repository, [{ record }])
    assert.match((await repository.bitloops('log')).stdout, /claude-code·claude-opus-4-5…? .*Limit how often/)
    repository.remove()
  })
})
