// Appending events: once each, whoever tells them, and owned by one session.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Event, Observation } from '../../src/model/event.ts'
import type { EventId, SessionId, TurnId } from '../../src/model/ids.ts'
import { appendObservations, lastEventRow, settleCopies } from '../../src/store/events.ts'
import { openLiveStore } from '../../src/store/live.ts'
import type { LiveStore } from '../../src/store/live.ts'
import { noteFacts, seeSession } from '../../src/store/sessions.ts'
import { rowsOf } from '../support/recorder.ts'
import { describe, rejects } from '../support/suite.ts'

async function withStore(work: (store: LiveStore) => void | Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'bitloops-store-'))
  const store = await openLiveStore(home)
  try {
    await work(store)
  } finally {
    store.close()
    rmSync(home, { recursive: true })
  }
}

const session = (store: LiveStore, name: string): number =>
  seeSession(store, { agent: 'claude-code', session: name as SessionId, at: 1, foundBy: 'hook' })

const response = (id: string, text: string, more: Partial<Observation> & { turn?: string } = {}): Observation => {
  const { turn, ...rest } = more
  const event: Event = { id: id as EventId, ...(turn === undefined ? {} : { turn: turn as TurnId }), at: 1,
    kind: 'response', text }
  return { event, source: 'transcript', ...rest }
}
const change = (id: string, more: Partial<Observation> = {}): Observation => ({
  event: { id: id as EventId, at: 1, kind: 'file-change', path: '/r/a', change: 'modify', tool: 'Edit',
    evidence: 'tool' },
  source: 'transcript', ...more,
})

function add(store: LiveStore, row: number, ...observations: readonly Observation[]): void {
  const before = lastEventRow(store)
  appendObservations(store, row, observations, () => ({ worktree: '/r', path: 'a' }))
  settleCopies(store, row, before)
}

const claim = (store: LiveStore, id: string, checkpoint: string): number =>
  store.run('UPDATE events SET checkpoint = ? WHERE event_id = ? AND checkpoint IS NULL', checkpoint, id)
const checkpointOf = (store: LiveStore, id: string): unknown =>
  rowsOf(store, `SELECT checkpoint FROM events WHERE event_id = '${id}'`)[0]?.[0]

describe('appendObservations', (it) => {
  it('keeps one row for each source that tells an event', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, response('r', 'Hi'), response('r', 'Hi'), response('r', 'Hi', { source: 'hook' }))
    assert.equal(rowsOf(store, 'SELECT source FROM events ORDER BY rank').flat(), ['hook', 'transcript'])
  }))

  it('gives a new telling of a claimed event the same checkpoint', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, { ...change('c'), source: 'hook' })
    claim(store, 'c', 'K1')
    add(store, row, change('c'))
    assert.equal(rowsOf(store, 'SELECT source, checkpoint FROM events'), [['hook', 'K1'], ['transcript', 'K1']])
    assert.equal(rowsOf(store, 'SELECT count(*) FROM edits'), [[1]])
  }))

  it('keeps no edit of an unnamed change where a named one told of the file', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, change('n', { source: 'hook' }), change('u', { source: 'hook', unnamed: true }))
    assert.equal(rowsOf(store, 'SELECT event_id FROM edits'), [['n']])
    const other = session(store, 'other')
    add(store, other, change('alone', { source: 'hook', unnamed: true }))
    assert.equal(rowsOf(store, `SELECT event_id FROM edits WHERE session = ${other}`), [['alone']])
  }))

  it('takes a change that was told both ways for a named one', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, change('made', { source: 'hook' }), change('made', { source: 'transcript', unnamed: true }))
    claim(store, 'made', 'K1')
    add(store, row, change('next', { source: 'hook' }))
    assert.is(checkpointOf(store, 'next'), null)
  }))

  it('gives a named event the checkpoint of the unnamed one that stood for it', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, response('u', 'Done.', { source: 'hook', unnamed: true }))
    claim(store, 'u', 'K1')
    add(store, row, response('n', ' Done.\n'))
    assert.is(checkpointOf(store, 'n'), 'K1')
  }))

  it('lets each unnamed event stand for one named event only', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, response('u1', 'Done.', { source: 'hook', unnamed: true }))
    claim(store, 'u1', 'K1')
    add(store, row, response('n1', 'Done.'), response('n2', 'Done.'))
    assert.equal([checkpointOf(store, 'n1'), checkpointOf(store, 'n2')], ['K1', null])
  }))

  it('does not take the same words of another turn for the same event', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, response('u1', 'Done.', { source: 'hook', unnamed: true, turn: 't1' }))
    claim(store, 'u1', 'K1')
    add(store, row, response('n2', 'Done.', { turn: 't2' }))
    assert.is(checkpointOf(store, 'n2'), null)
  }))

  it('gives an unnamed event that comes late the checkpoint of the named one', () => withStore((store) => {
    const row = session(store, 's')
    add(store, row, response('n', 'Done.', { turn: 't1' }))
    claim(store, 'n', 'K1')
    add(store, row, response('u', 'Done.', { source: 'hook', unnamed: true, turn: 't1' }))
    assert.is(checkpointOf(store, 'u'), 'K1')
  }))

  it('cannot change an event that is there', () => withStore(async (store) => {
    add(store, session(store, 's'), response('r', 'Hi'))
    const error = await rejects(Promise.resolve().then(() => store.run(`UPDATE events SET body = '{}'`)))
    assert.match(error.message, 'events are never changed')
  }))
})

