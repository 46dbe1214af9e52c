// Which session to go on with, and what becomes of the agent's own transcript.

import * as assert from 'uvu/assert'
import type { FoundCheckpoint } from '../../src/model/explanation.ts'
import type { Oid, SessionId } from '../../src/model/ids.ts'
import { goesOn, planWrite, sessionsOf, withLive } from '../../src/model/resume.ts'
import type { SessionChoice, TranscriptFacts } from '../../src/model/resume.ts'
import { checkpointId, checkpointRecord, sessionRecord } from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

const COMMIT = 'a'.repeat(40) as Oid
let number = 0
function checkpoint(session: string, endedAt: string): FoundCheckpoint {
  const id = checkpointId(number += 1)
  const record = checkpointRecord(COMMIT, { id, sessions: [sessionRecord({ session: session as SessionId, endedAt })] })
  const link = { schema: 1, commit: COMMIT, checkpoint: id, evidence: 'squash', by: 'merge --squash' } as const
  return { kind: 'found', record, folder: '', link }
}

describe('sessionsOf', (it) => {
  it('gives each session once, by what was said in it last', () => {
    const stored = [
      checkpoint('one', '2026-11-20T16:00:00.000Z'), checkpoint('two', '2026-11-20T17:00:00.000Z'),
      checkpoint('one', '2026-11-20T18:00:00.000Z'), checkpoint('three', '2026-11-20T15:00:00.000Z'),
      { kind: 'missing' as const, checkpoint: checkpointId(99) },
    ]
    assert.equal(sessionsOf(stored).map(({ session }) => session), ['one', 'two', 'three'])
    assert.is(sessionsOf(stored)[0]!.at, Date.parse('2026-11-20T18:00:00.000Z'))
  })
})

describe('withLive', (it) => {
  const choice = (session: string, at: number, live = false): SessionChoice =>
    ({ agent: 'claude-code', session: session as SessionId, at, live })

  it('takes what was at work since, and knows a session that both tell of', () => {
    const all = withLive([choice('one', 10), choice('two', 5)], [choice('new', 20, true), choice('two', 15, true)])
    assert.equal(all.map(({ session, at, live }) => [session, at, live]),
      [['new', 20, true], ['two', 15, true], ['one', 10, false]])
  })
  it('leaves out what was only asked long ago', () => {
    assert.equal(withLive([choice('one', 10)], [choice('old', 5, true)]).map(({ session }) => session), ['one'])
    assert.equal(withLive([], [choice('old', 5, true)]).map(({ session }) => session), ['old'])
  })
})

describe('planWrite', (it) => {
  const facts = (keys: string, newest?: number): TranscriptFacts =>
    ({ keys: new Set(keys), ...newest === undefined ? {} : { newest } })

  const cases: readonly (readonly [string, TranscriptFacts | undefined, string])[] = [
    ['nothing is there', undefined, 'write'],
    ['it is the same', facts('abc', 3), 'keep'],
    ['the agent has all of it and more', facts('abcd', 4), 'keep'],
    ['the agent has a part of it', facts('ab', 2), 'replace'],
    ['each has what the other has not', facts('abx', 4), 'ask'],
    ['what the agent alone has is older', facts('abx', 1), 'ask'],
    ['the agent has a part, and nobody knows when', facts('ab'), 'ask'],
    ['the agent has a part that claims to be newer', facts('ab', 9), 'ask'],
    ['nothing in it can be told', facts(''), 'ask'],
  ]
  for (const [what, here, plan] of cases) {
    it(`says ${plan} where ${what}`, () => { assert.is(planWrite(facts('abc', 3), here), plan) })
  }

  it('never takes a transcript without ids for one that holds all', () => {
    assert.is(planWrite(facts('', 3), facts('abc', 4)), 'ask')
  })
  it('goesOn knows which one ends later', () => {
    assert.is(goesOn(facts('a', 1), facts('a', 2)), true)
    assert.is(goesOn(facts('a', 2), facts('a', 2)), false)
    assert.is(goesOn(facts('a'), facts('a')), false)
  })
})
