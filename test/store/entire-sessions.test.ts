// What Entire kept of a session becomes a checkpoint, read by the agent's own adapter where there is one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { formatForeignImport } from '../../src/model/foreign-import.ts'
import { readLinked, readOnly } from '../support/checkpoints.ts'
import { addToRef, countsOf, entireFiles, importFrom } from '../support/foreign.ts'
import { makeInitialised, makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { PROJECT } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

const readFixture = (path: string): string => readFileSync(join(PROJECT, 'fixtures', path), 'utf8')
const refsOf = (repository: TestRepository, ...below: readonly string[]): Promise<string> =>
  repository.git('for-each-ref', '--format=%(refname) %(objectname)', ...below)

const SESSION = 'cbf2f7d6-e222-4951-a4a3-a6c936ab2202'
const transcript = readFixture(`agents/claude-code/transcripts/01-tools/-home-dev-project/${SESSION}.jsonl`)
const AUTH = [
  'export function login(user: string): boolean {', '  return user.length > 0', '}', '',
  'export function logout(): void {', '  console.log(\'bye\')', '}', '',
].join('\n')
const [ONE, TWO] = ['a3b2c4d5e6f7', '0123456789ab']

/** Two commits of one session, as Entire's branch has them. */
async function makeTrailed(): Promise<TestRepository> {
  const repository = await makeRepository({ clock: 'fixed' })
  await repository.commit('Begin', { 'README.md': '# Example\n' })
  await repository.commit(`Add auth\n\nEntire-Checkpoint: ${ONE}`, { 'src/auth.ts': AUTH })
  await repository.commit(`Add token\n\nEntire-Checkpoint: ${TWO}`, { 'src/token.ts': 'export const token = 1\n' })
  const lines = transcript.split('\n')
  const metadata = { session_id: `2026-11-20-${SESSION}`, agent: 'Claude Code', branch: 'topic' }
  await addToRef(repository, 'refs/heads/entire/checkpoints/v1', {
    ...entireFiles('a3/b2c4d5e6f7/', ONE!, [{
      metadata: { ...metadata, files_touched: ['src/auth.ts'] }, transcript: `${lines.slice(0, 40).join('\n')}\n`,
    }]),
    ...entireFiles('01/23456789ab/', TWO!, [{
      metadata: { ...metadata, files_touched: ['src/token.ts'], checkpoint_transcript_start: 40 }, transcript,
    }]),
  })
  return repository
}

describe('import from Entire', (it) => {
  it('reads each checkpoint\'s part of the transcript as that agent\'s', async () => {
    const repository = await makeTrailed()
    const theirs = await refsOf(repository, 'refs/heads')
    assert.equal(countsOf(await importFrom(repository, 'entire')), { imported: 2 })
    const [one, two] = [await readOnly(repository, 'HEAD~1'), await readOnly(repository)]
    const promptsOf = ({ record }: typeof one): readonly (string | undefined)[] =>
      record.sessions.flatMap(({ turns }) => turns.flatMap(({ prompt }) => prompt ?? []))
    assert.equal(promptsOf(one), ['Add an auth module with login and logout'])
    assert.is(promptsOf(two)[0], 'Now add a token helper')
    assert.equal(one.record.sessions.map(({ agent, session, foundBy }) => [agent, session, foundBy]),
      [['claude-code', SESSION, 'entire']])
    assert.equal(one.record.files.map(({ path, evidence, agentAdded }) => [path, evidence, agentAdded]),
      [['src/auth.ts', 'tool', 7]])
    assert.is(one.record.origin.branch, 'topic')
    assert.ok(one.record.sessions[0]!.usage!.output > 0)
    assert.ok(two.record.sessions[0]!.turns[0]!.number > one.record.sessions[0]!.turns[0]!.number)
    assert.is(await refsOf(repository, 'refs/heads'), theirs)
    assert.equal(countsOf(await importFrom(repository, 'entire')), { present: 2 })
    repository.remove()
  })

  it('finds checkpoints with a ref of their own, with prompts alone and agents that nobody here can read', async () => {
    const repository = await makeRepository()
    const id = '01KVBJCWYA4YW6J5M9GP655HZN'
    await repository.commit(`Add a\n\nEntire-Checkpoint: ${id}`, { 'a.txt': 'a\n' })
    await addToRef(repository, `refs/entire/checkpoints/ZN/${id}`, entireFiles('', id, [{
      metadata: {
        session_id: 'droid-1', agent: 'Factory AI Droid', model: 'glm-5', files_touched: ['a.txt', 'gone.txt'],
        token_usage: { input_tokens: 10, output_tokens: 20 },
      },
      prompts: ['Write a', 'Once more'],
    }]))
    assert.equal(countsOf(await importFrom(repository, 'entire')), { imported: 1 })
    const { record } = await readOnly(repository)
    const [session] = record.sessions
    assert.equal([session!.agent, session!.models, session!.turns.map(({ prompt }) => prompt), session!.usage!.output],
      ['factory-ai-droid', ['glm-5'], ['Write a', 'Once more'], 20])
    assert.equal(record.files.map(({ path, evidence, agentAdded }) => [path, evidence, agentAdded]),
      [['a.txt', 'inferred', undefined]])
    assert.is((await repository.bitloops('explain')).code, 0)
    repository.remove()
  })

  it('links further commits that name the same checkpoint, and all checkpoints that one commit names', async () => {
    const repository = await makeTrailed()
    await repository.commit(`Both\n\nEntire-Checkpoint: ${ONE}\nEntire-Checkpoint: ${TWO}`, { 'b.txt': 'b\n' })
    await importFrom(repository, 'entire')
    const linked = await readLinked(repository)
    assert.equal(linked.map(({ link }) => [link.evidence, link.by]), [['attached', 'import'], ['attached', 'import']])
    assert.match((await repository.bitloops('explain')).stdout, 'another tool names it')
    repository.remove()
  })

  it('believes trailers only, not what a message quotes', async () => {
    const repository = await makeTrailed()
    await repository.commit(`Quote\n\nEntire-Checkpoint: ${ONE}\n\nwas forged`, { 'q.txt': 'q\n' })
    await repository.commit('Lost\n\nEntire-Checkpoint: ffffffffffff', { 'l.txt': 'l\n' })
    const result = await importFrom(repository, 'entire')
    assert.equal(countsOf(result), { imported: 2, unreadable: 1 })
    assert.equal(await readLinked(repository, 'HEAD~1'), [])
    assert.match(formatForeignImport(result), 'checkpoint ffffffffffff of Entire is not here')
    repository.remove()
  })

  it('leaves commits alone whose session was recorded here', async () => {
    const repository = await makeInitialised()
    await repository.commit(`Add auth\n\nEntire-Checkpoint: ${ONE}`, { 'src/auth.ts': AUTH })
    await addToRef(repository, 'refs/remotes/origin/entire/checkpoints/v1', entireFiles('a3/b2c4d5e6f7/', ONE!, [{
      metadata: { session_id: SESSION, agent: 'Claude Code' }, prompts: ['Add auth'],
    }]))
    assert.equal((await importFrom(repository, 'entire', true)).refs, ['refs/remotes/origin/entire/checkpoints/v1'])
    await importFrom(repository, 'entire')
    assert.equal(countsOf(await importFrom(repository, 'entire')), { present: 1 })
    repository.remove()
  })
})
