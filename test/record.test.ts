// Recording: from payloads in the inbox to rows in the live store.

import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { BitloopsError } from '../src/errors.ts'
import { readFindings } from '../src/store/findings.ts'
import { hasMail, listInbox, makeInbox } from '../src/store/inbox.ts'
import { openLiveStore } from '../src/store/live.ts'
import { pendingMarker, updatePendingMarker } from '../src/store/pending.ts'
import { makeRepository } from './support/repository.ts'
import { makeRecorder, payloads, recorderOf, rowsOf, SESSION } from './support/recorder.ts'
import type { Recorder } from './support/recorder.ts'
import { describe, rejects } from './support/suite.ts'

const editsOf = ({ store }: Recorder): readonly (readonly unknown[])[] =>
  rowsOf(store, 'SELECT path, evidence, turn FROM edits ORDER BY path, id')
const sessionOf = ({ store }: Recorder): readonly unknown[] =>
  rowsOf(store, 'SELECT open_turn, ended_at IS NOT NULL, transcript_state FROM sessions')[0]!
const findingsOf = ({ store }: Recorder): readonly string[] =>
  readFindings(store).map(({ kind, what, count }) => `${kind}: ${what} × ${count}`)

async function withRecorder(work: (recorder: Recorder) => Promise<void>): Promise<void> {
  const recorder = await makeRecorder()
  try {
    await work(recorder)
  } finally {
    recorder.close()
  }
}

