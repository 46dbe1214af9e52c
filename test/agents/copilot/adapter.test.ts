// Replays every recording of the real Copilot CLI: in whatever order and pieces it comes, the events are the golden
// ones.

import * as assert from 'uvu/assert'
import { copilot } from '../../../src/agents/copilot/adapter.ts'
import type { TokenUsage } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { keepsContract } from '../contract.ts'
import { recordingsOf } from '../recordings.ts'

const recordings = recordingsOf(copilot)
const { captures, goldenEvents, sessionsOf, transcriptsOf } = recordings

/** Counted by hand in the scenarios; failed and refused calls count, prompts of subagents do not. */
const COUNTS = {
  basic: { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  'claude-model': { human: 1, responses: 11, calls: 10, files: ['src/a.ts', 'src/child.ts'] },
  failures: { human: 5, responses: 10, calls: 9, files: ['src/one.ts', 'src/two.ts'] },
  pascal: { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  patches: { human: 1, responses: 10, calls: 9, files: [
    'README.md', 'src/deep/four.ts', 'src/first.ts', 'src/grand.ts', 'src/one.ts', 'src/two.ts',
  ] },
  resume: { human: 3, responses: 10, calls: 9, files: ['src/auth.ts'] },
  steering: { human: 5, responses: 5, calls: 2, files: [] },
  subagent: { human: 1, responses: 5, calls: 4, files: ['src/child.ts'] },
  'tui-trust': { human: 1, responses: 3, calls: 2, files: ['src/a.ts'] },
}

/** What the client counted by itself, all its processes together, in its own terms: input with all of the cache. */
function clientsCount(capture: string, session: SessionId): readonly [number, number, number] | undefined {
  const last = transcriptsOf(capture, session).flatMap(({ lines }) => lines)
    .findLast(({ text }) => text.startsWith('{"type":"session.shutdown"'))
  if (last === undefined) return undefined
  const { data } = JSON.parse(last.text) as {
    data: { modelMetrics: Record<string, { usage: Record<string, number> }> }
  }
  const usages = Object.values(data.modelMetrics).map(({ usage }) => usage)
  const sum = (key: string): number => usages.reduce((total, usage) => total + (usage[key] ?? 0), 0)
  return [sum('inputTokens'), sum('outputTokens'), sum('cacheReadTokens')]
}

/** The client leaves the request that sums up a conversation out of its totals. */
function ourCount(capture: string, session: SessionId): readonly [number, number, number] {
  const usages: readonly TokenUsage[] = goldenEvents(capture, session).flatMap((event) =>
    event.kind === 'usage' && !event.message.startsWith('compaction:') ? [event.tokens] : [])
  const sum = (of: (usage: TokenUsage) => number): number => usages.reduce((total, usage) => total + of(usage), 0)
  const input = sum((one) => one.input + one.cacheRead + one.cacheWrite)
  return [input, sum((one) => one.output), sum((one) => one.cacheRead)]
}

describe('the events of recorded sessions of Copilot CLI', (it) => {
  keepsContract(it, copilot, recordings, COUNTS)

  for (const capture of captures) {
    it(`end every turn once: ${capture}`, () => {
      const events = goldenEvents(capture)
      const turns = new Set(events.flatMap(({ turn }) => turn ?? []))
      assert.is(events.filter((event) => event.kind === 'turn-end').length, turns.size)
    })

    it(`count the tokens that the client counted: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const counted = clientsCount(capture, session)
        if (counted !== undefined) assert.equal(ourCount(capture, session), counted, session)
      }
    })
  }

  it('belong to the turn in which a subagent was started, whoever started it', () => {
    const session = '0244e198-e667-4795-9365-5b787b63a858' as SessionId
    const events = goldenEvents('patches', session)
    const [first] = events.flatMap(({ turn }) => turn ?? [])
    const ofSubagents = events.filter(({ subagent }) => subagent !== undefined)
    assert.is(new Set(ofSubagents.map(({ subagent }) => subagent)).size, 2)
    assert.equal([...new Set(ofSubagents.map(({ turn }) => turn))], [first])
  })

  it('tell a moved, a deleted, a new and a changed file of one patch', () => {
    const session = '0244e198-e667-4795-9365-5b787b63a858' as SessionId
    const changes = goldenEvents('patches', session).flatMap((event) =>
      event.kind === 'file-change' && event.call === 'call_48863b54197e42521a8f710a' ? [event] : [])
    const brief = changes.map(({ path, from, change, hunks }) => {
      const lines = hunks?.flatMap((hunk) => hunk.lines).filter((line) => /^[-+]/.test(line))
      return [change, path.slice(18), from?.slice(18), lines]
    })
    assert.equal(brief, [
      ['rename', 'src/first.ts', 'src/one.ts', ['-export const one = 1;', '+export const one = 11;']],
      ['delete', 'src/two.ts', undefined, ['-export const two = 2;']],
      ['create', 'src/deep/four.ts', undefined, ['+export const four = 4;']],
      ['modify', 'README.md', undefined, ['-hello', '+hello world']],
    ])
  })

  it('AGT-10 give each turn its own model', () => {
    const models = (session: string): readonly string[] => goldenEvents('steering', session as SessionId)
      .flatMap((event) => event.kind === 'response' ? [event.model ?? ''] : [])
    assert.equal(models('89b408bd-7263-402c-aed5-ace4c4143849'), ['gpt-5.4', 'gpt-5.4', 'gpt-5.4', 'gpt-5.4'])
    assert.equal(models('a8c8710f-0985-4d6a-92eb-1a31dee89ec9'), ['gpt-5.5'])
  })

  it('end as they ended', () => {
    const outcomes = (capture: string, session: string): readonly string[] =>
      goldenEvents(capture, session as SessionId).flatMap((event) => event.kind === 'turn-end' ? [event.outcome] : [])
    assert.equal(outcomes('steering', '89b408bd-7263-402c-aed5-ace4c4143849'),
      ['completed', 'interrupted', 'completed'])
    assert.equal(outcomes('failures', '502adfe5-af37-40d8-a28f-f512b0b4577d'),
      ['completed', 'failed', 'completed', 'interrupted', 'completed'])
  })
})

describe('the adapter of Copilot', (it) => {
  it('knows its shell, and the session in it', () => {
    assert.is(copilot.sessionOf({ COPILOT_CLI: '1', COPILOT_AGENT_SESSION_ID: 'a-b' }), 'a-b')
    assert.is(copilot.sessionOf({ COPILOT_CLI: '1' }), undefined)
    assert.is(copilot.isShellOf({ COPILOT_CLI: '1' }), true)
    assert.is(copilot.isShellOf({}), false)
  })

  it('finds the transcript of a session by its id', () => {
    const session = 'a45fc7d8-7e67-4302-ac91-64d256a38476' as SessionId
    const path = `/home/dev/.copilot/session-state/${session}/events.jsonl`
    assert.is(copilot.transcriptOf?.(session, '/home/dev', {}), path)
    assert.is(copilot.sessionOfTranscript(path), session)
    assert.is(copilot.transcriptOf?.(session, '/home/dev', { COPILOT_HOME: '/etc/c' }),
      `/etc/c/session-state/${session}/events.jsonl`)
  })

  it('takes the transcripts of both clients for those of sessions, and nothing else', () => {
    const vscode = '/home/dev/.config/Code/User/workspaceStorage/abc/GitHub.copilot-chat/transcripts/s-1.jsonl'
    assert.is(copilot.sessionOfTranscript(vscode), 's-1')
    assert.is(copilot.sessionOfTranscript(vscode.replaceAll('/', '\\')), 's-1')
    assert.is(copilot.sessionOfTranscript('/home/dev/.copilot/session-state/s/checkpoints/events.jsonl'), undefined)
    assert.is(copilot.sessionOfTranscript('/home/dev/project/events.jsonl'), undefined)
  })

  it('says where a session was started', () => {
    const [transcript] = transcriptsOf('basic', 'a45fc7d8-7e67-4302-ac91-64d256a38476' as SessionId)
    assert.is(copilot.startedIn(transcript!.lines.slice(0, 5).map(({ text }) => text), transcript!.path),
      '/home/dev/project')
    assert.is(copilot.startedIn(['{"type":"session.start","data":{}}', 'x'], '/t'), undefined)
  })

  it('looks for sessions where both clients keep them', () => {
    const folders = copilot.transcriptFolders('/p', '/home/dev', { COPILOT_HOME: '/c' })
    assert.equal(folders[0], { path: '/c/session-state', depth: 1 })
    assert.equal(folders[1], { path: '/home/dev/.config/Code/User/workspaceStorage', depth: 3 })
  })
})
