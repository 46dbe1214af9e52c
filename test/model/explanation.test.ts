// What is said of checkpoints and links, and of commits that have none.

import * as assert from 'uvu/assert'
import { explainAbsence } from '../../src/model/absence.ts'
import type { AbsenceFacts } from '../../src/model/absence.ts'
import type { LinkRecord } from '../../src/model/checkpoint.ts'
import { explainCheckpoints, explainLink, explainLoss } from '../../src/model/explanation.ts'
import type { ReadCheckpoint } from '../../src/model/explanation.ts'
import type { CheckpointRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { Oid } from '../../src/model/ids.ts'
import {
  OTHER_SESSION, SESSION, checkpointId, checkpointRecord, entry, sessionRecord,
} from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

const COMMIT = 'a'.repeat(40) as Oid
const ORIGIN = 'b'.repeat(40) as Oid

const link = (given: Partial<LinkRecord> = {}): LinkRecord =>
  ({ schema: 1, commit: COMMIT, checkpoint: checkpointId(1), evidence: 'commit', by: 'promotion', ...given })
const read = (given: Partial<CheckpointRecord> = {}, entries: readonly TranscriptEntry[] = []): ReadCheckpoint =>
  ({ kind: 'found', link: link(), folder: '', record: checkpointRecord(COMMIT, given), entries })

describe('explainCheckpoints', (it) => {
  it('says nothing twice', () => {
    const event = entry({ kind: 'reasoning', text: 'Because.' })
    const [first, second] = explainCheckpoints([
      read({}, [event]),
      read({ id: checkpointId(2), seq: 1, kind: 'continuation', sessions: [sessionRecord({
        turns: [...sessionRecord().turns, { number: 5, response: 'More.', startedAt: 'x', endedAt: 'y' }],
      })] }, [event]),
    ])
    assert.equal(first?.sessions[0]?.turns.map(({ number }) => number), [3, 4])
    assert.equal(second?.sessions[0]?.turns.map(({ number }) => number), [5])
    assert.equal([first?.sessions[0]?.entries.length, second?.sessions[0]?.entries.length], [1, 0])
    assert.equal(second?.sessions[0]?.statements, [])
  })

  it('names the other id of what two clones made', () => {
    const explained = explainCheckpoints([read(), read({ id: checkpointId(2) })])
    assert.equal(explained.map(({ id, twins }) => [id, twins]), [[checkpointId(1), [checkpointId(2)]]])
  })

  it('leaves other sessions and their files out when one is wanted', () => {
    const both = read({
      sessions: [sessionRecord(), sessionRecord({ session: OTHER_SESSION })],
      files: [
        { path: 'a', change: 'modify', evidence: 'tool', sessions: [SESSION] },
        { path: 'b', change: 'modify', evidence: 'tool', sessions: [OTHER_SESSION] },
      ],
    })
    const [only] = explainCheckpoints([both], 'c0ffee')
    assert.equal(only?.sessions.map(({ record }) => record.session), [OTHER_SESSION])
    assert.equal(only?.files.map(({ path }) => path), ['b'])
    assert.equal(explainCheckpoints([both], 'nobody'), [])
  })

  it('tells which session a piece of evidence is about where there are several', () => {
    const [explained] = explainCheckpoints([read({
      sessions: [sessionRecord(), sessionRecord({ session: OTHER_SESSION })],
      evidence: [
        { session: SESSION, why: 'edits', paths: ['a', 'b'] },
        { session: OTHER_SESSION, why: 'inferred', paths: ['c'], late: true },
      ],
    })])
    assert.equal(explained?.evidence, [
      'made for this commit',
      '7f3c2a10: its recorded edits of 2 files are in the commit',
      'c0ffee00: c changed while its tools ran (inferred), found later, since no hook saw the commit',
    ])
  })
})

describe('explainLink', (it) => {
  for (const [given, words] of [
    [{}, 'made for this commit'],
    [{ evidence: 'rewrite', from: ORIGIN, by: 'rebase' }, 'made for aaaaaaaaaa, linked by rebase of bbbbbbbbbb'],
    [{ evidence: 'squash', from: ORIGIN, by: 'rebase' },
      'made for aaaaaaaaaa, linked by squash of bbbbbbbbbb (rebase)'],
    [{ evidence: 'attached', from: ORIGIN, by: 'promotion' },
      'kept on top of bbbbbbbbbb before this commit, linked by its edits, which are in it'],
    [{ evidence: 'attached', by: 'doctor' }, 'made for aaaaaaaaaa, linked by hand (doctor)'],
    [{ evidence: 'telepathy' as never, by: 'doctor' }, 'made for aaaaaaaaaa, linked by \'telepathy\' (doctor)'],
  ] as const) {
    it(`says: ${words}`, () => { assert.is(explainLink(link(given), COMMIT), words) })
  }
})

describe('explainLoss', (it) => {
  it('says what may help', () => {
    assert.match(explainLoss({ kind: 'missing', checkpoint: checkpointId(1) }).hint, /^git bitloops fetch/)
    assert.is(explainLoss({ kind: 'newer', checkpoint: checkpointId(1), schema: 2 }).hint, 'update git-bitloops')
  })
})

describe('explainAbsence', (it) => {
  const facts = (given: Partial<AbsenceFacts>): AbsenceFacts =>
    ({ isSetUp: true, committedAt: 100, hasCheckpoints: true, named: [], unlinked: [], edits: 'none', ...given })
  for (const [given, code] of [
    [{ unlinked: [checkpointId(1)], named: [checkpointId(1)] }, 'not-linked'],
    [{ named: [checkpointId(1)] }, 'not-here'],
    [{ isSetUp: false, hasCheckpoints: false }, 'not-set-up'],
    [{ isSetUp: false }, 'unknown'],
    [{ offSince: 99 }, 'capture-off'],
    [{ offSince: 101 }, 'untouched'],
    [{ edits: 'some' }, 'not-promoted'],
    [{ edits: 'none' }, 'untouched'],
    [{ edits: 'nothing' }, 'nothing-recorded'],
    [{ edits: 'not known' }, 'unknown'],
  ] as const) {
    it(`answers ${code} for ${JSON.stringify(given)}`, () => { assert.is(explainAbsence(facts(given)).code, code) })
  }

  it('mentions that capture is off now where that is not the reason', () => {
    assert.match(explainAbsence(facts({ offSince: 101 })).hint ?? '', /capture is off now/)
  })
})