describe('recordInbox', (it) => {
  it('appends what a payload tells and then empties the inbox', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    const result = await recorder.tell(told.start(), told.prompt('t1', 'Add a file'), told.write('t1', 'c1', join(root, 'new.ts'), 'x\n'))
    assert.is(result.payloads, 3)
    assert.equal(rowsOf(recorder.store, 'SELECT kind, turn FROM events ORDER BY id'), [
      ['session-start', null], ['prompt', 't1'], ['tool-result', 't1'], ['file-change', 't1'],
    ])
    assert.equal(rowsOf(recorder.store, 'SELECT worktree, path, evidence, settled FROM edits'), [[root, 'new.ts', 'tool', null]])
    assert.not.ok(hasMail(recorder.context.repository.home))
  }))

  it('CAP-05: takes a payload that is delivered twice as one event', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    const write = told.write('t1', 'c1', join(root, 'new.ts'), 'x\n')
    await recorder.tell(told.prompt('t1', 'Go'), write, write)
    await recorder.tell(write)
    assert.equal(rowsOf(recorder.store, `SELECT count(*) FROM events WHERE kind = 'file-change'`), [[1]])
    assert.is(editsOf(recorder).length, 1)
  }))

  it('gives the same rows when two processes record the same inbox at once', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    for (let call = 0; call < 40; call += 1) recorder.hook(told.write('t1', `c${call}`, join(root, `${call}.ts`), 'x\n'))
    const other = await openLiveStore(recorder.context.repository.home)
    await Promise.all([recorder.record(), recorder.record({ store: other })])
    other.close()
    assert.equal(rowsOf(recorder.store, `SELECT count(*), count(DISTINCT event_id) FROM events WHERE kind = 'file-change'`), [[40, 40]])
    assert.is(editsOf(recorder).length, 40)
  }))

  it('keeps the inbox while another process keeps the store locked', () => withRecorder(async (recorder) => {
    const { home } = recorder.context.repository
    const other = await openLiveStore(home)
    const impatient = await openLiveStore(home, { busyTimeoutMs: 50 })
    recorder.hook(payloads(recorder.repository.root).prompt('t1', 'Go'))
    // Two connections of one process lock each other out as two processes do.
    other.run('BEGIN IMMEDIATE')
    const error = await rejects(recorder.record({ store: impatient }))
    assert.ok(error instanceof BitloopsError)
    assert.is(error.code, 'store-unusable')
    assert.is(listInbox(home).length, 1)
    other.run('ROLLBACK')
    await recorder.record({ store: impatient })
    assert.is(listInbox(home).length, 0)
    assert.equal(rowsOf(recorder.store, 'SELECT event_id FROM events'), [['prompt:t1']])
    impatient.close()
    other.close()
  }))

  it('CAP-06: closes an interrupted turn at the next prompt and keeps its files', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    await recorder.tell(told.prompt('t1', 'One'), told.write('t1', 'c1', join(root, 'one.ts'), '1\n'))
    assert.is(sessionOf(recorder)[0], 't1')
    await recorder.tell(told.prompt('t2', 'Two'))
    assert.is(sessionOf(recorder)[0], 't2')
    await recorder.tell(told.stop('t2', 'Done.'))
    assert.is(sessionOf(recorder)[0], null)
    assert.equal(editsOf(recorder), [['one.ts', 'tool', 't1']])
  }))

  it('ends a session, and takes the end back when it goes on', () => withRecorder(async (recorder) => {
    const told = payloads(recorder.repository.root)
    await recorder.tell(told.start(), told.prompt('t1', 'One'), told.end())
    assert.equal(sessionOf(recorder).slice(0, 2), [null, 1])
    await recorder.tell(told.start('resume'))
    assert.is(sessionOf(recorder)[1], 0)
  }))

  it('makes the marker with the first edit, and takes it away with the last', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const { home } = recorder.context.repository
    await recorder.tell(payloads(root).prompt('t1', 'One'))
    assert.not.ok(existsSync(pendingMarker(home)))
    await recorder.tell(payloads(root).write('t1', 'c1', join(root, 'one.ts'), '1\n'))
    assert.ok(existsSync(pendingMarker(home)))
    recorder.store.run(`UPDATE edits SET settled = 'lost'`)
    updatePendingMarker(recorder.store, home)
    assert.not.ok(existsSync(pendingMarker(home)))
  }))
})

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
    await recorder.tell(told.before('t1', 'c1', 'Write'), told.write('t1', 'c1', join(repository.root, 'a.ts'), 'agent\n'), told.stop('t1'))
    assert.equal(editsOf(recorder), [['a.ts', 'tool', 't1'], ['b.ts', 'unknown', 't1']])
    recorder.store.run(`UPDATE edits SET settled = 'lost' WHERE path = 'a.ts'`)
    updatePendingMarker(recorder.store, recorder.context.repository.home)
    assert.not.ok(existsSync(pendingMarker(recorder.context.repository.home)), 'what may be the user\'s waits for no commit')
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
    assert.equal(rowsOf(recorder.store, `SELECT body ->> '$.tool' FROM events WHERE kind = 'tool-call'`), [['mcp__files__put']])
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

