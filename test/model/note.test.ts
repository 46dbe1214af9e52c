// Note lines survive sorting, merging and git's own concatenation.

import * as assert from 'uvu/assert'
import type { CheckpointRecord } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid, SessionId, TurnId } from '../../src/model/ids.ts'
import { formatDuration, formatNote, uniteNote } from '../../src/model/note.ts'
import { describe } from '../support/suite.ts'

const ID = '01JD4R0000AAAAAAAAAAAAAAAA' as CheckpointId
const COMMIT = '4be1c09f'.repeat(5) as Oid
const at = '2026-11-20T16:00:00.000Z'

const record = (more: Partial<CheckpointRecord> = {}): Omit<CheckpointRecord, 'note'> => ({
  schema: 1, id: ID, kind: 'commit', seq: 0,
  origin: { commit: COMMIT, tree: COMMIT, parents: [], authoredAt: at, committedAt: at },
  sessions: [{
    agent: 'claude-code', session: '7f3c2a11-0000-4000-8000-000000000000' as SessionId, models: ['claude-opus-5-5'],
    turns: [{ turn: 't' as TurnId, number: 4, prompt: 'Rate-limit the\nlogin route', startedAt: at, endedAt: at }],
    startedAt: at, endedAt: at, durationMs: 840_000, usage: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 },
    foundBy: 'hook', subagents: [],
  }],
  files: [{ path: 'a.ts', change: 'modify', added: 120, removed: 14, evidence: 'tool', sessions: [] }],
  symbols: [], evidence: [], redactions: {},
  statements: [
    {
      kind: 'decision', text: 'Token bucket in memory', why: 'one process serves all logins',
      session: 's' as SessionId, turn: 4,
    },
    { kind: 'rejected', text: 'Sliding window', session: 's' as SessionId, turn: 4 },
  ],
  ...more,
})

describe('formatNote', (it) => {
  it('gives complete lines in the order of the ordinals', () => {
    assert.equal(formatNote(record()), [
      `${ID} 00 claude-code · claude-opus-5-5 · session 7f3c2a11 · 1 turn · 14m · 1 file +120 −14`,
      `${ID} 10 intent Rate-limit the login route`,
      `${ID} 30 decision Token bucket in memory, since one process serves all logins (turn 4)`,
      `${ID} 60 rejected Sliding window (turn 4)`,
      `${ID} 99 origin ${COMMIT}`,
    ])
  })
  it('lets no control character and no second line through', () => {
    const [session] = record().sessions
    const turns = [{ ...session!.turns[0]!, prompt: 'a\u001b[31mred\u202e\nsecond' }]
    const lines = formatNote(record({ sessions: [{ ...session!, turns }] }))
    assert.not(lines.some((line) => /[\u0000-\u001f\u202a-\u202e]/.test(line)))
  })
  it('keeps to twenty intents', () => {
    const [session] = record().sessions
    const turns = Array.from({ length: 30 }, (_, number) => ({ ...session!.turns[0]!, number }))
    const lines = formatNote(record({ sessions: [{ ...session!, turns }] }))
    assert.is(lines.filter((line) => / (1|2)\d intent/.test(line)).length, 20)
  })
})

describe('uniteNote', (it) => {
  it('keeps one line per checkpoint and ordinal, sorted, without blanks', () => {
    const lines = formatNote(record())
    const shuffled = [...lines].reverse().join('\n\n')
    assert.is(uniteNote(shuffled, lines), `${lines.join('\n')}\n`)
    assert.is(uniteNote('', lines), uniteNote(uniteNote('', lines), lines))
  })
  it('keeps lines of others', () => { assert.is(uniteNote('zz a human note', []), 'zz a human note\n') })
})

describe('formatDuration', (it) => {
  for (const [ms, text] of [[0, '0s'], [8400, '8s'], [840_000, '14m'], [7_500_000, '2h05m'], [-5, '0s']] as const) {
    it(`says ${text}`, () => { assert.is(formatDuration(ms), text) })
  }
})
