// What the lines of a rollout tell that no recording holds: older clients, odd lines, and what must never be lost.

import * as assert from 'uvu/assert'
import * as fc from 'fast-check'
import { codex } from '../../../src/agents/codex/adapter.ts'
import type { TranscriptReading, TranscriptState } from '../../../src/agents/agent.ts'
import { parseTranscript } from '../../../src/agents/codex/transcript.ts'
import type { Event } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'
import { linesOf, recordingsOf } from '../recordings.ts'
import { spoiledFrom } from '../spoiled.ts'

const session = 's1' as SessionId

type Fields = Readonly<Record<string, unknown>>

let clock = Date.parse('2026-11-20T17:00:00.000Z')

const line = (type: string, payload: Fields): string => {
  clock += 10
  return JSON.stringify({ timestamp: new Date(clock).toISOString(), type, payload })
}
const event = (type: string, fields: Fields = {}): string => line('event_msg', { type, ...fields })
const response = (type: string, fields: Fields): string => line('response_item', { type, ...fields })
const item = (type: string, id: string, fields: Fields): string =>
  event('item_completed', { turn_id: 't1', item: { type, id, ...fields } })

const read = (lines: readonly string[], subagent?: string, state?: TranscriptState): TranscriptReading =>
  parseTranscript(linesOf(`${lines.join('\n')}\n`), { session, ...(subagent === undefined ? {} : { subagent }) }, state)

const eventsOf = (lines: readonly string[], subagent?: string): readonly Event[] =>
  pickEvents(read(lines, subagent).observations)

const brief = (events: readonly Event[]): readonly string[] => events.map((one) => `${one.kind} ${
  one.kind === 'prompt' || one.kind === 'response' || one.kind === 'reasoning' ? one.text
  : one.kind === 'tool-result' ? `${one.call} ${one.outcome}`
  : one.kind === 'file-change' ? `${one.change} ${one.path}`
  : one.kind === 'usage' ? Object.values(one.tokens).join(' ')
  : one.kind === 'tool-call' ? `${one.call} ${one.tool}`
  : one.kind === 'turn-end' ? one.outcome : ''}`.trim())

const totals = (input: number, cached: number, output: number, last?: Fields): string => event('token_count', {
  info: {
    total_token_usage: { input_tokens: input, cached_input_tokens: cached, output_tokens: output },
    ...(last === undefined ? {} : { last_token_usage: last }),
  },
})

/** A session as clients wrote it that record no finished items. */
const old = (): readonly string[] => [
  line('session_meta', { id: 's1', cwd: '/p', cli_version: '0.60.0', git: { branch: 'main' } }),
  response('message', { role: 'user', content: [{ type: 'input_text', text: '<environment_context>…' }] }),
  response('message', { role: 'user', content: [{ type: 'input_text', text: 'Add login' }] }),
  event('user_message', { message: 'Add login', images: [] }),
  line('turn_context', { cwd: '/p', model: 'gpt-5-codex' }),
  event('agent_reasoning', { text: 'Thinking.' }),
  response('reasoning', { summary: [{ type: 'summary_text', text: 'Thinking.' }], encrypted_content: 'x' }),
  response('function_call', {
    name: 'shell', call_id: 'c1', arguments: JSON.stringify({ command: ['bash', '-lc', 'npm test'], workdir: '/p' }),
  }),
  response('function_call_output', { call_id: 'c1', output: '{"output":"bad","metadata":{"exit_code":1}}' }),
  totals(1000, 600, 50),
  totals(1000, 600, 50),
  response('custom_tool_call', { name: 'apply_patch', call_id: 'c2',
    input: '*** Begin Patch\n*** Update File: a.ts\n@@\n-a\n+b\n*** Add File: b.ts\n+c\n*** End Patch' }),
  response('custom_tool_call_output', { call_id: 'c2', output: '{"output":"Success.","metadata":{"exit_code":0}}' }),
  totals(2500, 1600, 90),
  event('agent_message', { message: 'Done.' }),
  response('message', { role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] }),
  event('user_message', { message: 'Thanks' }),
  event('turn_aborted', { reason: 'interrupted' }),
]

