// What single messages tell, of the kinds that the recordings do not have: shapes are those of the client's own schema.

import * as assert from 'uvu/assert'
import type { TranscriptReading } from '../../../src/agents/agent.ts'
import { parseTranscript } from '../../../src/agents/opencode/transcript.ts'
import type { Event } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { linesOf } from '../recordings.ts'

type Fields = Readonly<Record<string, unknown>>

const session = 'ses_1' as SessionId
let parts = 0

const line = (kind: string, info: Fields, held: readonly Fields[] = [], more: Fields = {}): string =>
  JSON.stringify({ kind, ...more, info, parts: held.map((part) => ({ id: `prt_${parts += 1}`, ...part })) })

const begun = (more: Fields = {}): string =>
  line('session', { id: session, version: '1.18.33', time: { created: 1000, updated: 9000 }, ...more })
const text = (words: string, more: Fields = {}): Fields => ({ type: 'text', text: words, ...more })
const user = (id: string, at: number, held: readonly Fields[], more: Fields = {}): string =>
  line('message', { id, role: 'user', time: { created: at } }, held, more)
const assistant = (id: string, parentID: string, at: number, held: readonly Fields[], more: Fields = {}): string =>
  line('message',
    { id, parentID, role: 'assistant', modelID: 'm', time: { created: at, completed: at + 50 }, ...more }, held)
const stopped = { finish: 'stop' }
const tool = (name: string, state: Fields, id = 'prt_tool'): Fields =>
  ({ id, type: 'tool', tool: name, callID: 'call_0', state: { input: {}, time: { start: 1, end: 2 }, ...state } })

const read = (lines: readonly string[], subagent?: string): TranscriptReading =>
  parseTranscript(linesOf(lines.map((one) => `${one}\n`).join('')),
    { session, ...(subagent === undefined ? {} : { subagent }) }, undefined)
const eventsOf = (...lines: readonly string[]): readonly Event[] => read(lines).observations.map(({ event }) => event)
/** Kind, turn, and what the event says. */
const brief = (events: readonly Event[]): readonly string[] => events.map((event) => [
  event.kind, event.turn ?? '-',
  'text' in event ? event.text : 'outcome' in event ? event.outcome : 'trigger' in event ? event.trigger : '',
].join(' ').trim())

describe('a message of the user', (it) => {
  it('shows what was typed, not the files that the client added to it', () => {
    const [event] = eventsOf(begun(), user('msg_1', 2000, [
      text('Look at @a.ts'), text('Called the Read tool with the following input: {}', { synthetic: true }),
      text('<content>', { synthetic: true }),
      { type: 'file', mime: 'image/png', url: 'data:' }, { type: 'agent', name: 'x' },
    ]))
    assert.equal(event, { id: 'prompt:msg_1', turn: 'msg_1', at: 2000, kind: 'prompt', text: 'Look at @a.ts', images: 1,
      origin: 'human' } as never)
  })

  it('that the client wrote belongs to the turn before it', () => {
    assert.equal(brief(eventsOf(begun(),
      user('msg_1', 2000, [text('Do it')]),
      user('msg_2', 3000, [text('Continue if you have next steps', { synthetic: true })]),
      assistant('msg_3', 'msg_2', 3100, [text('Went on.')], stopped),
    )), ['prompt msg_1 Do it', 'prompt msg_1 Continue if you have next steps', 'response msg_1 Went on.',
      'turn-end msg_1 completed'])
  })

  it('may be a command that a subagent carries out', () => {
    assert.equal(brief(eventsOf(begun(), user('msg_1', 2000, [
      { type: 'subtask', prompt: 'Long instructions', description: 'src only', agent: 'general', command: 'review' },
    ]))), ['prompt msg_1 /review src only'])
  })

  it('may be a shell command that the user ran', () => {
    assert.equal(brief(eventsOf(begun(),
      user('msg_1', 2000, [text('The following tool was executed by the user', { synthetic: true })]),
      assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'completed', input: { command: 'ls' }, output: 'a' })]),
      user('msg_3', 3000, [text('Now you')]),
    )), ['notice msg_1 ls', 'prompt msg_3 Now you'])
  })

  it('is of an agent in the session of a subagent, and in the turn that the store says', () => {
    const { observations } = read([
      line('session', { id: 'ses_2', parentID: session, time: { created: 1000 } }),
      user('msg_1', 2000, [text('Help')], { turn: 'msg_main' }),
      assistant('msg_2', 'msg_1', 2100, [text('Did')], stopped),
    ], 'ses_2')
    assert.equal(brief(observations.map(({ event }) => event)), ['prompt msg_main Help', 'response msg_main Did'])
    assert.equal(observations.map(({ event }) => event.kind === 'prompt' ? event.origin : event.subagent),
      ['agent', 'ses_2'])
  })
})

