// To which turn the lines of a transcript belong, and which were copied from another session.

import * as assert from 'uvu/assert'
import { describe } from '../../support/suite.ts'
import { AT, assistant, brief, calls, eventsOf, lineOf, prompt, read, resultOf, said, user } from '../lines.ts'

/** The bookkeeping with which a file begins: of the prompt that is waiting, or of the files before a prompt. */
const queued = (content: string, timestamp: string): string =>
  JSON.stringify({ type: 'queue-operation', operation: 'enqueue', timestamp, sessionId: 's1', content })
const snapshot = (messageId: string, timestamp: string): string =>
  JSON.stringify({ type: 'file-history-snapshot', messageId, snapshot: { messageId, timestamp } })

describe('turns', (it) => {
  it('gives a line the turn of its ancestor, not of the line before', () => {
    const lines = [
      prompt('u1', 'One'), assistant('a1', 'u1', calls('Bash', 't1')),
      prompt('u2', 'Two'), resultOf('r1', 'a1', 't1', 'late'), assistant('a2', 'u2', said('Two done')),
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
    const failed = assistant('x', 'u1', said('API Error: 400'), { model: '<synthetic>' }, { isApiErrorMessage: true })
    assert.is(endsWith(failed), 'end:p-u1 failed')
    assert.is(endsWith(assistant('x', 'u1', said('No response requested.'), { model: '<synthetic>' })), 'open')
  })

  it('tells an API error as a notice', () => {
    const [, notice] = eventsOf([prompt('u1', 'Go'),
      assistant('a1', 'u1', said('API Error: 400'), {}, { isApiErrorMessage: true })])
    assert.equal(notice?.kind === 'notice' && [notice.what, notice.text], ['api-error', 'API Error: 400'])
  })
})

describe('copies', (it) => {
  it('are known by the id of the session they came from', () => {
    const copied = [user('u1', null, 'Go', { sessionId: 's0' }), assistant('a1', 'u1', said('Done'))]
    const old = [...copied, user('u2', 'a1', 'On')]
    assert.is(read(old).facts.forked, true)
    assert.equal(brief(eventsOf(old)), ['u1 prompt:u1', 'u1 response:a1', 'u1 end:u1', 'u2 prompt:u2'])
    const branch = [prompt('u1', 'Go', { forkedFrom: { sessionId: 's0', messageUuid: 'u1' } }), prompt('u2', 'On')]
    assert.is(read(branch).facts.forked, true)
    assert.equal(brief(eventsOf(branch)), ['u1 prompt:u1', 'p-u2 prompt:p-u2'])
  })

  it('are known by the time the file was begun, where all prompts got the id of the first new one', () => {
    const before = '2026-11-20T16:00:00.000Z'
    const copy = [
      prompt('u1', 'Go', { promptId: 'new', timestamp: before }),
      assistant('a1', 'u1', said('Done'), {}, { requestSessionId: 's0', timestamp: before }),
      prompt('u2', 'On', { promptId: 'new', parentUuid: 'a1' }), assistant('a2', 'u2', said('Went on')),
    ]
    for (const begun of [queued('On', AT), snapshot('u2', AT)]) {
      assert.is(read([begun, ...copy]).facts.forked, true)
      assert.equal(brief(eventsOf([begun, ...copy])),
        ['u1 prompt:u1', 'u1 response:a1', 'u1 end:u1', 'new prompt:new', 'new response:a2'])
    }
  })

  it('are not seen in a session whose bookkeeping is newer than its first prompt', () => {
    const later = '2026-11-20T16:11:20.000Z'
    for (const begun of [queued('Go', later), snapshot('u1', later)]) {
      const lines = [begun, prompt('u1', 'Go'), prompt('u2', 'On')]
      assert.is(read(lines).facts.forked, undefined)
      assert.equal(brief(eventsOf(lines)), ['p-u1 prompt:p-u1', 'p-u2 prompt:p-u2'])
    }
  })
})
