// What single hook payloads tell, and that none of them does harm.

import * as assert from 'uvu/assert'
import * as fc from 'fast-check'
import type { HookReading } from '../../../src/agents/agent.ts'
import { parseHook } from '../../../src/agents/codex/hooks.ts'
import type { Event } from '../../../src/model/event.ts'
import { describe } from '../../support/suite.ts'

type Fields = Readonly<Record<string, unknown>>

const ROLLOUT = '/home/dev/.codex/sessions/2026/11/20/rollout-2026-11-20T17-16-15-x.jsonl'

/** A payload as the client gives it. */
const payloadOf = (event: string, fields: Fields = {}): Fields => ({
  session_id: 's1', turn_id: 't1', transcript_path: ROLLOUT, cwd: '/home/dev/project', hook_event_name: event,
  model: 'gpt-5.5', permission_mode: 'default', ...fields,
})

function read(payload: unknown): HookReading {
  const reading = parseHook({ agent: 'codex', receivedAt: 1000, payload })
  if (reading.kind === 'unreadable') throw new Error(reading.reason)
  return reading
}

const eventsOf = (payload: unknown): readonly Event[] => read(payload).observations.map(({ event }) => event)

const patch = (...lines: readonly string[]): Fields =>
  ({ tool_name: 'apply_patch', tool_use_id: 'c1', tool_input: {
    command: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n'),
  } })

const child = { agent_id: 'a1', agent_type: 'default', turn_id: 't2', transcript_path: '/child.jsonl' }

