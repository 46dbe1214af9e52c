// That a transcript of Copilot tells the same in whatever pieces it comes, and survives whatever stands in it.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { TranscriptReading, TranscriptState } from '../../../src/agents/agent.ts'
import { copilot } from '../../../src/agents/copilot/adapter.ts'
import { parseTranscript } from '../../../src/agents/copilot/transcript.ts'
import type { Event } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { linesOf, recordingsOf } from '../recordings.ts'
import { spoiledFrom } from '../spoiled.ts'

const { captures, readInSlices, sessionsOf, transcriptsOf } = recordingsOf(copilot)
const recorded = captures.flatMap((capture) => sessionsOf(capture).flatMap((one) => transcriptsOf(capture, one)))

const AT = '2026-11-20T17:20:18.635Z'
type Fields = Readonly<Record<string, unknown>>

const line = (type: string, id: string, data: Fields = {}, fields: Fields = {}): string =>
  JSON.stringify({ type, data, id, timestamp: AT, parentId: null, ...fields })
const user = (id: string, content: string, data: Fields = {}): string =>
  line('user.message', id, { content, messageId: id, delivery: 'idle', ...data })
const said = (id: string, content: string, data: Fields = {}, fields: Fields = {}): string =>
  line('assistant.message', id, { messageId: id, content, toolRequests: [], ...data }, fields)

const read = (lines: readonly string[], state?: TranscriptState): TranscriptReading =>
  parseTranscript(linesOf(lines.map((one) => `${one}\n`).join('')), { session: 's1' as SessionId }, state)
const eventsOf = (lines: readonly string[]): readonly Event[] => read(lines).observations.map(({ event }) => event)
const brief = (lines: readonly string[]): readonly string[] =>
  eventsOf(lines).map((event) => `${event.turn ?? '-'} ${event.id}`)

describe('parseTranscript of recorded sessions of Copilot CLI', (it) => {
  it('knows every line and tool but the one nobody has', () => {
    const unknown = recorded.flatMap(({ lines, source }) => parseTranscript(lines, source, undefined).unknown)
    assert.equal(unknown, ['tool:frobnicate'])
  })

  it('tells the same when every reading stops after one line', () => {
    for (const transcript of recorded) {
      const each = Array.from({ length: transcript.lines.length }, (_, index) => index)
      assert.equal(readInSlices(transcript, each), readInSlices(transcript, []), transcript.path)
    }
  })

  it('keeps every line byte for byte, but for the log of requests', () => {
    for (const { lines, source } of recorded) {
      const { native, state } = parseTranscript(lines, source, undefined)
      assert.equal(native, lines.filter(({ text }) => !text.startsWith('{"type":"model.')))
      assert.is(Buffer.byteLength(JSON.stringify(state)) < 64 * 1024, true)
    }
  })

  it('gives each event a place of its own', () => {
    for (const transcript of recorded) {
      const places = readInSlices(transcript, []).map(({ offset }) => offset)
      assert.is(new Set(places).size, places.length, transcript.path)
    }
  })

  it('tells facts about the session', () => {
    const { facts } = read([line('session.start', 'l1', {
      copilotVersion: '1.0.102', selectedModel: 'a', context: { cwd: '/p', branch: 'main' },
    }), line('session.model_change', 'l2', { newModel: 'b' })])
    assert.equal(facts, { agentVersion: '1.0.102', model: 'b', gitBranch: 'main' })
  })
})

