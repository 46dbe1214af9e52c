// What doctor says of the records, sentence by sentence.

import * as assert from 'uvu/assert'
import type { Check } from '../../src/model/check.ts'
import { diagnoseRecords } from '../../src/model/diagnose-records.ts'
import type { InboxFacts, RecordsFacts, SessionsFacts, StoreState } from '../../src/model/diagnose-records.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { describe } from '../support/suite.ts'

const NOW = Date.parse('2026-11-20T18:00:00Z')
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const inbox: InboxFacts = { waiting: 0, drainIsAlive: false, hasOldClaim: false, abandoned: 0, quarantined: 0 }
const sessions: SessionsFacts =
  { silent: [], unsettled: [], missingTranscripts: 0, refusedTranscripts: 0, moved: [], openPlans: [], unkept: 0 }
const sound: RecordsFacts = {
  now: NOW, store: { kind: 'sound', sizeBytes: 3 * 1024 * 1024, version: 1, sessions: 2 }, exposed: [], inbox,
  findings: [], sessions, failures: [],
}

const problems = (facts: Partial<RecordsFacts>): readonly Check[] =>
  diagnoseRecords({ ...sound, ...facts }).filter(({ state }) => state !== 'ok')
const only = (facts: Partial<RecordsFacts>): Check => {
  const found = problems(facts)
  assert.is(found.length, 1, found.map(({ message }) => message).join('\n'))
  return found[0]!
}

describe('diagnoseRecords', (it) => {
  it('says one line for each thing that is fine', () => {
    const checks = diagnoseRecords(sound)
    assert.equal(checks.map(({ id, state }) => `${state} ${id}`),
      ['ok live-store', 'ok inbox', 'ok findings', 'ok sessions', 'ok log'])
    assert.is(checks[0]!.message, 'the live store is sound: 2 sessions, 3.0 MiB, format 1')
  })

  it('fails for a live store that cannot be used, and never mends it by itself', () => {
    const broken: readonly StoreState[] = [
      { kind: 'damaged', path: '/home/live.db', said: 'malformed' }, { kind: 'newer', said: 'format 9' },
      { kind: 'unusable', said: 'disk full' },
    ]
    for (const store of broken) {
      const { state, repair, fix } = only({ store })
      assert.is(state, 'fail')
      assert.is(repair, undefined)
      assert.match(fix!, /what hooks deliver waits in the inbox$/)
    }
  })

  it('calls the inbox stuck when something waits for a minute and nobody is at work', () => {
    const waiting = { ...inbox, waiting: 2, oldestAt: NOW - 2 * MINUTE }
    assert.is(only({ inbox: waiting }).repair, 'drain')
    assert.match(only({ inbox: waiting }).message, /^2 delivered payloads not taken in, the oldest from 2m ago$/)
    assert.equal(problems({ inbox: { ...waiting, drainIsAlive: true } }), [])
    assert.equal(problems({ inbox: { ...waiting, oldestAt: NOW - MINUTE / 2 } }), [])
    assert.is(only({ inbox: { ...inbox, hasOldClaim: true } }).repair, 'drain')
    assert.is(only({ inbox: { ...inbox, abandoned: 1 } }).message, '1 delivery cut off half-way')
  })

  it('says why payloads were set aside, as far as it was counted', () => {
    const findings = [{ kind: 'payload', what: 'empty payload', count: 3, lastAt: NOW }]
    assert.match(only({ inbox: { ...inbox, quarantined: 3 }, findings }).message, /stayed out: empty payload \(3\)$/)
    assert.match(only({ inbox: { ...inbox, quarantined: 1 } }).message, /stayed out$/)
  })

  it('counts findings by kind and names the first three', () => {
    const findings = ['a', 'b', 'c', 'd', 'e']
      .map((what, at) => ({ kind: 'tool', what, count: at + 1, lastAt: NOW - DAY }))
    assert.is(only({ findings }).message,
      'unknown tools: a (1), b (2), c (3) and 2 more, last 24h ago; ' +
      'files they change are found by comparing the working tree')
    assert.equal(problems({ findings: [{ kind: 'of-a-later-version', what: 'x', count: 1, lastAt: NOW }] }), [])
  })

  it('names what is not finished, and mends it', () => {
    const session = { agent: 'claude-code', session: '12345678-rest', lastEventAt: NOW - 40 * MINUTE }
    const found = problems({
      sessions: {
        ...sessions, silent: [session], moved: ['/w'], missingTranscripts: 2,
        openPlans: [{ checkpoint: '01J9Z3NDEKTSV4RRFFQ69G5FAV' as CheckpointId, commit: 'a'.repeat(40) as Oid }],
      },
    })
    assert.equal(found.map(({ id, repair }) => [id, repair]),
      [['sessions', undefined], ['sessions', undefined], ['missed', 'missed'], ['plans', 'plans']])
    assert.match(found[0]!.message, /claude-code 12345678 \(40m ago\)/)
    assert.match(found[1]!.message, /^2 sessions without a transcript/)
  })

  it('tells failures of the last week, and that there were older ones', () => {
    const failure = (ageDays: number, message: string): RecordsFacts['failures'][number] =>
      ({ at: NOW - ageDays * DAY, where: 'drain', message })
    const failures = [failure(9, 'old'), failure(3, 'disk full')]
    assert.is(only({ failures }).message, 'drain failed 3d ago: disk full')
    const [line] = diagnoseRecords({ ...sound, failures: [failure(9, 'old')] }).slice(-1)
    assert.is(line!.message, 'no failure was logged for a week (the last one 9d ago)')
  })
})
