// The scenarios of explain and status, EXP-01 to EXP-09 and STA-01 to STA-04, through the program as it is installed.

import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { deliver, formatMessage } from '../src/store/inbox.ts'
import { readOnly } from './support/checkpoints.ts'
import { commitAll, makeInitialised, makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playTurn } from './support/turn.ts'

/** A repository whose last commit has a checkpoint. */
async function makeLinked(prompt = 'Write the first file'): Promise<TestRepository> {
  const repository = await makeInitialised()
  await playTurn(repository, prompt, { 'a.txt': 'one\n' })
  await repository.sh('git add a.txt && git commit --quiet -m "Add a"')
  return repository
}

const DAYS = 24 * 60 * 60

describe('explain', (it) => {
  it('EXP-01 tells of the last commit: agent, model, prompt, answer, files', async () => {
    const { code, stdout } = await (await makeLinked()).bitloops('explain')
    assert.is(code, 0)
    const words = ['claude-code', 'claude-opus-5-5', 'Write the first file', 'done.', 'a.txt  +1 −0']
    assert.equal(words.filter((word) => !stdout.includes(word)), [])
  })

  it('EXP-02 says why there is nothing, and exits 1', async () => {
    const repository = await makeLinked()
    await repository.commit('By hand', { 'b.txt': 'b\n' })
    const outcome = await repository.bitloops('explain')
    assert.is(outcome.code, 1)
    assert.match(outcome.output, 'no reasoning is kept')
    assert.match(outcome.output, 'touched its files')
  })

  it('EXP-03 takes ids, names, ancestors and the beginning of a checkpoint', async () => {
    const repository = await makeLinked()
    const { record } = await readOnly(repository)
    await repository.git('tag', 'v1')
    await repository.commit('By hand', { 'b.txt': 'b\n' })
    for (const target of [record.origin.commit.slice(0, 8), 'v1', 'HEAD~1', record.id, record.id.slice(0, 8)]) {
      const { code, stdout } = await repository.bitloops('explain', '--json', target)
      assert.is(code, 0, target)
      assert.is((JSON.parse(stdout) as { commit: { oid: string } }).commit.oid, record.origin.commit)
    }
    assert.is((await repository.bitloops('explain', 'main')).code, 1)
  })

  it('EXP-07 says what is missing when a note has no checkpoint, and needs no note', async () => {
    const repository = await makeLinked()
    await repository.git('update-ref', 'refs/kept', 'refs/bitloops/checkpoints')
    await repository.git('update-ref', '-d', 'refs/bitloops/checkpoints')
    const missing = await repository.bitloops('explain')
    assert.is(missing.code, 1)
    assert.match(missing.output, /not in this clone|cannot be shown/)
    await repository.git('update-ref', 'refs/bitloops/checkpoints', 'refs/kept')
    await repository.git('update-ref', '-d', 'refs/notes/bitloops')
    assert.is((await repository.bitloops('explain')).code, 0)
  })

  it('EXP-08 is not confused by what others did to the note', async () => {
    const repository = await makeLinked()
    const before = await repository.bitloops('explain')
    const note = await repository.git('notes', '--ref', 'bitloops', 'show')
    const damaged = ['', 'somebody was here', ...note.split('\n').reverse(), '', ...note.split('\n')].join('\n')
    await repository.git('notes', '--ref', 'bitloops', 'add', '--force', '-m', damaged)
    assert.is((await repository.bitloops('explain')).stdout, before.stdout)
  })

  it('EXP-09 answers questions about itself as git does', async () => {
    const repository = await makeInitialised()
    const help = await repository.bitloops('-h')
    assert.equal([help.code, help.stderr], [0, ''])
    const explainHelp = await repository.bitloops('explain', '-h')
    assert.equal([explainHelp.code, explainHelp.stderr], [0, ''])
    const unknown = await repository.bitloops('explain', '--unknown')
    assert.equal([unknown.code, unknown.stdout], [129, ''])
    assert.match(unknown.stderr, 'usage: git bitloops explain')
  })
})

describe('status', (it) => {
  it('STA-01 tells each kind of repository apart', async () => {
    const repository = await makeInitialised()
    const tree = await repository.worktree('linked')
    const bare = await makeRepository({ bare: true, at: 'bare.git', beside: repository })
    const read = async (place: TestRepository): Promise<readonly [number, string]> => {
      const { code, stdout } = await place.bitloops('status')
      return [code, stdout.split('\n')[0]!]
    }
    assert.equal(await read(repository), [0, 'Capture:     enabled'])
    assert.equal(await read(tree), [0, 'Capture:     enabled'])
    await repository.bitloops('disable')
    assert.match((await read(repository))[1], /^Capture: {5}disabled/)
    assert.equal((await read(bare))[0], 0)
    const nowhere = await repository.sandbox.run('git', ['bitloops', 'status'], { cwd: repository.home })
    assert.is(nowhere.code, 128)
  })

  it('STA-02 does not call a session active that was left long ago', async () => {
    const repository = await makeInitialised()
    const payload = {
      session_id: 'left', cwd: repository.root, hook_event_name: 'UserPromptSubmit', prompt: 'Old', prompt_id: 'old',
      transcript_path: join(repository.home, 'none.jsonl'),
    }
    const bytes = Buffer.from(JSON.stringify(payload))
    deliver(repository.bitloopsHome, formatMessage({ agent: 'claude-code', projectDir: repository.root }, bytes))
    const inbox = join(repository.bitloopsHome, 'inbox', 'new')
    const before = Date.now() / 1000 - 2 * DAYS
    for (const name of readdirSync(inbox)) utimesSync(join(inbox, name), before, before)
    assert.match((await repository.bitloops('status')).stdout, /^Session: {5}idle \(last session: 2d ago\)$/m)
  })

  it('STA-03 shows that a hook failed, when and why', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.waitForIdle()
    await repository.sh(`cd .git/bitloops && cp program program.kept && printf '/bin/false\\n/dev/null\\n' >program`)
    assert.is((await repository.sh(commitAll('A'))).code, 0)
    await repository.sh('cd .git/bitloops && mv program.kept program')
    const { output } = await repository.bitloops('status')
    assert.match(output, 'post-commit')
    assert.match(output, /exit code 1/)
  })

  it('STA-04 can be read by programs, whatever was typed', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Red \u001b[31m alert\nsecond line \u202e', { 'new\nline.txt': 'x\n' })
    await repository.waitForIdle()
    const json = await repository.bitloops('status', '--json')
    const again = await repository.bitloops('status', '--json')
    assert.is((JSON.parse(json.stdout) as { schema: number }).schema, 1)
    assert.is(json.stdout, again.stdout)
    const porcelain = await repository.bitloops('status', '--porcelain', '-z')
    assert.ok(porcelain.stdout.endsWith('\0'))
    for (const { stdout } of [json, porcelain, await repository.bitloops('status')]) {
      assert.not.match(stdout, /[\u001b\u202e]/)
    }
  })
})
