// What single lines of a transcript of Gemini CLI tell, and that no line can do harm.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { TranscriptReading, TranscriptState } from '../../../src/agents/agent.ts'
import { parseTranscript } from '../../../src/agents/gemini/transcript.ts'
import type { Event, Observation } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { linesOf } from '../recordings.ts'

type Fields = Readonly<Record<string, unknown>>

const START = Date.parse('2026-11-20T17:23:26.000Z')
const at = (ms: number): string => new Date(START + ms).toISOString()

const message = (type: string, id: string, ms: number, content: unknown, fields: Fields = {}): string =>
  JSON.stringify({ id, timestamp: at(ms), type, content, ...fields })
const user = (id: string, ms: number, text: string, fields: Fields = {}): string =>
  message('user', id, ms, [{ text }], fields)
const answer = (id: string, ms: number, text: string, fields: Fields = {}): string =>
  message('gemini', id, ms, text, { model: 'gemini-x', ...fields })
const set = (change: Fields): string => JSON.stringify({ $set: change })
const header = JSON.stringify({ sessionId: 's1', projectHash: 'h', kind: 'main' })
const call = (id: string, fields: Fields = {}): Fields =>
  ({ id, name: 'run_shell_command', args: { command: 'ls' }, status: 'success', timestamp: at(0), ...fields })

const read = (lines: readonly string[], subagent?: string, state?: TranscriptState): TranscriptReading =>
  parseTranscript(linesOf(lines.map((line) => `${line}\n`).join('')),
    { session: 's1' as SessionId, ...(subagent === undefined ? {} : { subagent }) }, state)

const eventsOf = (lines: readonly string[], subagent?: string): readonly Event[] =>
  read(lines, subagent).observations.map(({ event }) => event)

const brief = (events: readonly Event[]): readonly string[] =>
  events.map((event) => `${event.turn ?? '-'} ${event.id}`)

describe('a transcript of Gemini CLI', (it) => {
  it('gives everything to the turn of the last prompt', () => {
    assert.equal(brief(eventsOf([
      header, user('p1', 0, 'One'), answer('a1', 100, 'First.'), user('p2', 200, 'Two'), answer('a2', 300, 'Second.'),
    ])), ['p1 prompt:p1', 'p1 response:a1', 'p1 end:p1', 'p2 prompt:p2', 'p2 response:a2'])
  })

  it('counts tokens once, and only where the client knows them', () => {
    const tokens = { input: 100, output: 10, cached: 40, thoughts: 5, tool: 3, total: 118 }
    const lines = [answer('a1', 0, 'One', { tokens }), answer('a1', 0, 'One', { tokens, toolCalls: [call('c1')] }),
      answer('a2', 100, 'Two', { tokens: null }), answer('a3', 200, 'Three')]
    const usage = eventsOf(lines).filter((event) => event.kind === 'usage')
    assert.equal(usage.map(({ id }) => id), ['usage:a1', 'usage:a1'])
    assert.equal(usage[0], { id: 'usage:a1', at: START, kind: 'usage', message: 'a1', model: 'gemini-x',
      tokens: { input: 63, output: 15, cacheRead: 40, cacheWrite: 0 } })
  })

  it('AGT-10 knows the model of every answer', () => {
    const reading = read([answer('a1', 0, 'One'), answer('a2', 1, 'Two', { model: 'gemini-y' })])
    assert.equal(reading.observations.map(({ event }) => event.kind === 'response' && event.model),
      ['gemini-x', 'gemini-y'])
    assert.equal(reading.facts, { model: 'gemini-y' })
  })

  it('calls a turn broken off when the next one begins while tools are at work', () => {
    const outcomes = (lines: readonly string[]): readonly string[] =>
      eventsOf(lines).flatMap((event) => event.kind === 'turn-end' ? [event.outcome] : [])
    const begun = [user('p1', 0, 'One'), answer('a1', 100, 'Looking.', { toolCalls: [call('c1')] })]
    assert.equal(outcomes([...begun, header, user('p2', 900, 'Two')]), ['interrupted'])
    assert.equal(outcomes([...begun, set({ sessionId: 's1' }), answer('a2', 300, 'Done.')]), [], 'a compaction')
    const said = [user('p1', 0, 'One'), answer('a1', 100, 'Looking.')]
    assert.equal(outcomes([...said, header, user('p2', 900, 'Two')]), [], 'nobody knows')
    assert.equal(outcomes([...said, message('info', 'i', 150, 'Request cancelled.'), user('p2', 200, 'Two')]),
      ['interrupted'])
    assert.equal(outcomes([...said, message('error', 'e', 150, '[API Error: no]'), user('p2', 200, 'Two')]), ['failed'])
  })

  it('does not take for new what the client wrote down again', () => {
    const history = [user('p1', 0, 'One'), answer('a1', 100, 'First.'), user('p2', 200, 'Two')]
    const again = [user('x0', 500, '<session_context>\nThis is the Gemini CLI.'), user('x1', 501, 'One'),
      message('gemini', 'x2', 501, [{ text: 'First.' }]), user('x3', 502, 'Two'), set({ messages: [{ id: 'x1' }] })]
    const told = brief(eventsOf([...history, ...again]))
    assert.equal(told, brief(eventsOf(history)))
    const repeated = brief(eventsOf([...history, user('p3', 900, 'Two')]))
    assert.equal(repeated.slice(told.length), ['p2 end:p2', 'p3 prompt:p3'], 'the same words again are a prompt')
  })

  it('keeps what was told when the history is replaced, and tells the summary once', () => {
    const summary = { id: 'sum', type: 'user', timestamp: at(600),
      content: [{ text: '<state_snapshot>Done so far.</state_snapshot>' }] }
    const events = eventsOf([
      user('p1', 0, 'One'), set({ messages: [summary, { id: 'p1', type: 'user', content: 'Old words' }] }),
      set({ messages: [summary] }),
    ])
    assert.equal(events.map((event) => event.kind), ['prompt', 'compaction'])
    assert.equal(events[1]?.kind === 'compaction' && events[1].summary, 'Done so far.')
  })

  it('tells whose words a subagent got', () => {
    const events = eventsOf([user('p1', 0, 'Do it'), answer('a1', 100, 'No.'), user('p2', 200, 'You must')], 'child')
    assert.equal(events.map((event) => event.kind === 'prompt' ? event.origin : event.kind),
      ['agent', 'response', 'client'])
    assert.is(events.every((event) => event.subagent === 'child' && event.turn === undefined), true)
  })

  it('names what it does not know', () => {
    const reading = read([
      '{"id":"x","type":"dream"}', '{"what":1}', 'no json', '[]', set({ mood: 1 }),
      answer('a1', 0, '', { toolCalls: [call('c1', { name: 'fly', status: 'aloft' }), {}] }),
    ])
    assert.equal([...reading.unknown].sort(), ['line:dream', 'line:gemini with a call without id or name',
      'line:not-json', 'line:what', 'set:mood', 'status:aloft', 'tool:fly'])
    assert.equal(reading.native.map(({ text }) => text[0]), ['{', '{', '{', '{'])
    assert.equal(reading.observations.map(({ event }) => event.kind), ['tool-call'], 'a call that is under way')
  })

  it('reads the conversation that older clients wrote at once', () => {
    const whole = JSON.stringify({ sessionId: 's1', projectHash: 'h', messages: [
      { id: 'p1', type: 'user', content: 'One', timestamp: at(0) },
      { id: 'a1', type: 'gemini', content: 'First.', model: 'gemini-x', timestamp: at(1) },
    ] })
    assert.equal(brief(eventsOf([whole])), ['p1 prompt:p1', 'p1 response:a1'])
  })

  it('remembers little, however long the session is', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => user(`p${index}`, index * 100, `Prompt ${index}`))
    assert.is(JSON.stringify(read(lines).state).length < 8192, true)
    const huge = read([user('p', 0, 'x'.repeat(3_000_000)), user('q', 0, '<hook_context>'.repeat(100_000)),
      message('warning', 'w', 1, `Agent execution blocked: ${'y'.repeat(1_000_000)}`)])
    assert.is(JSON.stringify(huge.state).length < 1024, true)
  })
})

