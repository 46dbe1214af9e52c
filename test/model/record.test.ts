// Building a checkpoint: the same input gives the same bytes, other input another id.

import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { CheckpointRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { Event, EventBody } from '../../src/model/event.ts'
import type { EventId, Oid, SessionId, TurnId } from '../../src/model/ids.ts'
import { isCheckpointId } from '../../src/model/ids.ts'
import { buildCheckpoint } from '../../src/model/record.ts'
import type { CheckpointDraft } from '../../src/model/record.ts'
import type { SessionDraft } from '../../src/model/session-draft.ts'
import { describe } from '../support/suite.ts'

const COMMIT = 'c'.repeat(40) as Oid
const T0 = Date.UTC(2026, 10, 20, 16)
const event = (id: string, second: number, turn: string, body: EventBody): Event =>
  ({ id: id as EventId, turn: turn as TurnId, at: T0 + second * 1000, ...body })
const tokens = { input: 10, output: 5, cacheRead: 100, cacheWrite: 1 }

const session = (more: Partial<SessionDraft> = {}): SessionDraft => ({
  agent: 'claude-code', session: 's1' as SessionId, foundBy: 'hook', native: [],
  turns: [
    { turn: 't1' as TurnId, number: 1, startedAt: T0 },
    { turn: 't2' as TurnId, number: 2, startedAt: T0 + 60_000 },
  ],
  events: [
    event('p1', 0, 't1', { kind: 'prompt', text: 'Add login', origin: 'human' }),
    event('r1', 5, 't1', { kind: 'response', text: 'First thought.', model: 'opus' }),
    event('u1', 5, 't1', { kind: 'usage', message: 'm1', model: 'opus', tokens }),
    event('u1b', 6, 't1', { kind: 'usage', message: 'm1', model: 'opus', tokens }),
    event('r2', 9, 't1', { kind: 'response', text: 'Login is there.', model: 'opus' }),
    event('p2', 60, 't2', { kind: 'prompt', text: 'Reject the session cookie', origin: 'human' }),
    event('d1', 61, 't2', { kind: 'rejected', text: 'Cookies', why: 'no browser' }),
  ],
  ...more,
})
const draft = (more: Partial<CheckpointDraft> = {}): CheckpointDraft => ({
  kind: 'commit', seq: 0, commit: COMMIT, committedAt: T0 + 90_000,
  origin: {
    commit: COMMIT, tree: COMMIT, parents: [],
    authoredAt: '2026-11-20T16:01:30.000Z', committedAt: '2026-11-20T16:01:30.000Z',
  },
  sessions: [session()], files: [], symbols: [], evidence: [], redactions: {}, ...more,
})
const recordOf = (files: Readonly<Record<string, string>>): CheckpointRecord =>
  JSON.parse(files['session.json']!) as CheckpointRecord

describe('buildCheckpoint', (it) => {
  it('gives the same bytes and id for the same input, in whatever order the sessions come', () => {
    const other = session({ session: 's2' as SessionId })
    const one = buildCheckpoint(draft({ sessions: [session(), other] }))
    const two = buildCheckpoint(draft({ sessions: [other, session()] }))
    assert.equal(one.files, two.files)
    assert.ok(isCheckpointId(one.record.id))
    assert.is.not(one.record.id, buildCheckpoint(draft()).record.id)
    const elsewhere = draft({ sessions: [session(), other], commit: 'd'.repeat(40) as Oid })
    assert.is.not(one.record.id, buildCheckpoint(elsewhere).record.id)
  })
  it('counts each message\'s tokens once and sums the time of the turns', () => {
    const [one] = recordOf(buildCheckpoint(draft()).files).sessions
    assert.equal(one?.usage, tokens)
    assert.is(one?.durationMs, 9000 + 1000)
    assert.equal(one?.models, ['opus'])
  })
  it('says nothing of tokens where the agent told of none (AGT-07)', () => {
    const silent = session({ events: session().events.filter(({ kind }) => kind !== 'usage') })
    const { record, files } = buildCheckpoint(draft({ sessions: [silent] }))
    assert.not('usage' in record.sessions[0]!)
    assert.not(files['summary.md']!.includes('tokens'))
  })
  it('tells each turn\'s prompt and last answer', () => {
    const [one] = recordOf(buildCheckpoint(draft()).files).sessions
    assert.equal(one?.turns.map(({ number, prompt, response }) => [number, prompt, response]),
      [[1, 'Add login', 'Login is there.'], [2, 'Reject the session cookie', undefined]])
  })
  it('counts no turn of an earlier checkpoint because the client was closed and started again', () => {
    const events = [
      event('e1', 20, 't1', { kind: 'session-end', reason: 'exit' }),
      { id: 's2' as EventId, at: T0 + 30_000, kind: 'session-start', reason: 'resume' } as Event,
      event('p2', 60, 't2', { kind: 'prompt', text: 'Go on', origin: 'human' }),
    ]
    const { files } = buildCheckpoint(draft({ sessions: [session({ events })] }))
    assert.equal(recordOf(files).sessions[0]?.turns.map(({ number }) => number), [2])
    const entries = files['transcript.jsonl']!.trimEnd().split('\n').map((line) => JSON.parse(line) as TranscriptEntry)
    assert.equal(entries.map(({ kind, turn }) => [kind, turn]),
      [['session-end', 1], ['session-start', undefined], ['prompt', 2]])
  })
  it('lists what was rejected with its turn', () => {
    assert.equal(buildCheckpoint(draft()).record.statements, [
      { kind: 'rejected', text: 'Cookies', why: 'no browser', session: 's1', turn: 2 },
    ])
  })
  it('writes one event a line, all sessions in time order', () => {
    const late = session({
      session: 's2' as SessionId, events: [event('x', 7, 't1', { kind: 'response', text: 'between' })],
    })
    const lines = buildCheckpoint(draft({ sessions: [session(), late] })).files['transcript.jsonl']!
      .trimEnd().split('\n')
    const entries = lines.map((line) => JSON.parse(line) as TranscriptEntry)
    assert.equal(entries.map(({ id }) => id), ['p1', 'r1', 'u1', 'u1b', 'x', 'r2', 'p2', 'd1'])
    assert.equal(entries[4], {
      id: 'x', agent: 'claude-code', session: 's2', turn: 1, at: '2026-11-20T16:00:07.000Z',
      kind: 'response', text: 'between',
    })
  })
  it('splits what is longer than a blob may be', () => {
    const events = Array.from({ length: 10 }, (_, at) =>
      event(`b${at}`, at, 't1', { kind: 'response', text: 'x'.repeat(1_000_000) }))
    const { files } = buildCheckpoint(draft({ sessions: [session({ events })] }))
    assert.equal(Object.keys(files), ['session.json', 'summary.md', 'transcript.jsonl', 'transcript.2.jsonl'])
    assert.is((files['transcript.jsonl']! + files['transcript.2.jsonl']!).trimEnd().split('\n').length, 10)
  })
  it('writes a summary whose front matter no name can break', () => {
    const { files } = buildCheckpoint(draft({ origin: { ...draft().origin, branch: 'x: "y"\n---' } }))
    const [, front] = /^---\n(.*?)\n---\n/s.exec(files['summary.md']!)!
    const facts = parse(front!) as Record<string, unknown>
    assert.equal([facts['branch'], facts['models'], facts['tokens_in']], ['x: "y"\n---', ['opus'], 111])
    assert.match(files['summary.md']!, '## Intent\n\n- Add login (turn 1)\n- Reject the session cookie (turn 2)\n')
    assert.match(files['summary.md']!, '## Alternatives rejected\n\n- Cookies: no browser (turn 2)\n')
  })
})
