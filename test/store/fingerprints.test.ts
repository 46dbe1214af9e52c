// Files that change in a turn without a tool that says so.

import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { pendingMarker, updatePendingMarker } from '../../src/store/pending.ts'
import { editsOf, findingsOf, payloads, rowsOf, withRecorder } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'

describe('recording of files changed without a tool that says so', (it) => {
  it('CAP-08: does not count what was dirty before the turn', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    repository.write('b.ts', 'dirty\n')
    repository.write('untracked.ts', 'mine\n')
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash', { command: 'make' }))
    repository.write('a.ts', 'changed\n')
    await recorder.tell(told.after('t1', 'c1', 'Bash', { command: 'make' }), told.stop('t1'))
    assert.equal(editsOf(recorder), [['a.ts', 'inferred', 't1']])
  }))

  it('CAP-09: calls it unknown when only editing tools ran', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'))
    repository.write('a.ts', 'agent\n')
    repository.write('b.ts', 'user\n')
    await recorder.tell(told.before('t1', 'c1', 'Write'),
      told.write('t1', 'c1', join(repository.root, 'a.ts'), 'agent\n'), told.stop('t1'))
    assert.equal(editsOf(recorder), [['a.ts', 'tool', 't1'], ['b.ts', 'unknown', 't1']])
    recorder.store.run(`UPDATE edits SET settled = 'lost' WHERE path = 'a.ts'`)
    updatePendingMarker(recorder.store, recorder.context.repository.home)
    assert.not.ok(existsSync(pendingMarker(recorder.context.repository.home)),
      'what may be the user\'s waits for no commit')
  }))

  it('CAP-09: calls it unknown when it changed while no command ran', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'), told.after('t1', 'c1', 'Bash'))
    await new Promise((resolve) => { setTimeout(resolve, 2300) })
    repository.write('b.ts', 'user\n')
    await recorder.tell(told.stop('t1'))
    assert.equal(editsOf(recorder), [['b.ts', 'unknown', 't1']])
  }))

  it('CAP-18: finds what an unknown tool wrote, and reports the tool', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'mcp__files__put', { name: 'a.ts' }))
    repository.write('a.ts', 'from the tool\n')
    await recorder.tell(told.after('t1', 'c1', 'mcp__files__put', { name: 'a.ts' }), told.stop('t1'))
    assert.equal(editsOf(recorder), [['a.ts', 'inferred', 't1']])
    assert.equal(findingsOf(recorder), ['tool: mcp__files__put × 1'])
    assert.equal(rowsOf(recorder.store, `SELECT body ->> '$.tool' FROM events WHERE kind = 'tool-call'`),
      [['mcp__files__put']])
  }))

  it('compares a turn that ended just before the next one began', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    repository.write('a.ts', 'changed\n')
    await recorder.tell(told.after('t1', 'c1', 'Bash'), told.stop('t1'), told.prompt('t2', 'Two'))
    assert.equal(editsOf(recorder), [['a.ts', 'inferred', 't1']])
    await recorder.tell(told.before('t2', 'c2', 'Bash'), told.after('t2', 'c2', 'Bash'), told.stop('t2'))
    assert.equal(editsOf(recorder), [['a.ts', 'inferred', 't1']])
  }))

  it('says unknown of what changed until an interrupted turn was noticed', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    repository.write('a.ts', 'changed\n')
    await recorder.tell(told.prompt('t2', 'Two'))
    assert.equal(editsOf(recorder), [['a.ts', 'unknown', 't1']])
  }))

  it('does not take a commit of the turn for a change', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    repository.write('b.ts', 'dirty\n')
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    await repository.commit('Agent commits', { 'a.ts': 'new\n', 'b.ts': 'dirty\n' })
    await recorder.tell(told.after('t1', 'c1', 'Bash'), told.stop('t1'))
    assert.equal(editsOf(recorder), [])
  }))

  it('does not take files of an undone commit for changes', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await repository.commit('More', { 'a.ts': 'second\n' })
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    await repository.git('reset', '--soft', 'HEAD~1')
    await recorder.tell(told.after('t1', 'c1', 'Bash'), told.stop('t1'))
    assert.equal(editsOf(recorder), [])
  }))

  it('tells created, changed and deleted apart', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    repository.write('a.ts', 'changed\n')
    rmSync(join(repository.root, 'b.ts'))
    repository.write('with space "and quote".ts', 'x\n')
    symlinkSync('a.ts', join(repository.root, 'link.ts'))
    await recorder.tell(told.after('t1', 'c1', 'Bash'), told.stop('t1'))
    assert.equal(rowsOf(recorder.store, 'SELECT path, change FROM edits ORDER BY path'), [
      ['a.ts', 'modify'], ['b.ts', 'delete'], ['link.ts', 'create'], ['with space "and quote".ts', 'create'],
    ])
  }))
})
