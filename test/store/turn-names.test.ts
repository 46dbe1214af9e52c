// Turns without a name of the agent's, until the transcript tells it.

import * as assert from 'uvu/assert'
import type { EventId, SessionId, TurnId } from '../../src/model/ids.ts'
import { appendObservations } from '../../src/store/events.ts'
import type { LiveStore } from '../../src/store/live.ts'
import { saveFingerprint } from '../../src/store/fingerprints.ts'
import { openTurn, seeSession } from '../../src/store/sessions.ts'
import { isNamed, nameOfTurn, nameTurns, turnAt } from '../../src/store/turn-names.ts'
import { rowsOf, withRecorder } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'

const beginSession = (store: LiveStore): number =>
  seeSession(store, { agent: 'gemini', session: 's' as SessionId, at: 1000, foundBy: 'hook' })

function tellPrompt(store: LiveStore, session: number, turn: string, at: number, subagent?: string): void {
  const id = `prompt:${turn}` as EventId
  const event = { id, turn: turn as TurnId, at, kind: 'prompt', text: turn, origin: 'human' } as const
  appendObservations(store, session, [{
    event: subagent === undefined ? event : { ...event, subagent }, source: 'transcript',
  }], () => undefined)
}

describe('the names of turns', (it) => {
  it('stay what the agent said', () => withRecorder(({ store }) => {
    assert.is(isNamed('t1'), true)
    assert.is(nameOfTurn(store, beginSession(store), 't1'), 't1')
    return Promise.resolve()
  }))

  it('come with the first prompt that was written down after the turn began', () => withRecorder(({ store }) => {
    const session = beginSession(store)
    tellPrompt(store, session, 'before', 1500)
    assert.is(nameOfTurn(store, session, turnAt(2000)), 'at:2000', 'not told yet')
    tellPrompt(store, session, 'child', 2050, 'helper')
    tellPrompt(store, session, 'this', 2120)
    tellPrompt(store, session, 'next', 3120)
    assert.is(nameOfTurn(store, session, turnAt(2000)), 'this')
    assert.is(nameOfTurn(store, session, turnAt(3000)), 'next')
    assert.is(nameOfTurn(store, session, turnAt(4000)), 'at:4000')
    return Promise.resolve()
  }))

  it('replace the time wherever something is kept under it', () => withRecorder(({ store }) => {
    const session = beginSession(store)
    openTurn(store, session, turnAt(2000))
    const at = { session, turn: turnAt(2000), worktree: '/w' }
    saveFingerprint(store, at, 'start', 2010, { entries: {} })
    nameTurns(store, session)
    assert.equal(rowsOf(store, 'SELECT open_turn FROM sessions'), [['at:2000']])
    tellPrompt(store, session, 'this', 2120)
    nameTurns(store, session)
    nameTurns(store, session)
    assert.equal(rowsOf(store, 'SELECT open_turn FROM sessions'), [['this']])
    assert.equal(rowsOf(store, 'SELECT turn, at FROM fingerprints'), [['this', 2010]])
    return Promise.resolve()
  }))
})
