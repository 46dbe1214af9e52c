// Sessions that no hook told of.

import { mkdirSync, symlinkSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { discoverSessions, noteShellSession } from '../src/discover.ts'
import { payloads, rowsOf, SESSION, withRecorder } from './support/recorder.ts'
import type { Recorder } from './support/recorder.ts'
import { describe } from './support/suite.ts'
import { transcriptPath, writeTranscript } from './support/transcript.ts'

const OTHER = '22222222-2222-4222-8222-222222222222'

/** A conversation that wrote `a.ts`, as the agent keeps it for a folder. */
function leaveTranscript({ repository }: Recorder, folder: string, session: string): string {
  const path = transcriptPath(repository.home, folder, session)
  const transcript = writeTranscript({ path, session, cwd: folder, version: '2.1.329', model: 'claude-test',
    branch: 'main' })
  const file = join(repository.root, 'a.ts')
  const call = { type: 'tool_use' as const, id: `call-${session}`, name: 'Write',
    input: { file_path: file, content: 'x\n' } }
  transcript.prompt('Write it', 'turn-1')
  transcript.add(call)
  transcript.flush('tool_use')
  transcript.toolResult(call.id, 'turn-1', 'ok',
    { type: 'update', filePath: file, content: 'x\n', structuredPatch: [], originalFile: 'a\n' }, false)
  return path
}

const sessionsOf = ({ store }: Recorder): unknown => rowsOf(store,
  'SELECT session_id, found_by FROM sessions ORDER BY id')

describe('discoverSessions', (it) => {
  it('finds a session of the worktree whose hooks never fired, with its edits, once',
    () => withRecorder(async (recorder) => {
    leaveTranscript(recorder, recorder.repository.root, SESSION)
    assert.equal(await discoverSessions(recorder.context), [SESSION])
    assert.equal(sessionsOf(recorder), [[SESSION, 'scan']])
    assert.equal(rowsOf(recorder.store, 'SELECT path, evidence FROM edits'), [['a.ts', 'tool']])
    assert.equal(await discoverSessions(recorder.context), [])
  }))

  it('finds one of a linked worktree', () => withRecorder(async (recorder) => {
    const linked = await recorder.repository.worktree('linked')
    leaveTranscript(recorder, linked.root, SESSION)
    assert.equal(await discoverSessions(recorder.context), [SESSION])
    assert.equal(rowsOf(recorder.store, 'SELECT worktree FROM sessions'), [[linked.root]])
  }))

  it('finds one that was started in a subfolder, where no hooks are loaded', () => withRecorder(async (recorder) => {
    mkdirSync(join(recorder.repository.root, 'sub'))
    leaveTranscript(recorder, join(recorder.repository.root, 'sub'), SESSION)
    assert.equal(await discoverSessions(recorder.context), [SESSION])
    assert.equal(rowsOf(recorder.store, 'SELECT worktree FROM sessions'), [[recorder.repository.root]])
  }))

  it('leaves transcripts alone that are older than the plugin here, or other folders\'',
    () => withRecorder(async (recorder) => {
    const old = leaveTranscript(recorder, recorder.repository.root, SESSION)
    utimesSync(old, 1_700_000_000, 1_700_000_000)
    leaveTranscript(recorder, '/elsewhere', OTHER)
    assert.equal(await discoverSessions(recorder.context), [])
  }))

  it('leaves sessions alone that hooks told of', () => withRecorder(async (recorder) => {
    await recorder.tell(payloads(recorder.repository.root).prompt('turn-1', 'Write it'))
    leaveTranscript(recorder, recorder.repository.root, SESSION)
    assert.equal(await discoverSessions(recorder.context), [])
    assert.equal(sessionsOf(recorder), [[SESSION, 'hook']])
  }))

  it('does not follow a transcript that is a symbolic link', () => withRecorder(async (recorder) => {
    const elsewhere = leaveTranscript(recorder, '/elsewhere', SESSION)
    const path = transcriptPath(recorder.repository.home, recorder.repository.root, SESSION)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(elsewhere, path)
    await discoverSessions(recorder.context)
    assert.equal(rowsOf(recorder.store, 'SELECT count(*) FROM events'), [[0]])
  }))
})

describe('noteShellSession', (it) => {
  const shell = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: SESSION }

  it('makes the session of the shell known, with its transcript from the folder it was started in',
    () => withRecorder(async (recorder) => {
    leaveTranscript(recorder, recorder.repository.root, SESSION)
    await noteShellSession(recorder.context, shell)
    assert.equal(sessionsOf(recorder), [[SESSION, 'git-hook']])
    assert.equal(rowsOf(recorder.store, 'SELECT path FROM edits'), [['a.ts']])
  }))

  it('finds its transcript also when it was started elsewhere', () => withRecorder(async (recorder) => {
    leaveTranscript(recorder, '/some/other/folder', SESSION)
    await noteShellSession(recorder.context, shell)
    assert.equal(rowsOf(recorder.store, 'SELECT path FROM edits'), [['a.ts']])
  }))

  it('makes the session known without a transcript', () => withRecorder(async (recorder) => {
    await noteShellSession(recorder.context, shell)
    assert.equal(sessionsOf(recorder), [[SESSION, 'git-hook']])
  }))

  it('knows no session outside of an agent\'s shell', () => withRecorder(async (recorder) => {
    await noteShellSession(recorder.context, { PATH: '/bin' })
    assert.equal(sessionsOf(recorder), [])
  }))

  it('changes nothing about a session that hooks told of', () => withRecorder(async (recorder) => {
    await recorder.tell(payloads(recorder.repository.root).prompt('turn-1', 'Write it'))
    await noteShellSession(recorder.context, shell)
    assert.equal(sessionsOf(recorder), [[SESSION, 'hook']])
  }))
})
