// Replays every recording of the real client: in whatever order and pieces it comes, the events are the golden ones.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { gemini } from '../../../src/agents/gemini/adapter.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { keepsContract } from '../contract.ts'
import { recordingsOf } from '../recordings.ts'

const recordings = recordingsOf(gemini)
const { captures, goldenEvents, readHooks, sessionsOf, transcriptsOf } = recordings

/** Counted by hand in the scenarios. */
const COUNTS = {
  basic: { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  edges: { human: 5, responses: 7, calls: 18, files: ['a.txt', 'b.txt', 'k.txt'] },
  // Two of the prompts are what a hook asked for: without a terminal the client does not say so.
  injected: { human: 6, responses: 7, calls: 2, files: ['f.txt'] },
  resume: { human: 3, responses: 10, calls: 9, files: ['src/auth.ts'] },
  subagent: { human: 1, responses: 5, calls: 3, files: [] },
  subdir: { human: 1, responses: 5, calls: 5, files: ['packages/core/src/auth.ts'] },
  'tui-cancel': { human: 4, responses: 5, calls: 3, files: ['f.txt'] },
  'tui-rewind': { human: 7, responses: 14, calls: 7, files: ['f.txt'] },
  'tui-trust': { human: 1, responses: 3, calls: 2, files: ['src/a.ts'] },
}

/**
 * What the client itself counted for the model of the session, by `--output-format stream-json`: input without and
 * from the cache, and all other tokens. It also asks a small model which model to take; the transcript leaves that out.
 */
const COUNTED: Readonly<Record<string, readonly [number, number, number]>> = {
  '852c264c': [26085, 26083, 52695 - 52168],
  '60955447': [36447, 36446, 73404 - 72893],
}

describe('the events of recorded sessions of Gemini CLI', (it) => {
  keepsContract(it, gemini, recordings, COUNTS)

  it('tell of every call how it went', () => {
    for (const capture of captures) {
      const results = goldenEvents(capture).filter((event) => event.kind === 'tool-result')
      assert.is(results.length, COUNTS[capture as keyof typeof COUNTS].calls, capture)
    }
  })

  it('count the tokens that the client counted', () => {
    const sessions = captures.flatMap((capture) => sessionsOf(capture).map((session) => ({ capture, session })))
    for (const [start, counted] of Object.entries(COUNTED)) {
      const { capture, session } = sessions.find((one) => one.session.startsWith(start))!
      const tokens = goldenEvents(capture, session).flatMap((event) => event.kind === 'usage' ? [event.tokens] : [])
      const sum = (key: 'input' | 'output' | 'cacheRead'): number => tokens.reduce((total, one) => total + one[key], 0)
      assert.equal([sum('input'), sum('cacheRead'), sum('output')], [...counted], session)
    }
  })

  it('find all that a user typed, and nothing else, in a session with a compaction and a rewind', () => {
    const session = sessionsOf('tui-rewind').find((one) => one.startsWith('b009e076'))!
    const events = goldenEvents('tui-rewind', session)
    const prompts = events.flatMap((event) => event.kind === 'prompt' ? [`${event.origin}: ${event.text}`] : [])
    assert.equal(prompts, [
      'human: turn first', 'client: Check the tests as well.', 'human: turn second', 'human: turn badly',
      'human: turn third', 'human: turn second again', 'human: turn third anew',
    ])
    const outcomes = events.flatMap((event) => event.kind === 'turn-end' ? [event.outcome] : [])
    assert.equal(outcomes, ['completed', 'completed', 'failed', 'completed', 'completed'])
    assert.is(events.filter((event) => event.kind === 'compaction').length, 1)
    assert.is(events.filter((event) => event.kind === 'notice' && event.what === 'rewind').length, 1)
  })

  it('end a session once although the client says it three times', () => {
    const session = sessionsOf('tui-rewind').find((one) => one.startsWith('9cedb4e8'))!
    const ends = readHooks('tui-rewind').filter((hook) => hook.event === 'SessionEnd'
      && hook.payload['session_id'] === session)
    assert.is(ends.length, 3)
    assert.is(goldenEvents('tui-rewind', session).filter((event) => event.kind === 'session-end').length, 1)
  })

  it('tell every kind of line, tool and status that the client used', () => {
    const unknown = captures.flatMap((capture) => sessionsOf(capture).flatMap((session) =>
      transcriptsOf(capture, session).flatMap(({ lines, source }) =>
        gemini.parseTranscript(lines, source, undefined).unknown)))
    assert.equal([...new Set(unknown)], ['tool:no_such_tool'])
  })

  it('keep every line that a resumed session needs', () => {
    for (const { lines, source } of transcriptsOf('resume', sessionsOf('resume')[0]!)) {
      assert.equal(gemini.parseTranscript(lines, source, undefined).native, lines)
    }
  })
})

describe('the adapter of Gemini CLI', (it) => {
  const chats = join(recordings.folder, 'transcripts/subagent/project/chats')
  const main = join(chats, 'session-2026-11-20T17-26-a1cf9569.jsonl')
  const session = 'a1cf9569-479f-4cfa-abce-c35f95b0bfef' as SessionId
  const child = join(chats, session, '7235bb9f-0dab-45bb-a209-774b8b9d4013.jsonl')
  const headOf = (path: string): readonly string[] => readFileSync(path, 'utf8').split('\n', 20)

  it('knows its shell, which does not say the session', () => {
    assert.is(gemini.isShellOf({ GEMINI_CLI: '1' }), true)
    assert.is(gemini.isShellOf({ CLAUDE_PROJECT_DIR: '/home/dev/project' }), false)
    assert.is(gemini.sessionOf({ GEMINI_CLI: '1', GEMINI_SESSION_ID: 'x' }), undefined)
  })

  it('finds transcripts of all projects, wherever the client keeps them', () => {
    assert.equal(gemini.transcriptFolders('/p', '/home/dev', {}), [{ path: '/home/dev/.gemini/tmp', depth: 2 }])
    assert.equal(gemini.transcriptFolders(undefined, '/home/dev', { GEMINI_CLI_HOME: '/srv/gemini' }),
      [{ path: '/srv/gemini/.gemini/tmp', depth: 2 }])
  })

  it('knows whose a transcript is by its header', () => {
    assert.is(gemini.sessionOfTranscript(main, headOf(main)), session)
    assert.is(gemini.sessionOfTranscript(main), undefined)
    assert.is(gemini.sessionOfTranscript(child, headOf(child)), undefined)
    assert.is(gemini.sessionOfTranscript(join(chats, 'session-x.jsonl'), headOf(child)), undefined)
    const left = join(recordings.folder, 'transcripts/resume/project/chats/session-2026-11-20T17-24-6ad355a6.jsonl')
    assert.is(gemini.sessionOfTranscript(left, headOf(left)), undefined, 'left behind by a resumption')
  })

  it('finds the transcripts of subagents', () => {
    assert.is(gemini.subagentFolder(main, session), join(chats, session))
    assert.is(gemini.subagentOfTranscript(child), '7235bb9f-0dab-45bb-a209-774b8b9d4013')
    assert.is(gemini.subagentOfTranscript(main), undefined)
    assert.is(gemini.subagentOfTranscript(join(chats, 'other.jsonl')), undefined)
  })

  it('knows where a session was started by the digest in its header', () => {
    assert.is(gemini.startedIn(headOf(main), main), '/home/dev/project')
    assert.is(gemini.startedIn(headOf(child), child), '/home/dev/project')
    const below = transcriptsOf('subdir', sessionsOf('subdir')[0]!)[0]!
    assert.is(gemini.startedIn(below.lines.map(({ text }) => text), below.path), '/home/dev/project/packages/core')
    assert.is(gemini.startedIn(headOf(main).slice(0, 1), main), undefined)
  })

  it('takes for read-only what cannot write a file', () => {
    const writing = ['run_shell_command', 'write_file', 'replace', 'save_memory', 'mcp_demo_lookup', 'unheard']
    assert.equal(writing.filter((tool) => gemini.readOnlyTools.has(tool)), [])
    assert.equal([...gemini.shellTools ?? []], ['run_shell_command'])
  })
})