describe('a rollout of an old client', (it) => {
  it('AGT-05 tells the same facts by other lines, tokens as the differences of running totals', () => {
    assert.equal(brief(eventsOf(old())), [
      'prompt Add login', 'reasoning Thinking.', 'tool-call c1 Bash', 'tool-result c1 failed', 'usage 400 50 600 0',
      'tool-call c2 apply_patch', 'tool-result c2 ok', 'file-change modify /p/a.ts', 'file-change create /p/b.ts',
      'usage 500 40 1000 0', 'response Done.', 'prompt Thanks', 'turn-end interrupted',
    ])
    assert.equal(read(old()).facts, { agentVersion: '0.60.0', gitBranch: 'main', model: 'gpt-5-codex' })
    assert.equal(read(old()).unknown, [])
  })

  it('opens a turn with each prompt, as the client does not name them', () => {
    const turns = eventsOf(old()).map(({ turn }) => turn)
    assert.is(new Set(turns).size, 2)
    assert.is(turns.includes(undefined), false)
  })

  it('tells no change of a patch that was refused or did not fit', () => {
    const patched = (output: string): readonly string[] => brief(eventsOf(old().map((one) =>
      one.replace('{\\"output\\":\\"Success.\\",\\"metadata\\":{\\"exit_code\\":0}}', output)))).slice(6, 8)
    assert.equal(patched('patch rejected by user'), ['tool-result c2 refused', 'usage 500 40 1000 0'])
    assert.equal(patched('apply_patch verification failed: no'), ['tool-result c2 failed', 'usage 500 40 1000 0'])
  })

  it('keeps the files of a patch that is too long to be remembered', () => {
    const long = old().map((one) => one.replace('+c', `+${'c'.repeat(9000)}`))
    const ends = [12, long.length]
    const first = read(long.slice(0, ends[0]))
    const state = JSON.parse(JSON.stringify(first.state)) as TranscriptState
    assert.equal(brief(pickEvents(read(long.slice(ends[0]), undefined, state).observations)).slice(0, 3),
      ['tool-result c2 ok', 'file-change modify /p/a.ts', 'file-change create /p/b.ts'])
  })
})

const turn = (id: string, model: string): readonly string[] =>
  [event('task_started', { turn_id: id, root_turn_id: id }), line('turn_context', { turn_id: id, model, cwd: '/p' })]

