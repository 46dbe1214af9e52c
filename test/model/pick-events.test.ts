// One event of all tellings of a fact, whatever their order.

import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Event, EventBody, Observation } from '../../src/model/event.ts'
import type { EventId, TurnId } from '../../src/model/ids.ts'
import { pickEvents } from '../../src/model/pick-events.ts'
import { describe } from '../support/suite.ts'

type Telling = Partial<Omit<Observation, 'event'>> & { readonly at?: number; readonly turn?: string }

function told(id: string, body: EventBody, { at = 0, turn, source = 'hook', ...rest }: Telling = {}): Observation {
  const event: Event = { id: id as EventId, at, ...(turn === undefined ? {} : { turn: turn as TurnId }), ...body }
  return { event, source, ...rest }
}

const response = (text: string): EventBody => ({ kind: 'response', text })
const result = (output: string, durationMs?: number): EventBody =>
  ({ kind: 'tool-result', call: 'c', outcome: 'ok', output, ...(durationMs === undefined ? {} : { durationMs }) })
const idsOf = (observations: readonly Observation[]): readonly string[] => pickEvents(observations).map(({ id }) => id)

describe('pickEvents', (it) => {
  it('prefers the transcript to a hook, a hook to a comparison, and that to what a call asked for', () => {
    const all = (['call', 'hook', 'worktree', 'transcript'] as const)
      .map((source) => told('r', result(source), { source }))
    const outputs = [4, 3, 2].map((count) => {
      const ranked = [all[0]!, all[2]!, all[1]!, all[3]!].slice(0, count)
      return (pickEvents(ranked)[0] as { output?: unknown }).output
    })
    assert.equal(outputs, ['transcript', 'hook', 'worktree'])
  })

  it('takes from a lower source what the best leaves out', () => {
    const [event] = pickEvents([
      told('r', result('text', 12), { turn: 't1', at: 5 }),
      told('r', result('text'), { source: 'transcript', at: 9 }),
    ])
    assert.equal(event, { id: 'r', turn: 't1', at: 9, kind: 'tool-result', call: 'c', outcome: 'ok', output: 'text',
      durationMs: 12 } as unknown as Event)
  })

  it('lets the first telling of a source count', () => {
    assert.is((pickEvents([told('x', response('b'), { at: 2 }),
      told('x', response('a'), { at: 1 })])[0] as { text?: string }).text, 'a')
  })

  it('drops an unnamed event for a named one with the same text in its turn', () => {
    const unnamed = told('u', response(' Done. '), { unnamed: true, turn: 't1' })
    const named = (turn: string | undefined, text = 'Done.'): Observation =>
      told('n', response(text), { source: 'transcript', at: 1, ...(turn === undefined ? {} : { turn }) })
    assert.equal(idsOf([unnamed, named('t1')]), ['n'])
    assert.equal(idsOf([unnamed, named(undefined)]), ['n'])
    assert.equal(idsOf([unnamed, named('t2')]), ['u', 'n'])
    assert.equal(idsOf([unnamed, named('t1', 'Else.')]), ['u', 'n'])
    assert.equal(idsOf([unnamed]), ['u'])
  })

  it('finds a name in any turn for an event that knows no turn', () => {
    assert.equal(idsOf([
      told('u', { kind: 'prompt', text: 'Go', origin: 'human' }, { unnamed: true }),
      told('n', { kind: 'prompt', text: 'Go', origin: 'human' }, { turn: 't1', source: 'transcript' }),
    ]), ['n'])
  })

  it('never takes a prompt for an answer', () => {
    assert.equal(idsOf([
      told('u', response('Go'), { unnamed: true }), told('n', { kind: 'prompt', text: 'Go', origin: 'human' }),
    ]), ['n', 'u'])
  })

  it('orders by time, then by place, then by id', () => {
    const at = (id: string, time: number, offset?: number): Observation =>
      told(id, { kind: 'notice', what: 'x', text: id }, { at: time, ...(offset === undefined ? {} : { offset }) })
    assert.equal(idsOf([at('d', 2), at('b', 1, 7), at('c', 1, 9), at('a', 1, 7)]), ['a', 'b', 'c', 'd'])
  })

  it('does not depend on the order of its input', () => {
    const observation = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'), text: fc.constantFrom('x', 'y'),
        turn: fc.constantFrom(undefined, 't1', 't2'),
      at: fc.integer({ min: 0, max: 3 }), source: fc.constantFrom('hook' as const, 'transcript' as const),
        unnamed: fc.boolean(),
    }).map(({ id, text, turn, at, source, unnamed }) => told(id, response(text),
      { at, source, ...(turn === undefined ? {} : { turn }), ...(unnamed ? { unnamed: true as const } : {}) }))
    const order = fc.array(observation, { maxLength: 10 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(fc.property(order, ([all, other]) => assert.equal(pickEvents(other), pickEvents(all))),
      { numRuns: 500, seed: 3 })
  })
})