describe('settleCopies', (it) => {
  const owners = (store: LiveStore): unknown =>
    rowsOf(store, `SELECT s.session_id FROM events e JOIN sessions s ON s.id = e.session
      WHERE copied = 0 AND event_id = 'c'`).flat()
  const pending = (store: LiveStore): unknown =>
    rowsOf(store, 'SELECT s.session_id FROM edits e JOIN sessions s ON s.id = e.session WHERE settled IS NULL').flat()

  it('gives a shared event to the session that is no fork, in any order of delivery', async () => {
    for (const order of [['origin', 'fork'], ['fork', 'origin']]) {
      for (const flagged of ['before', 'after']) {
        await withStore((store) => {
          const flag = (): void => {
            const fork = session(store, 'fork')
            if (noteFacts(store, fork, { forked: true })) settleCopies(store, fork, 0)
          }
          if (flagged === 'before') flag()
          for (const name of order) add(store, session(store, name), change('c'))
          if (flagged === 'after') flag()
          assert.equal([owners(store), pending(store)], [['origin'], ['origin']],
            `${order.join(', ')}, flagged ${flagged}`)
        })
      }
    }
  })

  it('lets prompts and ends of copied turns, which a fork names anew, go with their turn', async () => {
    const prompt = (turn: string): Observation => ({
      event: {
        id: `prompt:${turn}` as EventId, turn: turn as TurnId, at: 1, kind: 'prompt', text: 'Go', origin: 'human',
      },
      source: 'transcript',
    })
    for (const order of [['origin', 'fork'], ['fork', 'origin']]) {
      await withStore((store) => {
        for (const name of order) {
          add(store, session(store, name), prompt(`${name}-1`), response('r', 'Done', { turn: `${name}-1` }))
          if (name === 'origin') continue
          add(store, session(store, name), prompt('fork-2'), response('r2', 'Done', { turn: 'fork-2' }))
        }
        const fork = session(store, 'fork')
        if (noteFacts(store, fork, { forked: true })) settleCopies(store, fork, 0)
        const copied = rowsOf(store, 'SELECT event_id FROM events WHERE copied = 1 ORDER BY event_id').flat()
        assert.equal(copied, ['prompt:fork-1', 'r'], order.join(', '))
      })
    }
  })

  it('gives an event of two sessions of which neither is known as a fork to the one seen first',
    () => withStore((store) => {
    add(store, session(store, 'first'), change('c'))
    add(store, session(store, 'second'), change('c'))
    assert.equal(owners(store), ['first'])
  }))

  it('does not share what only hooks told', () => withStore((store) => {
    add(store, session(store, 'first'), { ...change('c'), source: 'hook' })
    add(store, session(store, 'second'), { ...change('c'), source: 'hook' })
    assert.equal(owners(store), ['first', 'second'])
  }))
})