describe('a rollout', (it) => {
  it('AGT-10 gives each turn its own model', () => {
    const said = (id: string): string => event('item_completed', {
      turn_id: id, item: { type: 'AgentMessage', id: `m-${id}`, content: [{ type: 'Text', text: id }] },
    })
    const used = (id: string): string => line('token_usage_record', {
      turn_id: id, response_id: `r-${id}`, usage: { input_tokens: 1, output_tokens: 1 },
    })
    const lines = [...turn('t1', 'gpt-5.5'), said('t1'), used('t1'), ...turn('t2', 'gpt-6'), said('t2'), used('t2')]
    const models = eventsOf(lines).map((one) => `${one.turn} ${'model' in one ? one.model : ''}`)
    assert.equal(models, ['t1 gpt-5.5', 't1 gpt-5.5', 't2 gpt-6', 't2 gpt-6'])
    assert.equal(read(lines).facts, { model: 'gpt-6' })
  })

  it('counts a call of the model once, by its record or by the totals', () => {
    const record = line('token_usage_record', {
      turn_id: 't1', response_id: 'r1', usage: { input_tokens: 100, cached_input_tokens: 40, output_tokens: 5 },
      thread_token_usage: { input_tokens: 900, cached_input_tokens: 140, output_tokens: 55 },
    })
    const usage = (...lines: readonly string[]): readonly string[] => brief(eventsOf(lines))
    assert.equal(usage(record, record, totals(900, 140, 55)), ['usage 60 5 40 0'])
    assert.equal(usage(record, totals(950, 150, 60)), ['usage 60 5 40 0', 'usage 40 5 10 0'])
    // A fork's totals go on from its origin's; after a compaction they may start anew.
    const last = { input_tokens: 70, cached_input_tokens: 20, output_tokens: 3 }
    assert.equal(usage(totals(5000, 900, 800, last)), ['usage 50 3 20 0'])
    assert.equal(usage(totals(900, 140, 55), totals(70, 20, 3, last)), ['usage 760 55 140 0', 'usage 50 3 20 0'])
    assert.equal(usage(event('token_count', { info: null, rate_limits: {} })), [])
  })

  it('takes what the client wrote around the prompt off, and tells whose words they are', () => {
    const message = (text: string): string => item('UserMessage', 'u1', { content: [{ type: 'text', text }] })
    const promptOf = (text: string): readonly unknown[] => eventsOf([...turn('t1', 'm'), message(text)])
      .map((one) => one.kind === 'prompt' && [one.text, one.origin])
    assert.equal(promptOf('# Context from my IDE setup:\n\n## Open tabs:\n- a\n\n## My request for Codex:\nFix it'),
      [['Fix it', 'human']])
    assert.equal(promptOf('<skill>\n<name>x</name>\n</skill>'), [['<skill>\n<name>x</name>\n</skill>', 'client']])
    assert.equal(promptOf('# Context of the bug'), [['# Context of the bug', 'human']])
  })

  it('tells a command that the user ran, images, and refused calls', () => {
    const events = eventsOf([...turn('t1', 'm'),
      item('UserMessage', 'u1', { content: [{ type: 'local_image', path: '/x.png' }] }),
      item('CommandExecution', 'x1', { command: ['bash', '-lc', 'ls'], source: 'user_shell', status: 'completed' }),
      item('CommandExecution', 'x2', { command: ['bash', '-lc', 'rm a'], status: 'declined', exit_code: -1 }),
      item('FileChange', 'x3', { changes: { '/p/a': { type: 'add', content: 'a' } }, status: 'declined' }),
    ])
    assert.equal(brief(events), ['prompt', 'notice', 'tool-call x2 Bash', 'tool-result x2 refused',
      'tool-call x3 apply_patch', 'tool-result x3 refused'])
    assert.is(events[0]?.kind === 'prompt' && events[0].images, 1)
  })

  it('AGT-11 names what it does not know, and tells items of unknown kinds as calls', () => {
    const lines = [...turn('t1', 'm'), line('magic', {}), event('magic_begin'), response('magic_thing', {}),
      response('function_call', { name: 'teleport', call_id: 'c1', arguments: 'not json' }),
      item('MagicWand', 'w1', { spell: 'x' }), '{"cut', '[]', '{"payload":{}}']
    const { unknown, observations, native } = read(lines)
    assert.equal(unknown, ['line:magic', 'event:magic_begin', 'item:magic_thing', 'tool:teleport', 'item:MagicWand',
      'line:not-json', 'line:no-type'])
    assert.equal(brief(observations.map((one) => one.event)), ['tool-call c1 teleport', 'tool-call w1 magic_wand'])
    assert.is(native.length, 7)
  })

  it('tells a script of code mode only where it called nothing', () => {
    const script = (call: string): string =>
      response('custom_tool_call', { name: 'exec', call_id: call, input: `text(${call})` })
    const output = (call: string): string =>
      response('custom_tool_call_output', { call_id: call, output: [
        { type: 'input_text', text: 'Script completed\nWall time 1 seconds\nOutput:\n' },
        { type: 'input_text', text: '2' },
      ] })
    const ls = { command: ['sh', '-c', 'ls'], status: 'completed', exit_code: 0 }
    const events = eventsOf([...turn('t1', 'm'), script('c1'), output('c1'), script('c2'),
      item('CommandExecution', 'exec-1', ls), output('c2')])
    assert.equal(brief(events),
      ['tool-call c1 exec', 'tool-result c1 ok', 'tool-call exec-1 Bash', 'tool-result exec-1 ok'])
    assert.is(events[1]?.kind === 'tool-result' && events[1].output, '2')
  })

  it('keeps its state small and takes any state', () => {
    const many = Array.from({ length: 300 }, (_, index) => response('custom_tool_call', {
      name: index % 2 === 0 ? 'exec' : 'apply_patch', call_id: `c${index}`,
      input: `*** Begin Patch\n*** Add File: ${index}\n+${'\u0001'.repeat(9000)}`,
    }))
    const huge = [line('session_meta', { cwd: '/x'.repeat(9000) }), ...turn('t1', 'm'.repeat(9000)), ...many,
      line('compacted', { message: 'ü\u0002'.repeat(90_000) })]
    assert.ok(Buffer.byteLength(JSON.stringify(read(huge).state)) < 64 * 1024)
    const { state } = read(huge)
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...Object.keys(state)), fc.jsonValue()), (odd) => {
      JSON.stringify(read(old(), undefined, odd as TranscriptState).state)
    }), { numRuns: 200, seed: 7 })
  })

  it('never throws, and never loses the good lines around a bad one', () => {
    const { sessionsOf, transcriptsOf } = recordingsOf(codex)
    const recorded = ['edges', 'mcp', 'tui'].flatMap((capture) => sessionsOf(capture)
      .flatMap((id) => transcriptsOf(capture, id))).flatMap(({ lines }) => lines.map(({ text }) => text))
    const good = item('AgentMessage', 'good', { content: [{ type: 'Text', text: 'Still here.' }] })
    const spoiled = spoiledFrom(recorded, ['payload'], ['payload', 'item'])
    fc.assert(fc.property(fc.array(spoiled, { minLength: 1, maxLength: 6 }), (bad) => {
      const lines = bad.flat()
      const { observations } = read([...lines, good, ...lines])
      assert.ok(observations.some((one) => one.event.id === 'response:good'))
    }), { numRuns: 600, seed: 7 })
  })

  it('reads values that nest without end', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const call = item('McpToolCall', 'x', { server: 's', tool: 't', arguments: 'DEEP', result: 'DEEP' })
    const { observations } = read([...turn('t1', 'm'), call.replaceAll('"DEEP"', deep)])
    assert.is(observations.length, 2)
    JSON.stringify(observations)
  })
})
