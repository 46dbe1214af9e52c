// What a transcript of Cursor tells, and that it survives whatever stands in it.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { TranscriptReading } from '../../../src/agents/agent.ts'
import { parseTranscript } from '../../../src/agents/cursor/transcript.ts'
import type { Event } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { linesOf } from '../recordings.ts'

const session = 's1' as SessionId
const read = (lines: readonly string[], subagent?: string): TranscriptReading => parseTranscript(
  linesOf(lines.map((line) => `${line}\n`).join('')), { session, ...subagent === undefined ? {} : { subagent } },
  undefined)
const eventsOf = (lines: readonly string[]): readonly Event[] => read(lines).observations.map(({ event }) => event)
const line = (role: string, ...content: readonly unknown[]): string => JSON.stringify({ role, message: { content } })
const text = (words: string): unknown => ({ type: 'text', text: words })

describe('parseTranscript of Cursor', (it) => {
  it('AGT-12 shows what the user typed, and when', () => {
    const words = '<timestamp>Friday, Nov 20, 2026, 5:21 PM (UTC)</timestamp>\n<user_query>\nGo on\n</user_query>'
    const [prompt] = eventsOf([line('user', text(words))])
    assert.equal(prompt?.kind === 'prompt' && [prompt.text, prompt.at], ['Go on', Date.parse('2026-11-20T17:21:00Z')])
  })

  it('leaves out thoughts that are only said to have been there', () => {
    const responses = eventsOf([line('assistant', text('[REDACTED]')), line('assistant', text('Yes\n\n[REDACTED]'))])
    assert.equal(responses.map((event) => event.kind === 'response' && event.text), ['Yes'])
  })

  it('tells edits as what a call asked for', () => {
    const { observations } = read([line('assistant',
      { type: 'tool_use', name: 'StrReplace', input: { path: '/p/a.ts', old_string: 'a\n', new_string: 'b\n' } })])
    assert.equal(observations.map(({ event, source }) => [event.kind, source]),
      [['tool-call', 'transcript'], ['file-change', 'call']])
  })

  it('ends a turn as it ended', () => {
    const outcomeOf = (status: string): unknown => {
      const last = eventsOf([line('user', text('Go')), JSON.stringify({ type: 'turn_ended', status })]).at(-1)
      return last?.kind === 'turn-end' && last.outcome
    }
    assert.equal(['success', 'error', 'aborted'].map(outcomeOf), ['completed', 'failed', 'interrupted'])
  })

  it('takes a prompt of a subagent for its parent’s', () => {
    const [told] = read([line('user', text('Do it'))], 'c1').observations
    assert.equal(told?.event.kind === 'prompt' && [told.event.origin, told.event.subagent], ['agent', 'c1'])
  })

  it('reports what it does not know', () => {
    const call = { type: 'tool_use', name: 'Fly', input: {} }
    const { unknown } = read(['x', '{}', line('robot'), line('assistant', call)])
    assert.equal(unknown, ['line:not-json', 'line:no-role', 'line:robot', 'tool:Fly'])
  })

  it('loses no good line to a bad one, and never throws', () => {
    const block = fc.record({ type: fc.constantFrom('text', 'tool_use', 'x'), text: fc.jsonValue({ maxDepth: 1 }),
      name: fc.jsonValue({ maxDepth: 1 }), input: fc.jsonValue({ maxDepth: 3 }) })
    const bad = fc.oneof(fc.string().filter((one) => !one.includes('\n')), fc.json({ maxDepth: 2 }), fc.record({
      role: fc.constantFrom('user', 'assistant', 'turn_ended'),
      message: fc.oneof(fc.record({ content: fc.oneof(fc.array(block), fc.jsonValue({ maxDepth: 2 })) }), fc.string()),
    }).map((one) => JSON.stringify(one)))
    fc.assert(fc.property(fc.array(bad, { maxLength: 6 }), (lines) => {
      const { observations, state } = read([...lines, line('user', text('Good'))])
      const last = observations.at(-1)?.event
      assert.is(last?.kind === 'prompt' && last.text, 'Good')
      assert.is(JSON.stringify(state).length < 1000, true)
    }), { numRuns: 500, seed: 9 })
  })
})
