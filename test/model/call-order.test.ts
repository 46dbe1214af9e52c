// The order of calls and what came of them.

import * as assert from 'uvu/assert'
import { callsFirst } from '../../src/model/call-order.ts'
import type { Event, EventBody } from '../../src/model/event.ts'
import type { EventId } from '../../src/model/ids.ts'
import { describe } from '../support/suite.ts'

const event = (id: string, at: number, body: EventBody): Event => ({ id: id as EventId, at, ...body })
const call = (id: string, at: number): Event =>
  event(`call:${id}`, at, { kind: 'tool-call', tool: 'apply_patch', call: id, input: '' })
const result = (id: string, at: number): Event =>
  event(`result:${id}`, at, { kind: 'tool-result', call: id, outcome: 'ok', output: '' })
const said = event('said', 3, { kind: 'response', text: 'Done.' })

describe('callsFirst', (it) => {
  it('leaves alone what is in order', () => {
    const events = [call('a', 1), call('b', 1), result('b', 2), said, result('a', 3)]
    assert.equal(callsFirst(events), events)
  })

  it('puts a call that was told late before the first thing that came of it', () => {
    const change = event('change', 2, {
      kind: 'file-change', tool: 'apply_patch', call: 'a', evidence: 'tool', path: '/a', change: 'modify',
    })
    assert.equal(callsFirst([result('z', 1), change, result('a', 2), said, call('a', 4), call('c', 5)]),
      [result('z', 1), call('a', 2), change, result('a', 2), said, call('c', 5)])
  })
})
