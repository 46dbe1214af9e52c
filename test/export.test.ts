// `git bitloops export --format agent-trace`, through the built program: valid records of what was recorded.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { TraceRecord } from '../src/model/agent-trace.ts'
import { readOnly } from './support/checkpoints.ts'
import { findFaults } from './support/json-schema.ts'
import { commitAll, makeInitialised, makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { commitLinked, run } from './support/rewriting.ts'
import { PROJECT } from './support/sandbox.ts'
import { GITHUB } from './support/secrets.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

const schema = JSON.parse(readFileSync(join(PROJECT, 'fixtures/agent-trace/trace-record.json'), 'utf8')) as
  Readonly<Record<string, unknown>>
const FORMAT = ['--format', 'agent-trace']

/** The records that the program prints, each of which fits the schema. */
async function exported(repository: TestRepository, ...words: readonly string[]): Promise<readonly TraceRecord[]> {
  const { code, stdout, output } = await repository.bitloops('export', ...FORMAT, ...words)
  assert.is(code, 0, output)
  const records = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as TraceRecord)
  assert.equal(records.flatMap((record) => findFaults(schema, record)), [])
  return records
}

/** `ai 1-2,4-4` for each conversation of each file. */
const told = ({ files }: TraceRecord): Record<string, readonly string[]> =>
  Object.fromEntries(files.map(({ path, conversations }) => [path, conversations.map(({ contributor, ranges }) =>
    `${contributor.type} ${ranges.map(({ start_line: start, end_line: end }) => `${start}-${end}`).join()}`)]))

describe('the schema', (it) => {
  it('refuses what is no record', () => {
    const minimal = { version: '0.1.0', id: '550e8400-e29b-41d4-a716-446655440000', timestamp: '2026-01-25T10:00:00Z' }
    const of = (range: object): object => ({ ...minimal, files: [{ path: 'a', conversations: [{ ranges: [range] }] }] })
    assert.equal(findFaults(schema, of({ start_line: 1, end_line: 50 })), [])
    const more = { ...minimal, files: [], who: 'me' }
    const bad = [minimal, of({ start_line: 0, end_line: 1 }), of({ start_line: 1 }), more]
    for (const value of bad) assert.is.not(findFaults(schema, value).length, 0, JSON.stringify(value))
  })
})

describe('git bitloops export', (it) => {
  it('tells which lines of a commit a conversation wrote, and which somebody else did', async () => {
    const repository = await makeInitialised()
    await repository.commit('By hand', { 'a.txt': 'zero\nlast\n' })
    const claude = await playTurn(repository, 'Write more', { 'a.txt': 'zero\none\ntwo\nlast\n', 'b.txt': 'b\n' })
    repository.write('a.txt', 'first\nzero\none\ntwo\nlast\n')
    await run(repository, commitAll('Add more'))
    const [record, ...others] = await exported(repository)
    assert.equal(others, [], 'only commits with a checkpoint')
    assert.equal(told(record!), { 'a.txt': ['human 1-1', 'ai 3-4'], 'b.txt': ['ai 1-1'] })
    assert.is(record!.vcs.revision, await repository.git('rev-parse', 'HEAD'))
    const [, ai] = record!.files[0]!.conversations
    assert.is(ai!.url, `urn:git-bitloops:session:claude-code:${claude.session}`)
    assert.match(ai!.contributor.model_id!, /^anthropic\/claude-/)
    repository.remove()
  })

  it('counts as many lines as the checkpoint does', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write', { 'a.txt': 'x\n}\nx\n}\ny\n}\n' })
    repository.write('a.txt', '}\nx\n}\nx\nz\n}\ny\n}\n')
    await run(repository, commitAll('Add'))
    const { record } = await readOnly(repository)
    const [{ files } = { files: [] }] = await exported(repository)
    const ranges = files[0]!.conversations.flatMap((one) => one.contributor.type === 'ai' ? one.ranges : [])
    const count = ranges.reduce((sum, { start_line: start, end_line: end }) => sum + end - start + 1, 0)
    assert.is(count, record.files[0]!.agentAdded)
    repository.remove()
  })

  it('numbers the lines of a rewritten commit anew', async () => {
    const repository = await makeInitialised()
    await repository.commit('Base', { 'a.txt': 'one\ntwo\n' })
    await run(repository, 'git checkout -q -b topic')
    await playTurn(repository, 'Go on', { 'a.txt': 'one\ntwo\nthree\n' })
    await run(repository, `${commitAll('Three')} && git checkout -q main`)
    await repository.commit('Above', { 'a.txt': 'zero\nzero\none\ntwo\n' })
    await run(repository, 'git rebase -q main topic')
    assert.equal((await exported(repository)).map(told), [{ 'a.txt': ['ai 5-5'] }])
    repository.remove()
  })

  it('takes a range, and says by its exit code that there is nothing', async () => {
    const repository = await makeInitialised()
    await commitLinked(repository, 'a.txt')
    const { oid } = await commitLinked(repository, 'b.txt')
    assert.equal((await exported(repository)).map(({ vcs }) => vcs.revision).length, 2)
    assert.equal((await exported(repository, 'HEAD~1..HEAD')).map(({ vcs }) => vcs.revision), [oid])
    assert.equal(await exported(repository), await exported(repository))
    const none = await repository.bitloops('export', ...FORMAT, 'HEAD~2')
    assert.equal([none.code, none.stdout], [1, ''])
    assert.is((await repository.bitloops('export', ...FORMAT, 'nowhere')).code, 128)
    assert.is((await repository.bitloops('export')).code, 129)
    assert.is((await repository.bitloops('export', '--format', 'other')).code, 129)
    repository.remove()
  })

  it('prints redacted text only, and no person', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, `Use ${GITHUB} for now`, { 'a.txt': `token = ${GITHUB}\n` })
    await run(repository, commitAll('Add'))
    const { stdout } = await repository.bitloops('export', ...FORMAT)
    assert.is(stdout.includes(GITHUB), false)
    assert.match(stdout, 'REDACTED')
    assert.is(stdout.includes('example.com'), false)
    repository.remove()
  })

  it('works with SHA-256, and where nothing was ever recorded', async () => {
    const repository = await makeInitialised({ objectFormat: 'sha256' })
    const claude = await playStart(repository)
    await playTurn(repository, 'Write', { 'a.txt': 'a\n' }, claude)
    await run(repository, commitAll('Add'))
    assert.equal((await exported(repository)).map(told), [{ 'a.txt': ['ai 1-1'] }])
    repository.remove()
    const empty = await makeRepository()
    assert.is((await empty.bitloops('export', ...FORMAT)).code, 128)
    await empty.commit('Begin')
    assert.is((await empty.bitloops('export', ...FORMAT)).code, 1)
    empty.remove()
  })
})