describe('parseTranscript of Copilot', (it) => {
  it('joins what is typed while the agent works to the turn under way', () => {
    const steering = user('u2', 'Use tabs', { delivery: 'steering' })
    assert.equal(brief([user('u1', 'Go'), steering, said('a1', 'Yes')]),
      ['u1 prompt:u1', 'u1 prompt:u2', 'u1 response:a1'])
    const over = [user('u1', 'Go'), said('a1', 'Yes'), line('assistant.turn_end', 'l1'), steering]
    assert.equal(brief(over), ['u1 prompt:u1', 'u1 response:a1', 'u1 end:u1', 'u2 prompt:u2'])
  })

  it('ends the turn of a client that was killed when the next one begins', () => {
    const outcomes = (next: string): readonly unknown[] => eventsOf([user('u1', 'Go'), next])
      .flatMap((event) => event.kind === 'turn-end' ? [[event.turn, event.outcome]] : [])
    assert.equal(outcomes(line('session.resume', 'l1')), [['u1', 'interrupted']])
    assert.equal(outcomes(user('u2', 'Again')), [['u1', 'interrupted']])
    assert.equal(outcomes(line('session.shutdown', 'l1')), [['u1', 'interrupted']])
    assert.equal(outcomes(line('session.info', 'l1')), [])
  })

  it('knows whose words a prompt is', () => {
    const originOf = (data: Fields, fields: Fields = {}): unknown => {
      const [event] = eventsOf([line('user.message', 'u1', { content: 'Go', ...data }, fields)])
      return event?.kind === 'prompt' && event.origin
    }
    assert.is(originOf({}), 'human')
    assert.is(originOf({ source: 'user' }), 'human')
    assert.is(originOf({ source: 'skill-pdf' }), 'client')
    assert.is(originOf({ isAutopilotContinuation: true }), 'client')
    assert.is(originOf({ content: '<system_notification>\nDone\n</system_notification>' }), 'client')
    assert.is(originOf({ source: 'agent-s1' }, { agentId: 'c1' }), 'agent')
  })

  it('tells how a call went', () => {
    const outcomeOf = (data: Fields): unknown => {
      const events = eventsOf([line('tool.execution_complete', 'l1', { toolCallId: 'c1', ...data })])
      return events[0]?.kind === 'tool-result' && events[0].outcome
    }
    assert.is(outcomeOf({ success: true, shellExecution: { exitCode: 0 } }), 'ok')
    assert.is(outcomeOf({ success: true, shellExecution: { exitCode: 3 } }), 'failed')
    assert.is(outcomeOf({ success: false, error: { code: 'failure' } }), 'failed')
    assert.is(outcomeOf({ success: false, error: { code: 'denied' } }), 'refused')
    assert.is(outcomeOf({ success: false, error: { code: 'aborted' } }), 'interrupted')
  })

  it('tells the edits of VS Code by what was asked for, if it went well', () => {
    const edit = { filePath: '/p/a.ts', oldString: 'a\n', newString: 'b\n' }
    const asked = line('tool.execution_start', 'l1', {
      toolCallId: 'call_1__vscode-17', toolName: 'replace_string_in_file', arguments: JSON.stringify(edit),
    })
    const changes = (success: boolean): readonly unknown[] => eventsOf([
      asked, line('tool.execution_complete', 'l2', { toolCallId: 'call_1__vscode-17', success }),
    ]).flatMap((event) => event.kind === 'file-change' ? [[event.id, event.path, event.hunks?.[0]?.lines]] : [])
    assert.equal(changes(true), [['change:call_1:0', '/p/a.ts', ['-a', '+b']]])
    assert.equal(changes(false), [])
  })

  it('names the file of an edit that is too long to be remembered', () => {
    const long = 'x\n'.repeat(5000)
    const lines = [
      line('tool.execution_start', 'l1', {
        toolCallId: 'c1', toolName: 'create_file', arguments: { filePath: '/p/a.ts', content: long },
      }),
      line('tool.execution_complete', 'l2', { toolCallId: 'c1', success: true }),
    ]
    const { state } = read(lines.slice(0, 1))
    assert.is(JSON.stringify(state).length < 1000, true)
    const change = eventsOf(lines).find((event) => event.kind === 'file-change')
    assert.equal(change?.kind === 'file-change' && [change.path, change.change, change.hunks],
      ['/p/a.ts', 'create', undefined])
  })

  it('keeps what a user ran himself apart from the calls of the agent', () => {
    const call = { toolCallId: 'c1', toolName: 'bash', arguments: { command: 'ls' } }
    const events = eventsOf([line('tool.user_requested', 'l1', call), line('tool.execution_start', 'l2', call),
      line('tool.execution_complete', 'l3', { toolCallId: 'c1', success: true })])
    assert.equal(events.map((event) => event.kind === 'notice' && [event.what, event.text]), [['user-shell', 'ls']])
  })

  it('tells no tokens where the client told none', () => {
    const usage = (fields: Fields): readonly Event[] =>
      eventsOf([line('session.usage_record', 'l1', { usage: fields })])
    assert.equal(usage({ model: 'm' }), [])
    assert.equal(usage({ model: 'm', outputTokens: 3 }), [])
    const [told] = usage({ model: 'm', inputTokens: 10, outputTokens: 3, cacheReadTokens: 4, cacheWriteTokens: 1 })
    assert.equal(told?.kind === 'usage' && told.tokens, { input: 5, output: 3, cacheRead: 4, cacheWrite: 1 })
  })

  it('reports what it does not know', () => {
    const unknown = read([line('session.new_thing', 'l1'), 'no json', '{"data":{}}',
      line('tool.execution_start', 'l2', { toolCallId: 'c1', toolName: 'new_tool' }),
      line('tool.execution_start', 'l3', { toolCallId: 'c2', toolName: 'demo-x', mcpToolName: 'x' })]).unknown
    assert.equal(unknown, ['line:session.new_thing', 'line:not-json', 'line:no-type', 'tool:new_tool'])
  })

  it('loses no good line to a bad one, and never throws', () => {
    const texts = recorded.flatMap(({ lines }) => lines).map(({ text }) => text)
    const good = [user('u-good', 'Go'), said('a-good', 'Done')]
    const spoiled = spoiledFrom(texts, ['data'])
    fc.assert(fc.property(fc.array(spoiled, { minLength: 1, maxLength: 6 }), (bad) => {
      const { observations, state } = read([...bad.flat(), ...good])
      JSON.stringify(observations)
      const ids = observations.map(({ event }) => event.id as string)
      assert.is(ids.includes('prompt:u-good') && ids.includes('response:a-good'), true)
      assert.is(JSON.stringify(state).length < 64 * 1024, true)
    }), { numRuns: 300, seed: 5 })
  })

  it('forgets what is old, however long the names are', () => {
    const long = 'ü'.repeat(900)
    const lines = Array.from({ length: 300 }, (_, index) => [
      user(`${index}-`.padEnd(100, 'u'), 'Go'),
      line('subagent.started', 'l', { agentType: long }, { agentId: `${index}-`.padEnd(100, 'a') }),
      line('tool.execution_start', 'l', {
        toolCallId: `${index}-`.padEnd(100, 'c'), toolName: 'create_file', arguments: { filePath: long },
      }),
    ]).flat()
    assert.is(Buffer.byteLength(JSON.stringify(read(lines).state)) < 64 * 1024, true)
  })

  it('starts anew from a state it cannot read', () => {
    const state = { turn: 7, subagents: [['c1', 3]], calls: [[1, 2], 4], counted: 'x', at: 'x', cwd: [] }
    assert.equal(read([user('u1', 'Go')], state).observations.map(({ event }) => event.id), ['prompt:u1'])
  })
})