describe('a message of the agent', (it) => {
  const asked = [begun(), user('msg_1', 2000, [text('Do it')])]
  const told = (...lines: readonly string[]): readonly Event[] => eventsOf(...asked, ...lines).slice(1)

  it('tells a call as soon as it runs, and its result when it has one', () => {
    const running = assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'running', time: { start: 1 } })],
      { time: { created: 2100 } })
    const ended = assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'completed', output: 'x' })],
      { finish: 'tool-calls' })
    assert.equal(brief(told(assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'pending' })]))), [])
    assert.equal(brief(told(running)), ['tool-call msg_1'])
    assert.equal(brief(told(running, ended)), ['tool-call msg_1', 'tool-call msg_1', 'tool-result msg_1 ok'])
  })

  it('says how a call went', () => {
    const outcomeOf = (state: Fields): unknown => told(assistant('msg_2', 'msg_1', 2100, [tool('bash', state)]))
      .flatMap((event) => event.kind === 'tool-result' ? [event.outcome] : [])
    const failed = (error: string, metadata = {}): Fields => ({ status: 'error', error, metadata })
    assert.equal(outcomeOf({ status: 'completed', output: '', metadata: { exit: 0 } }), ['ok'])
    assert.equal(outcomeOf({ status: 'completed', output: '', metadata: { exit: 2 } }), ['failed'])
    assert.equal(outcomeOf(failed('no such file')), ['failed'])
    assert.equal(outcomeOf(failed('The user rejected permission to use this specific tool call.')), ['refused'])
    assert.equal(outcomeOf(failed('Tool execution aborted')), ['interrupted'])
    assert.equal(outcomeOf(failed('x', { interrupted: true })), ['interrupted'])
  })

  it('was interrupted where the client was killed and the user goes on', () => {
    const events = told(
      assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'running' })], { time: { created: 2100 } }),
      user('msg_3', 9000, [text('Again')]))
    assert.equal(brief(events), ['tool-call msg_1', 'tool-result msg_1 interrupted', 'prompt msg_3 Again'])
  })

  it('leaves a call its own result when the user wrote while it ran', () => {
    const { observations } = read([...asked,
      assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'running' })], { time: { created: 2100 } }),
      user('msg_3', 2200, [text('Also this')]),
      assistant('msg_2', 'msg_1', 2100, [tool('bash', { status: 'completed', output: '' })], stopped)])
    const results = observations.filter(({ event }) => event.kind === 'tool-result')
    assert.equal(results.map(({ event, source }) => [event.id, source]),
      [['result:prt_tool', 'call'], ['result:prt_tool', 'transcript']])
  })

  it('says how the turn ended', () => {
    const error = (name: string): Fields => ({ error: { name, data: { message: 'why' } } })
    assert.equal(brief(told(assistant('msg_2', 'msg_1', 2100, [], error('MessageAbortedError')))),
      ['turn-end msg_1 interrupted'])
    assert.equal(brief(told(assistant('msg_2', 'msg_1', 2100, [], error('APIError')))),
      ['notice msg_1 why', 'turn-end msg_1 failed'])
    assert.equal(brief(told(assistant('msg_2', 'msg_1', 2100, [], { finish: 'tool-calls' }))), [])
    assert.equal(brief(told(assistant('msg_2', 'msg_1', 2100, [], { finish: 'length' }))), ['turn-end msg_1 completed'])
  })

  it('is silent while it streams', () => {
    const streaming = [text('Half a', { time: { start: 1 } }), { type: 'reasoning', text: 'Hm', time: { start: 1 } }]
    assert.equal(told(assistant('msg_2', 'msg_1', 2100, streaming, { time: { created: 2100 } })), [])
  })

  it('tells each request for tokens, and none where they are not known', () => {
    const tokens = { input: 1, output: 2, reasoning: 3, cache: { read: 4, write: 5 } }
    const events = told(assistant('msg_2', 'msg_1', 2100, [
      { type: 'step-finish', tokens }, { type: 'step-finish', tokens }, { type: 'step-finish' },
      { type: 'step-finish', tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } } },
    ]))
    assert.equal(events.map((event) => event.kind === 'usage' ? event.tokens : event.kind), [
      { input: 1, output: 5, cacheRead: 4, cacheWrite: 5 }, { input: 1, output: 5, cacheRead: 4, cacheWrite: 5 },
    ])
    assert.is(new Set(events.map(({ id }) => id)).size, 2)
  })

  it('names what we do not know', () => {
    const { unknown } = read([...asked, assistant('msg_2', 'msg_1', 2100, [
      { type: 'hologram' }, tool('teleport', { status: 'running' }), tool('demo_echo', { status: 'running' }, 'prt_x'),
    ]), line('message', { id: 'msg_9', role: 'oracle' }), '{"kind":"other"}'])
    assert.equal(unknown, ['part:hologram', 'tool:teleport', 'role:oracle', 'line:neither session nor message'])
  })
})

