// To which turn the lines of a transcript belong, and which were copied from another session.

import * as assert from 'uvu/assert'
import type { Observation } from '../../src/model/event.ts'
import { describe } from '../support/suite.ts'
import { AT, assistant, brief, calls, eventsOf, lineOf, prompt, read, resultOf, said, user } from './lines.ts'

describe('turns', (it) => {
  it('gives a line the turn of its ancestor, not of the line before', () => {
    const lines = [
      prompt('u1', 'One'), assistant('a1', 'u1', calls('Bash', 't1')), prompt('u2', 'Two'),
        resultOf('r1', 'a1', 't1', 'late'),
      assistant('a2', 'u2', said('Two done')),
    ]
    assert.equal(brief(eventsOf(lines)),
      ['p-u1 prompt:p-u1', 'p-u1 call:t1', 'p-u2 prompt:p-u2', 'p-u1 result:t1', 'p-u2 response:a2'])
  })

  it('takes the prompt line for the turn of a client without prompt ids, and the last answer for its end', () => {
    const lines = [
      user('u1', null, 'Go'), assistant('a1', 'u1', said('Half'), { stop_reason: null }),
      assistant('a2', 'a1', said('Done'), { id: 'msg_a1' }),
    ]
    assert.equal(brief(eventsOf(lines)), ['u1 prompt:u1', 'u1 response:a1', 'u1 response:a2', 'u1 end:u1'])
  })

  it('ends a turn by what the client or the user did', () => {
    const endsWith = (line: string): string => {
      const end = eventsOf([prompt('u1', 'Go'), line]).find((event) => event.kind === 'turn-end')
      return end?.kind === 'turn-end' ? `${end.id} ${end.outcome}` : 'open'
    }
    assert.is(endsWith(lineOf('system', 'x', 'u1', { subtype: 'turn_duration' })), 'end:p-u1 completed')
    assert.is(endsWith(lineOf('system', 'x', 'u1', { subtype: 'stop_hook_summary' })), 'end:p-u1 completed')
    assert.is(endsWith(user('x', 'u1', [{ type: 'text', text: '[Request interrupted by user for tool use]' }])),
      'end:p-u1 interrupted')
    assert.is(endsWith(assistant('x', 'u1', said('API Error: 400'), { model: '<synthetic>' },
      { isApiErrorMessage: true })),
      'end:p-u1 failed')
    assert.is(endsWith(assistant('x', 'u1', said('No response requested.'), { model: '<synthetic>' })), 'open')
  })

  it('tells an API error as a notice', () => {
    const [, notice] = eventsOf([prompt('u1', 'Go'),
      assistant('a1', 'u1', said('API Error: 400'), {}, { isApiErrorMessage: true })])
    assert.equal(notice?.kind === 'notice' && [notice.what, notice.text], ['api-error', 'API Error: 400'])
  })
})

describe('copies', (it) => {
  const copiedIds = (told: readonly Observation[]): readonly string[] =>
    told.flatMap(({ event, copied }) => copied === true && event.kind !== 'usage' ? [event.id] : [])

  it('knows copies by the id of the session they came from', () => {
    const old = [user('u1', null, 'Go', { sessionId: 's0' }), assistant('a1', 'u1', said('Done')),
      user('u2', 'a1', 'On')]
    const reading = read(old)
    assert.equal(copiedIds(reading.observations), ['prompt:u1', 'response:a1', 'end:u1'])
    assert.is(reading.facts.forked, true)
    const branch = [prompt('u1', 'Go', { forkedFrom: { sessionId: 's0', messageUuid: 'u1' } }), prompt('u2', 'On')]
    assert.equal(copiedIds(read(branch).observations), ['prompt:u1'])
  })

  it('knows copies by the time the file was begun, where all prompts got the id of the first new one', () => {
    const before = '2026-11-20T16:00:00.000Z'
    const copy = [
      prompt('u1', 'Go', { promptId: 'new', timestamp: before }),
      assistant('a1', 'u1', said('Done'), {}, { requestSessionId: 's0', timestamp: before }),
      prompt('u2', 'On', { promptId: 'new', parentUuid: 'a1' }), assistant('a2', 'u2', said('Went on')),
    ]
    const queued = JSON.stringify({ type: 'queue-operation', operation: 'enqueue', timestamp: AT, sessionId: 's1',
      content: 'On' })
    const snapshot = JSON.stringify({ type: 'file-history-snapshot', messageId: 'u2', snapshot: { timestamp: AT } })
    for (const begun of [queued, snapshot]) {
      const { observations } = read([begun, ...copy])
      assert.equal(copiedIds(observations), ['prompt:u1', 'response:a1', 'end:u1'])
      assert.equal(brief(observations.map(({ event }) => event)).slice(3), ['new prompt:new', 'new response:a2'])
    }
  })

  it('takes no session for a fork because its bookkeeping is newer than its first prompt', () => {
    const later = '2026-11-20T16:11:20.000Z'
    const queued = JSON.stringify({ type: 'queue-operation', operation: 'enqueue', timestamp: later, sessionId: 's1',
      content: 'Go' })
    const snapshot = JSON.stringify({ type: 'file-history-snapshot', messageId: 'u1', snapshot: { timestamp: later } })
    for (const begun of [queued, snapshot]) {
      const reading = read([begun, prompt('u1', 'Go'), prompt('u2', 'On')])
      assert.equal([copiedIds(reading.observations), reading.facts.forked], [[], undefined])
    }
  })
})
