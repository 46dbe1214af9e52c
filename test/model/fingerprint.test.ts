// What changed between two looks at a working tree, and how sure it is that the agent did it.

import * as assert from 'uvu/assert'
import { cleanAtStart, comparePaths, evidenceOf } from '../../src/model/fingerprint.ts'
import type { ChangedPath, Fingerprint } from '../../src/model/fingerprint.ts'
import { describe } from '../support/suite.ts'

type Entries = Fingerprint['entries']

const compare = (start: Entries, end: Entries, held: Entries = {}): readonly ChangedPath[] =>
  comparePaths({ head: 'h', entries: start }, { head: 'h', entries: end }, held)

const ROWS: readonly (readonly [string, Entries, Entries, Entries, ChangedPath['change'] | undefined])[] = [
  ['dirty before and after alike', { a: '1' }, { a: '1' }, {}, undefined],
  ['dirty before, changed again', { a: '1' }, { a: '2' }, {}, 'modify'],
  ['as in HEAD before, dirty now', {}, { a: '2' }, { a: '1' }, 'modify'],
  ['as in an older HEAD, since undone', {}, { a: '1' }, { a: '1' }, undefined],
  ['not there before', {}, { a: '2' }, {}, 'create'],
  ['as in HEAD before, gone now', {}, { a: '' }, { a: '1' }, 'delete'],
  ['untracked before, known as gone now', {}, { a: '' }, {}, undefined],
  ['gone before and now', { a: '' }, { a: '' }, {}, undefined],
  ['gone before, there again', { a: '' }, { a: '1' }, {}, 'create'],
  ['dirty before, committed or taken back since', { a: '1' }, {}, {}, undefined],
  ['large and the same', { a: '?9:1' }, { a: '?9:1' }, {}, undefined],
  ['large and written', { a: '?9:1' }, { a: '?9:2' }, {}, 'modify'],
  ['large before, small now: nobody can compare', { a: '?9:1' }, { a: '1' }, {}, undefined],
  ['as in HEAD before, large now', {}, { a: '?9:1' }, { a: '1' }, 'modify'],
]

describe('comparePaths', (it) => {
  for (const [name, start, end, held, change] of ROWS) {
    it(`${name}: ${change ?? 'no change'}`, () => {
      assert.equal(compare(start, end, held), change === undefined ? [] : [{ path: 'a', change }])
    })
  }

  it('takes a path called like a property of every object for a path', () => {
    assert.equal(compare({}, JSON.parse('{"constructor":"1","__proto__":"2"}') as Entries).map(({ path }) => path),
      ['constructor', '__proto__'])
  })
})

describe('cleanAtStart', (it) => {
  it('names the paths that are not in the first fingerprint', () => {
    assert.equal(cleanAtStart({ entries: { a: '1', b: '2' } }, { entries: { b: '2', c: '3' } }), ['c'])
  })
})

describe('evidenceOf', (it) => {
  const span = { from: 10_000, to: 20_000 }
  const rows: readonly (readonly [string, number | undefined, 'inferred' | 'unknown'])[] = [
    ['while something ran', 15_000, 'inferred'],
    ['a moment after', 21_500, 'inferred'],
    ['long after', 23_000, 'unknown'],
    ['long before', 5000, 'unknown'],
    ['at no known time, since it is deleted', undefined, 'inferred'],
  ]
  for (const [name, at, evidence] of rows) it(`${name}: ${evidence}`,
    () => { assert.is(evidenceOf(at, [span]), evidence) })

  it('is unknown when nothing ran', () => {
    assert.is(evidenceOf(undefined, []), 'unknown')
    assert.is(evidenceOf(15_000, []), 'unknown')
  })
})
