// Who changed what since a state that a rewind goes back to.

import * as assert from 'uvu/assert'
import { authorsOf, stepsSince } from '../../src/model/restore-authors.ts'
import type { Evidence, KnownState } from '../../src/model/restore-authors.ts'
import { describe } from '../support/suite.ts'

/** Ten seconds lie between states; trees are named like their place. */
const states = (...kinds: readonly Partial<KnownState>[]): readonly KnownState[] => kinds.map((given, at) =>
  ({ at: at * 10_000, tree: String(at), kind: 'start', session: 'one', isExact: true, ...given }))
const START = { kind: 'start' } as const
const END = { kind: 'end' } as const
const NOW = 1_000_000

const waysOf = (...given: Parameters<typeof stepsSince>): readonly string[] => stepsSince(...given)
  .map(({ from, to, worker }) => [`${from}→${to ?? 'now'}`, ...worker === undefined ? [] : [worker]].join(' '))

describe('stepsSince', (it) => {
  it('follows the turns, and knows when a session was at work', () => {
    assert.equal(waysOf(states(START, END, START, END), 0, NOW), ['0→1 one', '1→2', '2→3 one', '3→now'])
  })
  it('is sure of nobody when two were at work, or the end came late', () => {
    const other = { session: 'two' }
    assert.equal(waysOf(states(START, { ...START, ...other }, END, { ...END, ...other }), 0, NOW),
      ['0→1 one', '1→2', '2→3 two', '3→now'])
    assert.equal(waysOf(states(START, { ...END, isExact: false }), 0, NOW), ['0→1', '1→now'])
  })
  it('leaves out what a rewind took back', () => {
    const line = states(START, END, START, END, { kind: 'rewind', backTo: 1 })
    assert.equal(waysOf(line, 1, NOW), ['1→4', '4→now'])
    assert.equal(waysOf(line, 0, NOW), ['0→1 one', '1→4', '4→now'])
  })
  it('begins where the ways part when it goes on to what was taken back', () => {
    const line = states(START, END, START, END, { kind: 'rewind', backTo: 1 })
    assert.equal(waysOf(line, 3, NOW), ['1→4', '4→now'])
  })
})

describe('authorsOf', (it) => {
  const line = states(START, END)
  const steps = stepsSince(line, 0, NOW)
  const find = (inTurn: boolean, since: boolean, told: readonly Evidence[], touchedAt?: number) =>
    authorsOf('one', steps, [new Set(inTurn ? ['a'] : []), new Set(since ? ['a'] : [])], told, () => touchedAt)('a')
  const tell = (at: number, session = 'one', evidence: Evidence['evidence'] = 'tool'): Evidence =>
    ({ path: 'a', at, session, evidence })

  it('takes what changed in a turn for its session\'s', () => {
    assert.equal(find(true, false, []), { mine: true, others: [], someone: false })
  })
  it('takes what changed since for somebody\'s', () => {
    assert.equal(find(true, true, [tell(5000)]), { mine: true, others: [], someone: true })
  })
  it('takes what a session tells of the time since for that session\'s, unless it was touched later', () => {
    assert.equal(find(false, true, [tell(20_000, 'two')], 20_100), { mine: false, others: ['two'], someone: false })
    assert.equal(find(false, true, [tell(20_000, 'two')], 90_000), { mine: false, others: ['two'], someone: true })
  })
  it('takes what may have been the user for somebody\'s', () => {
    assert.equal(find(true, false, [tell(5000, 'one', 'unknown')]), { mine: false, others: [], someone: true })
  })
  it('names the other session that wrote during the turn', () => {
    assert.equal(find(true, false, [tell(4000), tell(5000, 'two')]), { mine: true, others: ['two'], someone: false })
  })
  it('lets what is as it was be written', () => {
    assert.equal(find(false, false, [tell(5000, 'two')]), { mine: true, others: [], someone: false })
  })
})