describe('a session', (it) => {
  it('tells a compaction with its summary, and goes on in the same turn', () => {
    const events = eventsOf(begun(), user('msg_1', 2000, [text('Do it')]),
      user('msg_2', 3000, [{ type: 'compaction', auto: true }]),
      assistant('msg_3', 'msg_2', 3100, [text('What was done so far')], { ...stopped, summary: true }),
      user('msg_4', 3200, [text('Continue', { synthetic: true })]),
      assistant('msg_5', 'msg_4', 3300, [text('Done.')], stopped))
    assert.equal(brief(events), ['prompt msg_1 Do it', 'compaction msg_1 auto', 'prompt msg_1 Continue',
      'response msg_1 Done.', 'turn-end msg_1 completed'])
    assert.is(events[1]?.kind === 'compaction' && events[1].summary, 'What was done so far')
  })

  it('tells that the user took a turn back', () => {
    const events = eventsOf(begun({ revert: { messageID: 'msg_1', snapshot: 'x' } }), user('msg_1', 2000, [text('No')]))
    assert.equal(events.map(({ id, turn }) => [id, turn]), [['undo:msg_1', 'msg_1'], ['prompt:msg_1', 'msg_1']])
  })

  it('is known for a fork by messages that are older than it, which it does not tell', () => {
    const { observations, facts, native } = read([begun(), user('msg_1', 500, [text('Old')]),
      assistant('msg_2', 'msg_1', 600, [text('Old too')], stopped), user('msg_3', 2000, [text('New')])])
    assert.equal(brief(observations.map(({ event }) => event)), ['prompt msg_3 New'])
    assert.is(facts.forked, true)
    assert.is(native.length, 4)
  })

  it('keeps its state small', () => {
    const lines = [begun(), ...Array.from({ length: 500 }, (_, turn) => [
      user(`msg_${turn}u`, 2000 + turn, [text('Do it')]),
      assistant(`msg_${turn}a`, `msg_${turn}u`, 2000 + turn,
        [tool('x'.repeat(5000), { status: 'running' }, `prt_${turn}t`)], { time: { created: 1 + turn } }),
    ]).flat()]
    assert.is(JSON.stringify(read(lines).state).length < 64 * 1024, true)
  })
})
