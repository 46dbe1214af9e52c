// Recording: from payloads in the inbox to rows in the live store.

import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { BitloopsError } from '../src/errors.ts'
import { hasMail, listInbox, makeInbox } from '../src/store/inbox.ts'
import { openLiveStore } from '../src/store/live.ts'
import { pendingMarker, updatePendingMarker } from '../src/store/pending.ts'
import { editsOf, findingsOf, payloads, rowsOf, SESSION, withRecorder } from './support/recorder.ts'
import type { Recorder } from './support/recorder.ts'
import { describe, rejects } from './support/suite.ts'
import { writeTranscript } from './support/transcript.ts'

const sessionOf = ({ store }: Recorder): readonly unknown[] =>
  rowsOf(store, 'SELECT open_turn, ended_at IS NOT NULL, transcript_state FROM sessions')[0]!

describe('recordInbox', (it) => {
  it('appends what a payload tells and then empties the inbox', () => withRecorder(async (recorder) => {
    const { root } = recorder.repository
    const told = payloads(root)
    const result = await recorder.tell(told.start(), told.prompt('t1', 'Add a file'),
      told.write('t1', 'c1', join(root, 'new.ts'), 'x\n'))
    assert.is(result.payloads, 3)
    assert.equal(rowsOf(recorder.store, 'SELECT kind, turn FROM events ORDER BY id'), [
      ['session-start', null], ['prompt', 't1'], ['tool-result', 't1'], ['file-change', 't1'],
    ])
    assert.equal(rowsOf(recorder.store, 'SELECT worktree, path, evidence, settled FROM edits'),
      [[root, 'new.ts', 'tool', null]])
    assert.not.ok(hasMail(recorder.context.repository.home))
  }))

  it('compares a turn with its start when it began in the same run as the one before', () => withRecorder(
    async (recorder) => {
      const { root } = recorder.repository
      const told = payloads(root)
      recorder.hook(told.prompt('t1', 'Go'))
      // More than go into one batch.
      for (let call = 0; call < 200; call += 1) recorder.hook(told.before('t1', `c${call}`, 'Read'))
      recorder.hook(told.prompt('t2', 'Go on'))
      await recorder.record()
      recorder.repository.write('made.ts', 'made\n')
      await recorder.tell(told.before('t2', 'c', 'Bash'), told.after('t2', 'c', 'Bash'), told.stop('t2'))
      assert.equal(editsOf(recorder), [['made.ts', 'inferred', 't2']])
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
    for (let call = 0; call < 40; call += 1) recorder.hook(told.write('t1', `c${call}`, join(root, `${call}.ts`),
      'x\n'))
    const other = await openLiveStore(recorder.context.repository.home)
    await Promise.all([recorder.record(), recorder.record({ store: other })])
    other.close()
    assert.equal(rowsOf(recorder.store,
      `SELECT count(*), count(DISTINCT event_id) FROM events WHERE kind = 'file-change'`), [[40, 40]])
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

  it('CAP-06: closes an interrupted turn at the next prompt and keeps its files',
    () => withRecorder(async (recorder) => {
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
    assert.equal(rowsOf(recorder.store, 'SELECT turn FROM events ORDER BY turn').flat(),
      ['bom', 'large', 'raw', 'utf16', 'utf16-bare'])
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
    writeFileSync(old, 'bitloops-2')
    writeFileSync(join(home, 'inbox/tmp/2-0'), 'bitloops-2')
    utimesSync(old, Date.now() / 1000 - 4000, Date.now() / 1000 - 4000)
    await recorder.record()
    assert.not.ok(existsSync(old))
    assert.ok(existsSync(join(home, 'inbox/tmp/2-0')))
    assert.equal(findingsOf(recorder), ['payload: delivery was cut off × 1'])
  }))

  it('CAP-21: goes on without a transcript and says that it is missing', () => withRecorder(async (recorder) => {
    const told = payloads(recorder.repository.root, SESSION, '/nowhere/at/all.jsonl')
    await recorder.tell(told.prompt('t1', 'One'), told.write('t1', 'c1', join(recorder.repository.root, 'a.ts'), 'x\n'),
      told.stop('t1', 'Done'))
    assert.equal(sessionOf(recorder), [null, 0, 'missing'])
    assert.equal(editsOf(recorder), [['a.ts', 'tool', 't1']])
  }))

  it('reads on where another process took the end of a turn and has not read the transcript yet',
    () => withRecorder(async (recorder) => {
      const { root } = recorder.repository
      const path = join(root, '..', 'transcripts', `${SESSION}.jsonl`)
      const told = payloads(root, SESSION, path)
      await recorder.tell(told.prompt('t1', 'One'), told.stop('t1', 'Done'))
      assert.equal(editsOf(recorder), [])
      const transcript = writeTranscript(
        { path, session: SESSION, cwd: root, version: '2.1.329', model: 'claude-opus-5-5', branch: 'main' })
      const [file_path, content] = [join(root, 'new.ts'), 'x\n']
      transcript.prompt('One', 't1')
      transcript.add({ type: 'tool_use', id: 'c1', name: 'Write', input: { file_path, content } })
      transcript.flush('tool_use')
      transcript.toolResult('c1', 't1', 'ok',
        { type: 'create', filePath: file_path, content, structuredPatch: [], originalFile: null }, false)
      // As post-commit does.
      await recorder.record()
      assert.equal(editsOf(recorder), [['new.ts', 'tool', 't1']])
    }))
})
