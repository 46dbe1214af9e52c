// Replays what Cursor's own hook engine sent, and what its transcript writer wrote.

import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { cursor } from '../../../src/agents/cursor/adapter.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { keepsContract } from '../contract.ts'
import { recordingsOf } from '../recordings.ts'

const recordings = recordingsOf(cursor)
const { captures, folder, goldenEvents, readHooks, readingOf, sessionsOf } = recordings

const session = '5f0c6a52-2d0b-4c0e-9a41-6f6f0d0c7b11' as SessionId

const COUNTS = {
  engine: { human: 1, responses: 1, calls: 3, files: ['docs/auth.md', 'src/auth.ts'] },
  import: { human: 1, responses: 2, calls: 2, files: ['src/auth.ts'] },
}

describe('the events of recorded sessions of Cursor', (it) => {
  keepsContract(it, cursor, recordings, COUNTS)

  it('are of one session', () => {
    for (const capture of captures) assert.equal(sessionsOf(capture), [session])
  })

  it('are those counted by hand, once, though the hooks stand in three files', () => {
    const kinds = goldenEvents('engine').map((event) => event.kind)
    assert.equal(kinds, [
      'session-start', 'prompt', 'reasoning', 'tool-call', 'tool-result', 'tool-call', 'file-change', 'tool-result',
      'tool-call', 'tool-result', 'subagent-start', 'prompt', 'subagent-end', 'file-change', 'compaction', 'response',
      'turn-end', 'usage', 'session-end',
    ])
    const labels = new Set(readHooks('engine').map((hook) => (hook as { label?: string }).label))
    assert.equal([...labels].sort(), ['dot-claude', 'project', 'user'])
  })

  it('name nobody', () => {
    assert.is(readFileSync(`${folder}hooks-engine.jsonl`, 'utf8').includes('dev@example.com'), true)
    for (const hook of readHooks('engine')) assert.not.match(JSON.stringify(readingOf(hook)), 'dev@example.com')
  })

  it('are found in a transcript where no hook told them', () => {
    const brief = goldenEvents('import').map((event) => `${event.turn} ${event.kind}`)
    assert.equal(brief, ['prompt', 'response', 'tool-call', 'tool-call', 'file-change', 'response', 'turn-end']
      .map((kind) => `line-0 ${kind}`))
  })
})

describe('the adapter of Cursor', (it) => {
  it('knows its shell, and the session in it', () => {
    assert.is(cursor.sessionOf({ CURSOR_AGENT: '1', CURSOR_CONVERSATION_ID: session }), session)
    assert.is(cursor.sessionOf({ CURSOR_AGENT: '1' }), undefined)
    assert.is(cursor.isShellOf({ CURSOR_AGENT: '1' }), true)
    assert.is(cursor.isShellOf({}), false)
  })

  it('finds transcripts where the client keeps them', () => {
    assert.equal(cursor.transcriptFolders('/home/dev/a_b.c', '/home/dev', {}),
      [{ path: '/home/dev/.cursor/projects/home-dev-a-b-c/agent-transcripts', depth: 1 }])
    assert.equal(cursor.transcriptFolders(undefined, '/home/dev', {}),
      [{ path: '/home/dev/.cursor/projects', depth: 3 }])
  })

  it('tells transcripts of sessions from those of subagents', () => {
    const root = '/home/dev/.cursor/projects/p/agent-transcripts'
    const main = `${root}/s1/s1.jsonl`
    const child = `${root}/s1/subagents/c1.jsonl`
    assert.is(cursor.sessionOfTranscript(main), 's1')
    assert.is(cursor.sessionOfTranscript(`${root}/s1.jsonl`), 's1')
    assert.is(cursor.sessionOfTranscript(child), undefined)
    assert.is(cursor.subagentFolder(main), `${root}/s1/subagents`)
    assert.is(cursor.subagentOfTranscript(child), 'c1')
    assert.is(cursor.subagentOfTranscript(main), undefined)
  })
})
