// What a rewind writes, deletes, keeps and refuses.

import * as assert from 'uvu/assert'
import type { Oid } from '../../src/model/ids.ts'
import { isWithin, planRestore } from '../../src/model/restore.ts'
import type { Authors, RestoreChoice, RestoreFacts } from '../../src/model/restore.ts'
import type { Difference, Entry } from '../../src/model/union.ts'
import { describe } from '../support/suite.ts'

const entry = (text: string, mode = '100644'): Entry => ({ mode, oid: text.padEnd(40, '0') as Oid })
const changed = (path: string): Difference => ({ path, left: entry('1'), right: entry('2') })
const made = (path: string): Difference => ({ path, left: entry('1'), right: undefined })
const gone = (path: string): Difference => ({ path, left: undefined, right: entry('2') })

const MINE: Authors = { mine: true, others: [], someone: false }
const facts = (differences: readonly Difference[], more: Partial<RestoreFacts> = {}): RestoreFacts => ({
  differences, authorsOf: () => MINE, exclusionOf: () => undefined, obstaclesOf: () => [], ...more,
})
const CHOICE: RestoreChoice = { keep: [], force: false }

describe('planRestore', (it) => {
  it('writes what differs or is gone, deletes what was made', () => {
    const plan = planRestore(facts([changed('a'), gone('b'), made('c')]), CHOICE)
    assert.equal(plan.writes, [
      { path: 'a', entry: entry('2'), before: entry('1') }, { path: 'b', entry: entry('2'), before: undefined },
    ])
    assert.equal(plan.deletions, [{ path: 'c', before: entry('1') }])
    assert.equal([plan.kept, plan.conflicts], [[], []])
  })

  for (const [what, authors, kept, conflicts] of [
    ['the user', { mine: false, others: [], someone: true }, [], ['changed-since']],
    ['the session, then the user', { mine: true, others: [], someone: true }, [], ['changed-since']],
    ['another session', { mine: false, others: ['two'], someone: false }, ['other-session'], []],
    ['both sessions', { mine: true, others: ['two'], someone: false }, [], ['other-session']],
    ['another session and the user', { mine: false, others: ['two'], someone: true }, [], ['changed-since']],
  ] as const) {
    it(`of what ${what} changed ${kept.length > 0 ? 'keeps it' : 'asks, and does it when forced'}`, () => {
      const all = facts([changed('a')], { authorsOf: () => authors })
      const plan = planRestore(all, CHOICE)
      assert.equal(plan.kept.map(({ why }) => why), kept)
      assert.equal(plan.conflicts.map(({ why }) => why), conflicts)
      assert.equal(plan.writes, [])
      const forced = planRestore(all, { ...CHOICE, force: true })
      assert.is(forced.writes.length, kept.length > 0 ? 0 : 1)
      assert.equal(forced.conflicts, [])
    })
  }

  it('keeps what is asked for, files and folders, whoever changed it', () => {
    const all = facts([changed('a'), changed('dir/b'), changed('dirx')])
    const plan = planRestore(all, { ...CHOICE, keep: ['a', 'dir/'] })
    assert.equal(plan.kept, [{ path: 'a', why: 'asked' }, { path: 'dir/b', why: 'asked' }])
    assert.equal(plan.writes.map(({ path }) => path), ['dirx'])
  })

  it('never touches submodules and what is excluded, not even forced', () => {
    const submodule = { path: 'sub', left: entry('1', '160000'), right: undefined }
    const plan = planRestore(
      facts([submodule, made('ignored')], { exclusionOf: (path) => path === 'ignored' ? 'ignored' : undefined }),
      { ...CHOICE, force: true })
    assert.equal(plan.kept, [{ path: 'ignored', why: 'ignored' }, { path: 'sub', why: 'submodule' }])
    assert.equal(plan.deletions, [])
  })

  it('writes where a file goes, and not where one stays', () => {
    const obstaclesOf = (path: string): readonly string[] => path === 'a/b' ? ['a'] : []
    assert.equal(planRestore(facts([made('a'), gone('a/b')], { obstaclesOf }), CHOICE).writes.length, 1)
    const plan = planRestore(facts([made('a'), gone('a/b')], { obstaclesOf }), { keep: ['a'], force: true })
    // The folder that is kept holds the other as well.
    assert.equal(plan.kept.map(({ path }) => path), ['a', 'a/b'])
    const blocked = planRestore(facts([gone('a/b')], { obstaclesOf }), { ...CHOICE, force: true })
    assert.equal(blocked.conflicts, [{ path: 'a/b', why: 'in-the-way', by: ['a'] }])
  })
})

describe('isWithin', (it) => {
  for (const [path, folder, is] of [
    ['a', 'a', true], ['a/b', 'a', true], ['a/b', 'a/', true], ['a/b', './a', true], ['ab', 'a', false],
    ['a', '.', true], ['a', 'a/b', false],
  ] as const) {
    it(`${path} is ${is ? '' : 'not '}within ${folder}`, () => { assert.is(isWithin(path, folder), is) })
  }
})