describe('a hook payload of Codex', (it) => {
  it('AGT-05 tells both files of a patch that edits two, with their hunks', () => {
    const payload = payloadOf('PostToolUse', {
      ...patch('*** Update File: src/a.ts', '@@', '-a = 1', '+a = 2', '*** Update File: /home/dev/project/b.ts', '@@',
        ' keep', '+b = 2'),
      tool_response: 'Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nM src/a.ts\n',
    })
    const [call, result, ...changes] = eventsOf(payload)
    assert.is(call?.kind, 'tool-call')
    assert.is(result?.kind === 'tool-result' && result.output, 'Success. Updated the following files:\nM src/a.ts\n')
    assert.equal(changes.map((event) => event.kind === 'file-change' && [event.path, event.change, event.evidence,
      event.hunks?.map(({ lines }) => lines)]), [
      ['/home/dev/project/src/a.ts', 'modify', 'tool', [['-a = 1', '+a = 2']]],
      ['/home/dev/project/b.ts', 'modify', 'tool', [[' keep', '+b = 2']]],
    ])
    assert.equal(eventsOf(payload), eventsOf(structuredClone(payload)))
  })

  it('tells where a new file ends by its digest, and that a deleted one is gone', () => {
    const [, , added, deleted] = eventsOf(payloadOf('PostToolUse', { ...patch('*** Add File: a', '+one',
      '*** Delete File: b'), tool_response: '' }))
    const oneLine = '2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806'
    assert.is(added?.kind === 'file-change' && added.before, null)
    assert.is(added?.kind === 'file-change' && added.after, oneLine)
    assert.is(deleted?.kind === 'file-change' && deleted.after, null)
  })

  it('AGT-06 needs no path of a transcript: the session is found by its id', () => {
    const reading = read(payloadOf('Stop', { transcript_path: null, last_assistant_message: 'Done.' }))
    assert.is(reading.transcriptPath, undefined)
    assert.is(reading.session, 's1')
    assert.is(reading.moment, 'turn-end')
    assert.is(reading.awaitedText, 'Done.')
  })

  it('tells tokens only where no transcript will', () => {
    const usage = { input_tokens: 100, cached_input_tokens: 60, cache_write_input_tokens: 10, output_tokens: 7 }
    const payload = payloadOf('PostModelRequest', { status: 'completed', token_usage: usage })
    assert.equal(eventsOf(payload), [])
    const [event] = eventsOf({ ...payload, transcript_path: null })
    assert.equal(event?.kind === 'usage' && event.tokens, { input: 30, output: 7, cacheRead: 60, cacheWrite: 10 })
    assert.equal(eventsOf({ ...payload, transcript_path: null, status: 'failed', token_usage: null }), [])
  })

  it('keeps the turns and transcripts of a subagent apart from its parent’s', () => {
    const prompt = read(payloadOf('UserPromptSubmit', { ...child, prompt: 'Do it' }))
    assert.is(prompt.turn, undefined)
    assert.is(prompt.moment, undefined)
    assert.is(prompt.transcriptPath, undefined)
    assert.equal(prompt.subagentTranscripts, [{ subagent: 'a1', path: '/child.jsonl' }])
    assert.equal(prompt.observations.map(({ event }) => event.kind === 'prompt' && [event.origin, event.subagent]),
      [['agent', 'a1']])
    const stop = read(payloadOf('SubagentStop', {
      ...child, transcript_path: ROLLOUT, agent_transcript_path: '/child.jsonl', last_assistant_message: 'Finished.',
    }))
    assert.is(stop.transcriptPath, ROLLOUT)
    assert.equal(stop.subagentTranscripts, prompt.subagentTranscripts)
    assert.equal(stop.observations.map(({ event }) => event.kind === 'subagent-end' && event.text), ['Finished.'])
  })

  it('joins paths to the folder', () => {
    const paths = ['./a', '../b', 'x/../../../../../c', '/d', 'C:\\e'].map((path) =>
      eventsOf(payloadOf('PostToolUse', { ...patch(`*** Delete File: ${path}`), tool_response: '' })).at(-1))
    assert.equal(paths.map((event) => event?.kind === 'file-change' && event.path),
      ['/home/dev/project/a', '/home/dev/b', '/c', '/d', 'C:\\e'])
  })

  it('AGT-12 takes the words that the user typed out of what the editor adds', () => {
    const prompt = '# Context from my IDE setup:\n\n## Active file: a.ts\n\n## My request for Codex:\nFix the test\n'
    const [event] = eventsOf(payloadOf('UserPromptSubmit', { prompt }))
    assert.is(event?.kind === 'prompt' && event.text, 'Fix the test')
    assert.is(event?.kind === 'prompt' && event.origin, 'human')
  })

  it('ends a turn that was interrupted, and begins no session at a compaction', () => {
    const [event] = eventsOf(payloadOf('Interrupt'))
    assert.is(event?.kind === 'turn-end' && event.outcome, 'interrupted')
    const compacted = read(payloadOf('SessionStart', { source: 'compact' }))
    assert.equal([compacted.moment, compacted.observations.length], [undefined, 0])
    assert.equal(read(payloadOf('SessionStart', { source: 'fork' })).facts, { model: 'gpt-5.5', forked: true })
  })

  it('AGT-11 tells nothing of events that it does not know, and takes unknown fields', () => {
    const reading = read(payloadOf('PreTurnMagic', { magic: { deep: [1] } }))
    assert.equal([reading.session, reading.turn, reading.observations], ['s1', 't1', []])
    const [call] = eventsOf(payloadOf('PostToolUse',
      { tool_name: 'teleport', tool_use_id: 'c9', tool_input: { to: 1 } }))
    assert.is(call?.kind === 'tool-call' && call.tool, 'teleport')
  })

  it('says why it cannot be read', () => {
    const reasonOf = (payload: unknown): unknown => {
      const reading = parseHook({ agent: 'codex', receivedAt: 1, payload })
      return reading.kind === 'unreadable' ? reading.reason : undefined
    }
    assert.is(reasonOf('text'), 'payload is not an object')
    assert.is(reasonOf({ type: 'agent-turn-complete', 'thread-id': 's1' }), 'payload has no session_id')
    assert.is(reasonOf({ session_id: 's1' }), 'payload has no hook_event_name')
  })

  it('does no harm, whatever it holds', () => {
    const names = ['SessionStart', 'SessionEnd', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostModelRequest',
      'Stop', 'Interrupt', 'SubagentStart', 'SubagentStop', '__proto__', 'constructor']
    const keys = ['turn_id', 'agent_id', 'transcript_path', 'agent_transcript_path', 'cwd', 'model', 'source', 'prompt',
      'tool_name', 'tool_input', 'tool_response', 'tool_use_id', 'token_usage', 'last_assistant_message', 'reason']
    const patched = '*** Begin Patch\n*** Add File: \u0000\n+\n*** Move to: x'
    const text = fc.constantFrom('', 'Bash', 'apply_patch', patched, '\ud800')
    const value = fc.oneof(fc.anything(), text, fc.record({ command: fc.oneof(text, fc.anything()) }))
    const fieldsOf = fc.dictionary(fc.constantFrom(...keys), value)
    fc.assert(fc.property(fc.constantFrom(...names), fieldsOf, (event, fields) => {
      const reading = parseHook({ agent: 'codex', receivedAt: 1, payload: payloadOf(event, fields) })
      assert.is(reading.kind, 'reading')
      JSON.stringify(reading, (_key, part: unknown) => typeof part === 'bigint' ? String(part) : part)
    }), { numRuns: 500, seed: 7 })
    fc.assert(fc.property(fc.anything(), (payload) => { parseHook({ agent: 'codex', receivedAt: 1, payload }) }),
      { seed: 7 })
  })
})
