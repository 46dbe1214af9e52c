// Where a file change counts: ignored paths, links, other worktrees and other repositories.

import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listInbox } from '../../src/store/inbox.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { editsOf, payloads, recorderOf, rowsOf, withRecorder } from '../support/recorder.ts'
import type { Recorder } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'

const otherRepository = (recorder: Recorder, at: string): Promise<TestRepository> =>
  makeRepository({ at, beside: recorder.repository })

describe('recording of paths', (it) => {
  it('CAP-10: keeps neither content nor edits of ignored paths', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    await repository.commit('Ignore', { '.gitignore': '.env\nnode_modules/\n' })
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    for (let count = 0; count < 50; count += 1) repository.write(`node_modules/p${count}/index.js`, 'x\n')
    repository.write('.env', 'WORD=open-sesame\n')
    await recorder.tell(
      told.after('t1', 'c1', 'Bash'), told.write('t1', 'c2', join(repository.root, '.env'), 'WORD=open-sesame\n'),
        told.stop('t1'))
    assert.equal(editsOf(recorder), [])
    assert.equal(rowsOf(recorder.store, `SELECT body LIKE '%open-sesame%' FROM events WHERE kind = 'file-change'`),
      [[0]])
    assert.equal(rowsOf(recorder.store,
      `SELECT count(*) FROM fingerprints WHERE entries LIKE '%node_modules%' OR entries LIKE '%.env%'`), [[0]])
  }))

  it('keeps paths inside .git and outside of any repository as events only', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    await recorder.tell(
      told.write('t1', 'c1', join(root, '.git/info/exclude'), 'x\n'),
        told.write('t1', 'c2', join(root, '../outside.ts'), 'x\n'))
    assert.equal(editsOf(recorder), [])
    assert.equal(rowsOf(recorder.store, `SELECT count(*) FROM events WHERE kind = 'file-change'`), [[2]])
  }))

  it('keeps a path by its real folder, also when that is gone', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    mkdirSync(join(root, 'real'))
    symlinkSync('real', join(root, 'alias'))
    const told = payloads(root)
    await recorder.tell(
      told.write('t1', 'c1', join(root, 'alias/one.ts'), 'x\n'),
        told.write('t1', 'c2', join(root, 'gone/deep/two.ts'), 'x\n'))
    assert.equal(editsOf(recorder).map(([path]) => path), ['gone/deep/two.ts', 'real/one.ts'])
  }))

  it('CAP-12: delivers an edit in another initialised repository on to that one, once',
    () => withRecorder(async (recorder) => {
    const other = await recorderOf(await otherRepository(recorder, 'other'))
    const told = payloads(recorder.repository.root)
    const write = told.write('t1', 'c1', join(other.repository.root, 'theirs.ts'), 'x\n')
    await recorder.tell(told.prompt('t1', 'One'), write)
    await recorder.tell(write)
    assert.equal(editsOf(recorder), [])
    assert.is(listInbox(other.context.repository.home).length, 1)
    await other.record()
    assert.equal(rowsOf(other.store, 'SELECT worktree, path FROM edits'), [[other.repository.root, 'theirs.ts']])
    assert.is(listInbox(recorder.context.repository.home).length, 0, 'it does not come back')
    other.store.close()
  }))

  it('leaves repositories alone in which init was never run', () => withRecorder(async (recorder) => {
    const other = await otherRepository(recorder, 'untouched')
    await recorder.tell(payloads(recorder.repository.root).write('t1', 'c1', join(other.root, 'theirs.ts'), 'x\n'))
    assert.equal(editsOf(recorder), [])
    assert.not.ok(existsSync(other.bitloopsHome))
  }))

  it('CAP-14: keeps an edit in a linked worktree as that worktree\'s', () => withRecorder(async (recorder) => {
    const linked = await recorder.repository.worktree('linked')
    await recorder.tell(payloads(recorder.repository.root).write('t1', 'c1', join(linked.root, 'a.ts'), 'x\n'))
    assert.equal(rowsOf(recorder.store, 'SELECT worktree, path FROM edits'), [[realpathSync(linked.root), 'a.ts']])
  }))
})
