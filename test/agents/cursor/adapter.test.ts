// Replays what Cursor's own hook engine sent, and what its transcript writer wrote.

import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { cursor } from '../../../src/agents/cursor/adapter.ts'
import type { Event } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'
import { randomFrom, shuffled } from '../random.ts'
import { formatGolden, recordingsOf } from '../recordings.ts'

const {
  captures, folder, goldenPath, hookObservations, readHooks, readingOf, readInSlices, sessionsOf,
  transcriptObservations, transcriptsOf,
} = recordingsOf(cursor)

const session = '5f0c6a52-2d0b-4c0e-9a41-6f6f0d0c7b11' as SessionId
const goldenOf = (capture: string): string => readFileSync(goldenPath(capture, session), 'utf8')
const eventsOf = (capture: string): readonly Event[] =>
  goldenOf(capture).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Event)

describe('the events of recorded sessions of Cursor', (it) => {
  it('covers every capture', () => {
    assert.equal([...captures], ['engine', 'import'])
    for (const capture of captures) assert.equal(sessionsOf(capture), [session])
  })

  for (const capture of captures) {
    it(`are the golden ones: ${capture}`, () => {
      const told = [...hookObservations(capture, session), ...transcriptObservations(capture, session)]
      assert.is(formatGolden(pickEvents(told)), goldenOf(capture))
    })

    it(`do not depend on order, repetition or where reading stopped: ${capture}`, () => {
      const hooks = readHooks(capture)
      for (let seed = 1; seed <= 20; seed += 1) {
        const random = randomFrom(seed)
        const transcripts = transcriptsOf(capture, session).flatMap((transcript) => {
          const ends = Array.from({ length: 3 }, () => Math.floor(random() * (transcript.lines.length + 1)))
          return readInSlices(transcript, ends.sort((a, b) => a - b))
        })
        const told = [...shuffled([...hooks, ...hooks], random).flatMap((hook) => readingOf(hook).observations),
          ...transcripts]
        assert.is(formatGolden(pickEvents(shuffled(told, random))), goldenOf(capture), `seed ${seed}`)
      }
    })
  }

  it('are those counted by hand, once, though the hooks stand in three files', () => {
    const kinds = eventsOf('engine').map((event) => event.kind)
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
    const brief = eventsOf('import').map((event) => `${event.turn} ${event.kind}`)
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
