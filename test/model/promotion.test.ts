// The decision which sessions led to a commit, as a table of small cases. Scenario ids are those of docs/scenarios.md.

import * as assert from 'uvu/assert'
import type { ChangedPath, FilePatch } from '../../src/model/diff.ts'
import type { CheckpointId, Oid, SessionId, TurnId } from '../../src/model/ids.ts'
import { planPromotion } from '../../src/model/promotion.ts'
import type { CommitDiff, PendingEdit, PlannedPromotion, ShellSession } from '../../src/model/promotion.ts'
import { describe } from '../support/suite.ts'

const session = (name: string): SessionId => name as SessionId
const turn = (name: string): TurnId => name as TurnId
const oid = (digit: string): Oid => digit.repeat(40) as Oid

let rows = 0
const edit = (path: string, added: readonly string[] | undefined, more: Partial<PendingEdit> = {}): PendingEdit => ({
  row: rows += 1, session: session('s1'), turn: turn('t1'), path, change: 'modify', evidence: 'tool',
  ...(added === undefined ? {} : { lines: { added, removed: [] } }), ...more,
})

interface Changed {
  added?: string[]
  removed?: string[]
  change?: ChangedPath['change']
  from?: string
  dirty?: boolean
  binary?: boolean
}
const commit = (paths: Readonly<Record<string, Changed>>): CommitDiff => ({
  changed: Object.entries(paths).map(([path, { change = 'modify', from }]) =>
    ({ path, change, ...(from === undefined ? {} : { from }), ...(change === 'delete' ? {} : { oid: oid('a') }) })),
  patches: new Map(Object.entries(paths)
    .map(([path, { added = [], removed = [], binary = false }]): [string, FilePatch] =>
      [path, { path, added, removed, headings: [], binary }])),
  stillDirty: new Set(Object.entries(paths).filter(([, { dirty }]) => dirty === true).map(([path]) => path)),
})
const sessionsOf = (planned: PlannedPromotion): string[] => planned.contributions.map((one) => one.session)
const settledOf = (planned: PlannedPromotion): Record<number, string> =>
  Object.fromEntries(planned.settled.map(({ row, how }) => [row, how]))