describe('recording of paths', (it) => {
  it('CAP-10: keeps neither content nor edits of ignored paths', () => withRecorder(async (recorder) => {
    const { repository } = recorder
    await repository.commit('Ignore', { '.gitignore': '.env\nnode_modules/\n' })
    const told = payloads(repository.root)
    await recorder.tell(told.prompt('t1', 'One'), told.before('t1', 'c1', 'Bash'))
    for (let count = 0; count < 50; count += 1) repository.write(`node_modules/p${count}/index.js`, 'x\n')
    repository.write('.env', 'WORD=open-sesame\n')
    await recorder.tell(
      told.after('t1', 'c1', 'Bash'), told.write('t1', 'c2', join(repository.root, '.env'), 'WORD=open-sesame\n'), told.stop('t1'))
    assert.equal(editsOf(recorder), [])
    assert.equal(rowsOf(recorder.store, `SELECT body LIKE '%open-sesame%' FROM events WHERE kind = 'file-change'`), [[0]])
    assert.equal(rowsOf(recorder.store, `SELECT count(*) FROM fingerprints WHERE entries LIKE '%node_modules%' OR entries LIKE '%.env%'`), [[0]])
  }))

  it('keeps paths inside .git and outside of any repository as events only', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    await recorder.tell(
      told.write('t1', 'c1', join(root, '.git/info/exclude'), 'x\n'), told.write('t1', 'c2', join(root, '../outside.ts'), 'x\n'))
    assert.equal(editsOf(recorder), [])
    assert.equal(rowsOf(recorder.store, `SELECT count(*) FROM events WHERE kind = 'file-change'`), [[2]])
  }))

  it('keeps a path by its real folder, also when that is gone', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    mkdirSync(join(root, 'real'))
    symlinkSync('real', join(root, 'alias'))
    const told = payloads(root)
    await recorder.tell(
      told.write('t1', 'c1', join(root, 'alias/one.ts'), 'x\n'), told.write('t1', 'c2', join(root, 'gone/deep/two.ts'), 'x\n'))
    assert.equal(editsOf(recorder).map(([path]) => path), ['gone/deep/two.ts', 'real/one.ts'])
  }))

  it('CAP-12: delivers an edit in another initialised repository on to that one, once', () => withRecorder(async (recorder) => {
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

const otherRepository = (recorder: Recorder, at: string) => makeRepository({ at, beside: recorder.repository })

describe('recording of broken payloads', (it) => {
  it('CAP-17: records what can be read and counts the rest with a reason', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    const text = (turn: string): string => JSON.stringify(told.prompt(turn, 'Grüße'))
    recorder.hook(told.prompt('large', 'x'.repeat(5_000_000)))
    recorder.hook(Buffer.from(`\uFEFF${text('bom')}`))
    recorder.hook(Buffer.from(`\uFEFF${text('utf16')}`, 'utf16le'))
    recorder.hook(Buffer.from(text('utf16-bare'), 'utf16le'))
    recorder.hook(Buffer.from(text('raw').replace('Grüße', 'two\nlines\u0007')))
    recorder.hook(Buffer.from(text('cut').slice(0, 60)))
    recorder.hook(Buffer.alloc(0))
    recorder.hook(Buffer.alloc(10_000_000, 'nonsense'))
    recorder.hook(Buffer.from('[1]'))
    const { home } = recorder.context.repository
    writeFileSync(join(home, 'inbox/new/headless'), 'no header')
    writeFileSync(join(home, 'inbox/new/empty'), '')
    mkdirSync(join(home, 'inbox/new/folder'))
    await recorder.record()
    assert.equal(rowsOf(recorder.store, 'SELECT turn FROM events ORDER BY turn').flat(), ['bom', 'large', 'raw', 'utf16', 'utf16-bare'])
    assert.equal(findingsOf(recorder), [
      'payload: empty file × 1', 'payload: empty payload × 1', 'payload: no header × 1', 'payload: not a file × 1',
      'payload: payload is cut off × 1', 'payload: payload is not JSON × 1', 'payload: payload is not an object × 1',
    ])
    assert.not.ok(hasMail(home))
  }))

  it('sets aside what a killed hook left in tmp, after an hour', () => withRecorder(async (recorder) => {
    const { home } = recorder.context.repository
    makeInbox(home)
    const old = join(home, 'inbox/tmp/1-0')
    writeFileSync(old, 'bitloops-1')
    writeFileSync(join(home, 'inbox/tmp/2-0'), 'bitloops-1')
    utimesSync(old, Date.now() / 1000 - 4000, Date.now() / 1000 - 4000)
    await recorder.record()
    assert.not.ok(existsSync(old))
    assert.ok(existsSync(join(home, 'inbox/tmp/2-0')))
    assert.equal(findingsOf(recorder), ['payload: delivery was cut off × 1'])
  }))

  it('CAP-21: goes on without a transcript and says that it is missing', () => withRecorder(async (recorder) => {
    const told = payloads(recorder.repository.root, SESSION, '/nowhere/at/all.jsonl')
    await recorder.tell(told.prompt('t1', 'One'), told.write('t1', 'c1', join(recorder.repository.root, 'a.ts'), 'x\n'), told.stop('t1', 'Done'))
    assert.equal(sessionOf(recorder), [null, 0, 'missing'])
    assert.equal(editsOf(recorder), [['a.ts', 'tool', 't1']])
  }))
})
