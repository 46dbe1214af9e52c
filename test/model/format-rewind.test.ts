// What rewind says, where a run through the program would not show it.

import * as assert from 'uvu/assert'
import { cleanDiff, formatPlan, formatWords } from '../../src/model/format-rewind.ts'
import type { RewindLayout, ShownPlan } from '../../src/model/format-rewind.ts'
import type { Oid, SessionId, TurnId } from '../../src/model/ids.ts'
import type { ListedTurn, StatePoint, Target } from '../../src/model/rewind-target.ts'
import { PLAIN } from '../../src/model/style.ts'
import { describe } from '../support/suite.ts'

const layout: RewindLayout = { style: PLAIN, width: 80, now: 60_000, shown: (path) => path, maxPaths: 2 }
const [THEN, NOW] = ['a'.repeat(40) as Oid, 'b'.repeat(40) as Oid]
const point: StatePoint = { snapshot: 1, at: 0, state: 'late', tree: THEN }
const turn: ListedTurn = {
  turn: 't' as TurnId, number: 1, startedAt: 0, name: '1', checkpoints: [], prompt: 'Do\u001b[31m it\nall',
  after: point,
}
const target: Target = {
  session: {
    agent: 'codex', session: 'abcdefgh-1' as SessionId, name: 'abcdefgh', startedAt: 0, lastEventAt: 0, turns: [turn],
  },
  turn, side: 'after', point,
}
const write = (path: string) => ({ path, entry: { mode: '100644', oid: THEN }, before: undefined })
const nothing: ShownPlan = { writes: [], deletions: [], kept: [], conflicts: [] }
const linesOf = (plan: Partial<ShownPlan>): readonly string[] =>
  formatPlan({ ...nothing, ...plan }, target, layout).split('\n').slice(2)

describe('formatPlan', (it) => {
  it('says that a late state may not be exact, and that nothing has to change', () => {
    assert.is(formatPlan(nothing, target, layout), [
      'Back to the state after turn 1 of codex abcdefgh, 1m ago: Do it all',
      'It was looked at late, and may not be exactly what was there then.',
      'No file has to change.', 'HEAD, its branch and the index stay as they are.', '',
    ].join('\n'))
  })
  it('counts paths that are too many, but never those in question', () => {
    assert.equal(linesOf({ writes: ['a', 'b', 'c'].map(write) }).slice(0, 4),
      ['Will be written:', '  a  is not there now', '  b  is not there now', '  … and 1 more'])
    const conflicts = ['a', 'b', 'c'].map((path) => ({ path, why: 'in-the-way' as const, by: ['x\u0007'] }))
    assert.equal(linesOf({ conflicts }).slice(0, 4),
      ['In question:', '  a  x lies in its way', '  b  x lies in its way', '  c  x lies in its way'])
  })
  it('says what becomes of HEAD', () => {
    assert.match(linesOf({ reset: THEN, headNow: NOW }).at(-2)!, 'HEAD and its branch go to aaaaaaaaaa')
    assert.match(linesOf({ reset: NOW, headNow: NOW }).at(-2)!, 'HEAD is there already')
    assert.match(linesOf({ headThen: THEN, headNow: NOW }).slice(-3).join(' '), 'aaaaaaaaaa was checked out then')
  })
})

describe('formatWords', (it) => {
  it('shortens, and shows nothing that a terminal would obey', () => {
    assert.is(formatWords({ ...turn, answer: '1\n2\n3\n4' }, 3, layout),
      'Prompt\n  Do it\n  all\nAnswer\n  1\n  2\n  …\n')
  })
})

describe('cleanDiff', (it) => {
  it('leaves colours, and nothing else that a terminal would obey', () => {
    assert.is(cleanDiff('\u001b[32m+a\u001b[m\r\n\u001b]0;title\u0007\u001b[2J+b\n'), '\u001b[32m+a\u001b[m\n+b\n')
  })
})