const GOOD = [header, user('p1', 0, 'One'), answer('a1', 100, 'First.', { thoughts: [{ subject: 'S' }],
  tokens: { input: 1, output: 1 }, toolCalls: [call('c1')] }), user('p2', 200, 'Two'), answer('a2', 300, 'Second.')]

const json = fc.jsonValue({ maxDepth: 4 })

/** A line with the client's own keys and any values. */
const strange = fc.record({
  id: fc.oneof(fc.constantFrom('a1', 'zz'), json), type: fc.constantFrom('user', 'gemini', 'info', 'error', 'x'),
  timestamp: json, content: json, displayContent: json, thoughts: fc.array(json), tokens: json, model: json,
  toolCalls: fc.array(fc.oneof(json, fc.record({ id: fc.string(), name: fc.constantFrom('write_file', 'read_file'),
    args: json, result: json, status: fc.constantFrom('success', 'x'), resultDisplay: json, agentId: json }))),
  $set: json, $rewindTo: json,
}, { requiredKeys: [] }).map((value) => JSON.stringify(value))

const noise = fc.oneof(strange, json.map((value) => JSON.stringify(value)), fc.string(),
  fc.constantFrom(...GOOD).chain((line) => fc.nat(line.length).map((length) => line.slice(0, length))))

describe('any transcript of Gemini CLI', (it) => {
  it('is read without harm, and where reading stopped makes no difference', () => {
    fc.assert(fc.property(fc.array(noise, { maxLength: 12 }), fc.nat(12), (lines, cut) => {
      const whole = linesOf(lines.map((line) => `${line.replace(/\n/g, ' ')}\n`).join(''))
      const source = { session: 's1' as SessionId }
      const first = parseTranscript(whole.slice(0, cut), source, undefined)
      const state = JSON.parse(JSON.stringify(first.state)) as TranscriptState
      const second = parseTranscript(whole.slice(cut), source, state)
      const told: readonly Observation[] = [...first.observations, ...second.observations]
      assert.equal(JSON.stringify(told), JSON.stringify(parseTranscript(whole, source, undefined).observations))
    }), { numRuns: 300 })
  })

  it('gives up no good line for the bad ones around it', () => {
    const expected = new Set(eventsOf(GOOD).map(({ id }) => id).filter((id) => !id.startsWith('end:')))
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), json.map((value) => JSON.stringify([value])))), (bad) => {
      const mixed = GOOD.flatMap((line) => [...bad.map((text) => text.replace(/\n/g, ' ')), line])
      const told = new Set(eventsOf(mixed).map(({ id }) => id))
      assert.equal([...expected].filter((id) => !told.has(id)), [])
    }), { numRuns: 100 })
  })

  it('is read from any state', () => {
    const keys = fc.constantFrom('turn', 'phase', 'at', 'prompts', 'summary')
    fc.assert(fc.property(fc.dictionary(keys, json), (state) => {
      const told = new Set(read(GOOD, undefined, state).observations.map(({ event }) => event.id))
      assert.is(told.has('response:a2' as Event['id']), true)
    }), { numRuns: 100 })
  })
})