describe('planPromotion', (it) => {
  it('takes the session whose lines are in the commit (PRO-01)', () => {
    const one = edit('a.ts', ['let answer = 42'])
    const planned = planPromotion(commit({ 'a.ts': { added: ['let answer = 42'] } }), [one], undefined)
    assert.equal(planned.contributions.map(({ session: who, why, paths }) => ({ who, why, paths })),
      [{ who: 's1', why: 'edits', paths: ['a.ts'] }])
    assert.equal(settledOf(planned), { [one.row]: 'taken' })
  })

  it('takes nobody for a file that no session touched (PRO-08)', () => {
    const planned = planPromotion(commit({ 'readme.md': { added: ['hello'] } }), [], undefined)
    assert.equal(planned.contributions, [])
  })

  it('counts only the lines that are in the commit as the agent\'s (PRO-10)', () => {
    const wrote = Array.from({ length: 10 }, (_, at) => `line ${at} of the agent`)
    const committed = [...wrote.slice(0, 7), 'mine 1', 'mine 2', 'mine 3']
    const planned = planPromotion(
      commit({ 'a.ts': { added: committed, change: 'create' } }),
      [edit('a.ts', wrote, { change: 'create' })], undefined)
    assert.is(planned.files[0]?.agentAdded, 7)
    assert.is(planned.files[0]?.added, 10)
  })

  it('never counts a line more often than the commit has it', () => {
    const planned = planPromotion(
      commit({ 'a.ts': { added: ['x1'] } }),
      [edit('a.ts', ['x1', 'x1']), edit('a.ts', ['x1'])], undefined)
    assert.is(planned.files[0]?.agentAdded, 1)
  })

  it('says so weakly when the agent created the file and nothing of it is left (PRO-09)', () => {
    const planned = planPromotion(
      commit({ 'a.ts': { added: ['all new'], change: 'create' } }),
      [edit('a.ts', ['old text'], { change: 'create' })], undefined)
    assert.is(planned.contributions[0]?.why, 'content-replaced')
    assert.is(planned.files[0]?.evidence, 'replaced')
    assert.is(planned.files[0]?.agentAdded, 0)
  })

  it('leaves out a session whose edits were thrown away, and settles them (PRO-14)', () => {
    const lost = edit('a.ts', ['thrown away'])
    const kept = edit('a.ts', ['kept'], { session: session('s2') })
    const planned = planPromotion(commit({ 'a.ts': { added: ['kept'] } }), [lost, kept], undefined)
    assert.equal(sessionsOf(planned), ['s2'])
    assert.equal(settledOf(planned), { [lost.row]: 'lost', [kept.row]: 'taken' })
  })

  it('does not link a human commit on a file whose agent edits were thrown away', () => {
    const planned = planPromotion(commit({ 'a.ts': { added: ['human'] } }), [edit('a.ts', ['agent'])], undefined)
    assert.equal(planned.contributions, [])
    assert.equal(planned.settled.map(({ how }) => how), ['lost'])
  })

  it('keeps the edit whose hunk was left out of the commit (PRO-05, git add -p)', () => {
    const first = edit('a.ts', ['first hunk'])
    const second = edit('a.ts', ['second hunk'])
    const planned = planPromotion(
      commit({ 'a.ts': { added: ['first hunk'], dirty: true } }), [first, second], undefined)
    assert.equal(settledOf(planned), { [first.row]: 'taken' })
  })

  it('tells a turn again when its edit reaches a commit only after a checkpoint had it (PRO-05)', () => {
    const edits = [edit('b.ts', ['b'], { claimed: true }), edit('b.ts', ['c'], { turn: turn('t2') })]
    const planned = planPromotion(commit({ 'b.ts': { added: ['b', 'c'] } }), edits, undefined)
    assert.equal([...planned.contributions[0]!.turns], ['t1'])
  })

  it('names the session checkpoints that told edits already, and whether they told all (SES-01)', () => {
    const kept = { keptIn: '01J9Z3NDEKTSV4RRFFQ69G5FAV' as CheckpointId }
    const [old, young] = [edit('b.ts', ['b'], kept), edit('c.ts', ['c'])]
    const diff = { 'b.ts': { added: ['b'] }, 'c.ts': { added: ['c'] } }
    const all = planPromotion(commit({ 'b.ts': { added: ['b'] } }), [old], undefined).contributions[0]!
    assert.equal([[...all.kept], all.isKept, [...all.turns]], [[kept.keptIn], true, []])
    const part = planPromotion(commit(diff), [old, young], undefined).contributions[0]!
    assert.equal([[...part.kept], part.isKept], [[kept.keptIn], false])
  })

  it('links two sessions that edited one file, and marks lines they share (PRO-11)', () => {
    const edits = [edit('a.ts', ['same line']), edit('a.ts', ['same line', 'other'], { session: session('s2') })]
    const planned = planPromotion(commit({ 'a.ts': { added: ['same line', 'other'] } }), edits, undefined)
    assert.equal(sessionsOf(planned), ['s1', 's2'])
    assert.is(planned.files[0]?.ambiguous, true)
    const apart = [edit('a.ts', ['mine', '}']), edit('a.ts', ['yours', '}'], { session: session('s2') })]
    const both = planPromotion(commit({ 'a.ts': { added: ['mine', 'yours', '}'] } }), apart, undefined)
    assert.is(both.files[0]?.ambiguous, undefined)
  })

  it('does not believe a lone bracket', () => {
    const planned = planPromotion(
      commit({ 'a.ts': { added: ['human', '}'] } }), [edit('a.ts', ['agent', '}'])], undefined)
    assert.equal(planned.contributions, [])
  })

  it('links deletions and renames (PRO-15)', () => {
    const edits = [
      edit('gone.ts', undefined, { change: 'delete' }),
      edit('new.ts', undefined, { change: 'rename', from: 'old.ts' }),
    ]
    const planned = planPromotion(
      commit({ 'gone.ts': { change: 'delete' }, 'new.ts': { change: 'rename', from: 'old.ts' } }), edits, undefined)
    assert.equal(planned.files.map(({ path, change }) => [path, change]), [['gone.ts', 'delete'], ['new.ts', 'rename']])
    assert.equal(planned.contributions[0]?.paths, ['gone.ts', 'new.ts'])
  })

  it('takes removed lines as evidence too', () => {
    const one = edit('a.ts', undefined, { lines: { added: [], removed: ['old code'] } })
    assert.equal(sessionsOf(planPromotion(commit({ 'a.ts': { removed: ['old code'] } }), [one], undefined)), ['s1'])
  })

  it('does not link what may have been the user (CAP-09)', () => {
    const planned = planPromotion(
      commit({ 'b.ts': { added: ['x'] } }), [edit('b.ts', undefined, { evidence: 'unknown' })], undefined)
    assert.equal(planned.contributions, [])
  })

  it('calls what was found by comparing the working tree inferred', () => {
    const planned = planPromotion(
      commit({ 'b.ts': { added: ['x'] } }), [edit('b.ts', undefined, { evidence: 'inferred' })], undefined)
    assert.is(planned.contributions[0]?.why, 'inferred')
  })

  it('takes the session whose shell made the commit, and the files that were not dirty before its turn (PRO-02)',
    () => {
      const shell: ShellSession = {
        session: session('s1'), dirtyBefore: new Map([['mine.ts', oid('a')], ['both.ts', oid('b')]]),
      }
      const planned = planPromotion(commit({
        'made.ts': { added: ['x'], change: 'create' }, 'mine.ts': { added: ['y'] }, 'both.ts': { added: ['z'] },
      }), [], shell)
      assert.equal(
        planned.files.map(({ path, evidence }) => [path, evidence]),
        [['made.ts', 'inferred'], ['both.ts', 'inferred']])
      assert.equal(planned.contributions.map(({ why }) => why), ['agent-shell'])
    })

  it('links the shell\'s session also when all the files were the user\'s', () => {
    const shell: ShellSession = { session: session('s1'), dirtyBefore: new Map([['mine.ts', oid('a')]]) }
    const planned = planPromotion(commit({ 'mine.ts': { added: ['y'] } }), [], shell)
    assert.equal(planned.files, [])
    assert.equal(planned.contributions.map(({ why }) => why), ['agent-shell'])
  })

  it('matches binary files by path', () => {
    const planned = planPromotion(commit({ 'x.png': { binary: true } }), [edit('x.png', ['text'])], undefined)
    assert.equal(sessionsOf(planned), ['s1'])
  })
})
