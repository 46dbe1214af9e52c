// What users call the states that a rewind goes back to.

import * as assert from 'uvu/assert'
import type { Oid, SessionId, TurnId } from '../../src/model/ids.ts'
import { findTarget, nameTargets } from '../../src/model/rewind-target.ts'
import type { SessionStates, StatePoint, TurnStates } from '../../src/model/rewind-target.ts'
import { describe } from '../support/suite.ts'

const point = (snapshot: number): StatePoint =>
  ({ snapshot, at: snapshot, state: 'exact', tree: 'a'.repeat(40) as Oid })

const turnOf = (turn: string, number: number, before?: number, after?: number): TurnStates => ({
  turn: turn as TurnId, number, startedAt: before ?? after ?? 0, prompt: `Do ${turn}`,
  ...(before === undefined ? {} : { before: point(before) }), ...(after === undefined ? {} : { after: point(after) }),
})

const sessionOf = (session: string, ...turns: readonly TurnStates[]): SessionStates =>
  ({ agent: 'claude-code', session: session as SessionId, startedAt: 0, lastEventAt: 9, turns })

const NEW = '11111111-1111-4111-8111-111111111111'
const OLD = '11111111-2222-4111-8111-111111111111'
const held: Readonly<Record<string, readonly string[]>> = { t2: ['01KAAAAA'], t3: ['01KAAAAA', '01KBBBBB'] }
const listed = nameTargets([
  sessionOf(NEW, turnOf('t1', 1, 1, 2), turnOf('t2', 2, 3, 4), turnOf('again', 2, 5, 6), turnOf('t3', 3, 7)),
  sessionOf(OLD, turnOf('o1', 1, 8, 9)),
], (_, turn) => held[turn] ?? [])

const pointed = (word: string): unknown => {
  const found = findTarget(listed, word)
  return found.kind === 'found' ? [found.turn.turn, found.side, found.point.snapshot] : found.kind
}

describe('nameTargets', (it) => {
  it('names turns of the newest session by number, others with as much of the session as it takes', () => {
    assert.equal(listed.map(({ name }) => name), ['11111111-1', '11111111-2'])
    assert.equal(listed.map(({ turns }) => turns.map(({ name }) => name)), [['1', '2', '3'], ['11111111-2:1']])
  })
  it('makes one of turns with the same number', () => {
    const two = listed[0]!.turns[1]!
    assert.equal([two.prompt, two.before?.snapshot, two.after?.snapshot], ['Do t2', 3, 6])
  })
})

describe('findTarget', (it) => {
  it('takes a number for the state after that turn of the newest session, and ^ for the one before', () => {
    assert.equal(pointed('1'), ['t1', 'after', 2])
    assert.equal(pointed('1^'), ['t1', 'before', 1])
    assert.is(pointed('4'), 'unknown')
  })
  it('takes the beginning of a session and a number', () => {
    assert.equal(pointed('11111111-2:1^'), ['o1', 'before', 8])
    assert.is(pointed('1111:1'), 'ambiguous')
    assert.is(pointed('2222:1'), 'unknown')
  })
  it('takes the beginning of a checkpoint, in any case, for the last of its turns', () => {
    assert.is(pointed('01ka'), 'no-state')
    assert.equal(pointed('01KAAAAA^'), ['t2', 'before', 3])
    assert.is(pointed('01K'), 'unknown')
    assert.equal(findTarget(nameTargets([sessionOf(NEW, turnOf('t3', 3, 7, 8))], (_, turn) => held[turn] ?? []), '01K'),
      { kind: 'unknown' })
  })
  it('tells a turn without a state from one that is not known', () => {
    assert.is(pointed('3'), 'no-state')
    assert.equal(pointed('3^'), ['t3', 'before', 7])
  })
})
