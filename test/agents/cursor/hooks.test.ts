// What single payloads of Cursor tell.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { HookReading } from '../../../src/agents/agent.ts'
import { parseHook } from '../../../src/agents/cursor/hooks.ts'
import type { Event } from '../../../src/model/event.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'

type Fields = Readonly<Record<string, unknown>>

const common = {
  conversation_id: 's1', generation_id: 'g1', session_id: 's1', model: 'm', cursor_version: '2.4.20',
  workspace_roots: ['/p'], user_email: 'dev@example.com', transcript_path: null,
}

function read(event: string, fields: Fields = {}, receivedAt = 7): HookReading {
  const reading = parseHook({ agent: 'cursor', receivedAt, payload: { ...common, hook_event_name: event, ...fields } })
  if (reading.kind === 'unreadable') throw new Error(reading.reason)
  return reading
}

const eventsOf = (event: string, fields: Fields = {}): readonly Event[] =>
  read(event, fields).observations.map((one) => one.event)
const hunkLines = (event: Event | undefined): unknown => event?.kind === 'file-change'
  && event.hunks?.map(({ lines }) => lines)

describe('parseHook of Cursor', (it) => {
  it('begins and ends a turn by its generation', () => {
    const begun = read('beforeSubmitPrompt', { prompt: 'Go' })
    assert.equal([begun.moment, begun.turn, begun.cwd, begun.transcriptPath], ['turn-start', 'g1', '/p', undefined])
    assert.equal(begun.facts, { agentVersion: '2.4.20', model: 'm' })
    assert.equal(begun.observations.map(({ event }) => event.id), ['prompt:g1'])
    const outcomeOf = (status: string): unknown => eventsOf('stop', { status })
      .flatMap((event) => event.kind === 'turn-end' ? [event.outcome] : [])
    assert.equal(['completed', 'aborted', 'error'].map(outcomeOf), [['completed'], ['interrupted'], ['failed']])
    assert.is(read('stop').moment, 'turn-end')
    assert.is(read('sessionEnd', { reason: 'completed' }).moment, 'session-end')
  })

  it('AGT-07 counts the tokens of a turn once, and none that are unknown', () => {
    const tokens = { input_tokens: 12, output_tokens: 4, cache_read_tokens: 6 }
    assert.equal(eventsOf('afterAgentResponse', { text: 'Done', ...tokens }).map((event) => event.kind), ['response'])
    const [usage] = eventsOf('stop', { status: 'completed', ...tokens }).filter((event) => event.kind === 'usage')
    assert.equal(usage?.kind === 'usage' && usage.tokens, { input: 12, output: 4, cacheRead: 6, cacheWrite: 0 })
    assert.equal(eventsOf('stop', { status: 'completed' }).map((event) => event.kind), ['turn-end'])
    assert.equal(eventsOf('stop', { status: 'completed', output_tokens: 4 }).map((event) => event.kind), ['turn-end'])
  })

  it('AGT-07 tells a shell command without any prompt', () => {
    const events = eventsOf('postToolUse', {
      tool_name: 'Shell', tool_input: { command: 'false' }, tool_use_id: 't1',
      tool_output: '{"output":"","exitCode":1}',
    })
    assert.equal(events.map((event) => event.kind === 'tool-result' ? event.outcome : event.kind),
      ['tool-call', 'failed'])
  })

  it('tells which lines an edit replaced', () => {
    const [change] = eventsOf('afterFileEdit', {
      file_path: '/p/a.ts', edits: [{ old_string: 'a\nb', new_string: 'a\nc' }, { old_string: 'x', new_string: '' }],
    })
    assert.equal(change?.kind === 'file-change' && [change.path, change.change], ['/p/a.ts', 'modify'])
    assert.equal(hunkLines(change), [[' a', '-b', '+c'], ['-x']])
  })

  it('tells a new file once, whether the edit or the call told it', () => {
    const text = 'one\ntwo\n'
    const edit = read('afterFileEdit', { file_path: '/p/a.ts', edits: [{ old_string: '', new_string: text }] }, 8)
    const call = read('postToolUse', {
      tool_name: 'Write', tool_use_id: 't1', tool_input: { file_path: '/p/a.ts', content: text }, tool_output: '{}',
    }, 9)
    const changes = pickEvents([...call.observations, ...edit.observations])
      .filter(({ kind }) => kind === 'file-change')
    assert.is(changes.length, 1)
    assert.equal(changes[0]?.kind === 'file-change' && [changes[0].change, changes[0].call], ['create', 't1'])
    assert.equal(hunkLines(changes[0]), [['+one', '+two']])
  })

  it('tells once what was written into an existing file, by the lines that were replaced', () => {
    const edit = read('afterFileEdit', { file_path: '/p/a.ts', edits: [{ old_string: 'b', new_string: 'c' }] }, 8)
    const call = read('postToolUse', {
      tool_name: 'Write', tool_use_id: 't1', tool_input: { file_path: '/p/a.ts', content: 'a\nc\n' }, tool_output: '{}',
    }, 9)
    const changesIn = (...readings: readonly HookReading[]): readonly Event[] =>
      pickEvents(readings.flatMap(({ observations }) => observations)).filter(({ kind }) => kind === 'file-change')
    for (const changes of [changesIn(edit, call), changesIn(call, edit)]) {
      assert.is(changes.length, 1)
      assert.equal(hunkLines(changes[0]), [['-b', '+c']])
    }
    assert.is(changesIn(call).length, 1, 'where the client fires no hook about the edit')
  })

  it('takes inserted lines for no new file', () => {
    const [change] = eventsOf('afterFileEdit', {
      file_path: '/p/a.ts', edits: [{ old_string: '', new_string: 'x\ny' }],
    })
    assert.equal(change?.kind === 'file-change' && [change.change, change.after], ['modify', undefined])
    assert.equal(hunkLines(change), [['+x', '+y']])
  })

  it('tells a deleted file', () => {
    const [, , change] = eventsOf('postToolUse', {
      tool_name: 'Delete', tool_use_id: 't1', tool_input: { file_path: '/p/a.ts' }, tool_output: '{}',
    })
    assert.equal(change?.kind === 'file-change' && [change.path, change.change], ['/p/a.ts', 'delete'])
  })

  it('tells how a call failed', () => {
    const outcomeOf = (fields: Fields): unknown => eventsOf('postToolUseFailure', {
      tool_name: 'Read', tool_input: {}, tool_use_id: 't1', error_message: 'No', ...fields,
    }).flatMap((event) => event.kind === 'tool-result' ? [event.outcome] : [])
    assert.equal(outcomeOf({ failure_type: 'error' }), ['failed'])
    assert.equal(outcomeOf({ failure_type: 'permission_denied' }), ['refused'])
    assert.equal(outcomeOf({ is_interrupt: true }), ['interrupted'])
  })

  it('puts a subagent into the session and turn of its parent', () => {
    const reading = read('subagentStart', { conversation_id: 'x', parent_conversation_id: 's1', subagent_id: 'c1',
      subagent_type: 'explore', task: 'Look', tool_call_id: 't1' })
    assert.is(reading.session, 's1')
    assert.equal(reading.observations.map(({ event }) => [event.id, event.turn, event.subagent]),
      [['subagent-start:c1', 'g1', 'c1'], ['prompt:c1', 'g1', 'c1']])
  })

  it('names the same delivery the same, whenever it comes', () => {
    const idsOf = (at: number): readonly string[] => [
      ['afterAgentThought', { text: 'Hm' }], ['afterAgentResponse', { text: 'Yes' }],
      ['preCompact', { trigger: 'auto' }],
      ['afterFileEdit', { file_path: '/p/a', edits: [{ old_string: 'a', new_string: 'b' }] }], ['sessionStart', {}],
    ].flatMap(([event, fields]) => read(event as string, fields as Fields, at).observations.map((one) => one.event.id))
    assert.equal(idsOf(1), idsOf(2))
    assert.is(new Set(idsOf(1)).size, 5)
  })

  it('says why it cannot read a payload', () => {
    const reason = (payload: unknown): string => {
      const reading = parseHook({ agent: 'cursor', receivedAt: 7, payload })
      return reading.kind === 'unreadable' ? reading.reason : ''
    }
    assert.is(reason(null), 'payload is not an object')
    assert.is(reason({ hook_event_name: 'workspaceOpen' }), 'payload has no conversation_id')
    assert.is(reason({ conversation_id: 's1' }), 'payload has no hook_event_name')
    assert.is(reason({ conversation_id: 's1', hook_event_name: 'anythingNew' }), '')
  })

  it('never throws', () => {
    const names = fc.constantFrom('beforeSubmitPrompt', 'postToolUse', 'preToolUse', 'postToolUseFailure', 'stop',
      'afterFileEdit', 'afterAgentResponse', 'subagentStart', 'subagentStop', 'sessionEnd', 'preCompact', 'toString')
    const keys = fc.constantFrom('generation_id', 'tool_name', 'tool_input', 'tool_output', 'tool_use_id', 'edits',
      'text', 'file_path', 'prompt', 'subagent_id', 'modified_files', 'workspace_roots', 'status', 'input_tokens',
      'task')
    fc.assert(fc.property(names, fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 })), (name, payload) => {
      JSON.stringify(read(name, payload))
    }), { numRuns: 500, seed: 7 })
  })
})
