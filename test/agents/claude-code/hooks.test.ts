// What single hook payloads of Claude Code tell.

import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { HookReading } from '../../../src/agents/agent.ts'
import { parseHook } from '../../../src/agents/claude-code/hooks.ts'
import type { Event } from '../../../src/model/event.ts'
import { describe } from '../../support/suite.ts'
import { claudeCode } from '../../../src/agents/claude-code/adapter.ts'
import { recordingsOf } from '../recordings.ts'

const { captures, readHooks } = recordingsOf(claudeCode)

const deliver = (payload: unknown) => parseHook({ agent: 'claude-code', receivedAt: 1000, payload })

function read(event: string, fields: Record<string, unknown> = {}): HookReading {
  const reading = deliver({ session_id: 's1', hook_event_name: event, prompt_id: 'p1', ...fields })
  if (reading.kind === 'unreadable') throw new Error(reading.reason)
  return reading
}

const eventsOf = (reading: HookReading): readonly Event[] => reading.observations.map(({ event }) => event)

/** JSON nested to this depth. */
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)

describe('parseHook', (it) => {
  it('reads every payload that was recorded', () => {
    for (const { event, payload } of captures.flatMap(readHooks)) assert.is(deliver(payload).kind, 'reading', event)
  })

  it('cannot read what names no session or event', () => {
    for (const payload of [undefined, null, 7, 'text', [], {}, { session_id: 's1' },
      { session_id: 7, hook_event_name: 'Stop' },
      { session_id: '', hook_event_name: 'Stop' }, { session_id: 's1', hook_event_name: null }]) {
      assert.is(deliver(payload).kind, 'unreadable', JSON.stringify(payload))
    }
  })

  it('takes events without a fact, and unknown ones, for read', () => {
    for (const event of ['PostToolBatch', 'PostCompact', 'PreCompact', 'Notification', 'MessageDisplay', 'Unheard',
      'constructor']) {
      assert.equal(read(event, { cwd: '/p' }), {
        kind: 'reading', session: 's1', turn: 'p1', cwd: '/p', observations: [], subagentTranscripts: [], facts: {},
      }, event)
    }
  })

  it('tells whose prompt it is', () => {
    const promptOf = (prompt: string): Event | undefined => eventsOf(read('UserPromptSubmit', { prompt }))[0]
    assert.equal(promptOf('Add login'),
      { id: 'prompt:p1', turn: 'p1', at: 1000, kind: 'prompt', text: 'Add login', origin: 'human' } as Event)
    assert.is((promptOf('<task-notification>\n…') as { origin?: string }).origin, 'client')
    assert.is(read('UserPromptSubmit', { prompt: 'x' }).moment, 'turn-start')
  })

  it('leaves a prompt without id unnamed', () => {
    const { observations, turn } = read('UserPromptSubmit', { prompt: 'Add login', prompt_id: undefined })
    assert.is(turn, undefined)
    assert.is(observations[0]?.unnamed, true)
    assert.is(observations[0]?.event.turn, undefined)
  })

  it('tells a created file line by line, and keeps it out of the output', () => {
    const [result, change] = eventsOf(read('PostToolUse', {
      tool_name: 'Write', tool_use_id: 't1', duration_ms: 5, agent_id: 'a1',
      tool_input: { file_path: '/p/a', content: 'one\ntwo\n' },
      tool_response: { type: 'create', filePath: '/p/a', content: 'one\ntwo\n', originalFile: null },
    }))
    assert.equal(result, {
      id: 'result:t1', turn: 'p1', subagent: 'a1', at: 1000,
      kind: 'tool-result', tool: 'Write', call: 't1', outcome: 'ok', durationMs: 5,
      output: { type: 'create', path: '/p/a' },
    } as unknown as Event)
    assert.equal(change, {
      id: 'change:t1:0', turn: 'p1', subagent: 'a1', at: 1000,
      kind: 'file-change', path: '/p/a', change: 'create', tool: 'Write', call: 't1', evidence: 'tool',
      hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2, lines: ['+one', '+two'] }],
      before: null, after: 'c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8',
    } as unknown as Event)
  })

  it('tells no change where the tool failed or only read', () => {
    const failed = read('PostToolUseFailure', { tool_name: 'Edit', tool_use_id: 't1', error: 'no' })
    const looked = read('PostToolUse', { tool_name: 'Read', tool_use_id: 't1', tool_response: { filePath: '/p/a' } })
    for (const reading of [failed, looked]) assert.equal(eventsOf(reading).map(({ kind }) => kind), ['tool-result'])
  })

  it('waits for the last words of a turn', () => {
    const reading = read('Stop', { last_assistant_message: 'Done.' })
    assert.is(reading.moment, 'turn-end')
    assert.is(reading.awaitedText, 'Done.')
    assert.equal(reading.observations.map(({ event, unnamed }) => [event.kind, unnamed]),
      [['response', true], ['turn-end', undefined]])
  })

  it('takes an API error for the failure of a turn, not for an answer', () => {
    const reading = read('StopFailure', { error: 'unknown', last_assistant_message: 'API Error: 400' })
    assert.equal(eventsOf(reading),
      [{ id: 'end:p1', turn: 'p1', at: 1000, kind: 'turn-end', outcome: 'failed' } as unknown as Event])
    assert.is(reading.awaitedText, undefined)
  })

  it('names the transcript of a subagent, but not of the helper that compacts', () => {
    const path = '/x/agent-a1.jsonl'
    const stop = read('SubagentStop',
      { agent_id: 'a1', agent_type: 'Explore', agent_transcript_path: path, last_assistant_message: 'Hi' })
    assert.equal(stop.subagentTranscripts, [{ subagent: 'a1', path }])
    assert.is(stop.observations.length, 1)
    assert.is(stop.moment, undefined)
    const helper = read('SubagentStop', { agent_id: 'a2', agent_type: '', agent_transcript_path: path })
    assert.equal([helper.subagentTranscripts, helper.observations], [[], []])
  })

  it('takes a compaction for no start of a session, and a fork for a copy', () => {
    const compact = read('SessionStart', { source: 'compact', model: 'm' })
    assert.equal([compact.moment, compact.observations.length, compact.facts], [undefined, 0, { model: 'm' }])
    const fork = read('SessionStart', { source: 'fork' })
    assert.equal([fork.moment, fork.observations.length, fork.facts], ['session-start', 1, { forked: true }])
  })

  it('survives values that nest deeper than a stack', () => {
    const deep = nested(100_000)
    const [call] = eventsOf(read('PreToolUse', { tool_name: 'Bash', tool_use_id: 't1', tool_input: deep }))
    assert.is(call?.kind === 'tool-call' && call.input, '[nested too deeply]')
    for (const event of ['PostToolUse', 'SessionStart', 'Stop', 'UserPromptSubmit']) {
      JSON.stringify(read(event,
        { tool_name: 'Edit', tool_use_id: 't1', tool_response: deep, source: deep, prompt: deep }))
    }
  })

  it('never throws, whatever the values are', () => {
    const payloads = captures.flatMap(readHooks).map(({ payload }) => payload)
    const changed = fc.record({
      payload: fc.constantFrom(...payloads), value: fc.jsonValue({ maxDepth: 3 }),
      index: fc.nat(), inside: fc.boolean(),
    })
    fc.assert(fc.property(changed, ({ payload, value, index, inside }) => {
      const keys = Object.keys(payload).filter((key) => key !== 'session_id' && key !== 'hook_event_name')
      const key = keys[index % Math.max(keys.length, 1)] ?? 'cwd'
      const old = payload[key]
      const put = inside && typeof old === 'object' && old !== null
        ? { ...old, [Object.keys(old)[index % Math.max(Object.keys(old).length, 1)] ?? 'x']: value } : value
      const reading = deliver({ ...payload, [key]: put })
      assert.is(reading.kind, 'reading')
      JSON.stringify(reading)
    }), { numRuns: 500, seed: 7 })
    fc.assert(fc.property(fc.jsonValue(), (value) => deliver(value) !== undefined), { numRuns: 200, seed: 7 })
  })
})
