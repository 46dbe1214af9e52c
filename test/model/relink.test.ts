// What commits hold, and what that proves.

import * as assert from 'uvu/assert'
import type { Oid } from '../../src/model/ids.ts'
import { findRanges, graphOf, planRelink } from '../../src/model/relink.ts'
import { describe } from '../support/suite.ts'

const oid = (name: string): Oid => Buffer.from(name.padEnd(20, '.')).toString('hex') as Oid
const nameOf = (one: Oid): string => Buffer.from(one, 'hex').toString().replaceAll('.', '')

/** A history as lines `commit parents = tree : patch-id`, the newest first. Linked commits are told apart. */
interface Given {
  readonly history: readonly string[]
  readonly linked: readonly string[]
  readonly targets: readonly string[]
  readonly heads?: readonly string[]
  /** `base..head = patch-id` */
  readonly ranges?: Readonly<Record<string, string>>
}

function plan({ history, linked, targets, heads = [], ranges = {} }: Given): readonly string[] {
  const rows = history.map((line) => {
    const [, names = '', tree = '', patchId = ''] = /^(.*?) = (\S+)(?: : (\S+))?$/.exec(line) ?? []
    const [name = '', ...parents] = names.split(' ')
    return {
      name, oid: oid(name), parents: parents.map(oid), tree: oid(tree),
      patchId: patchId === '' ? undefined : oid(patchId),
    }
  })
  const graph = graphOf(rows)
  const linkedRows = rows.filter(({ name }) => linked.includes(name))
  const found = findRanges(graph, targets.map(oid), heads.map(oid), (one) => linked.includes(nameOf(one)))
  return planRelink({
    graph,
    targets: targets.map(oid),
    patchIds: new Map(rows.flatMap((row): [Oid, Oid][] => row.patchId === undefined ? [] : [[row.oid, row.patchId]])),
    linkedByTree: (tree) => linkedRows.filter((row) => row.tree === tree).map((row) => row.oid),
    linkedByPatchId: (patchId) => linkedRows.filter((row) => row.patchId === patchId).map((row) => row.oid),
    ranges: found.map((range) => {
      const patchId = ranges[`${nameOf(range.base)}..${nameOf(range.head)}`]
      return patchId === undefined ? range : { ...range, patchId: oid(patchId) }
    }),
    reachable: new Set(),
  }).map(({ commit, from, evidence }) => `${nameOf(commit)} from ${nameOf(from)} by ${evidence}`)
}

describe('planRelink', (it) => {
  const tables: readonly (readonly [string, Given, readonly string[]])[] = [
    ['the same files on the same files are the same commit', {
      history: ['A r = t1 : p1', 'a r = t1 : p1', 'r = t0'], linked: ['a'], targets: ['A'],
    }, ['A from a by tree']],
    ['the same change elsewhere is the same commit', {
      history: ['A m = t9 : p1', 'm r = t8 : p8', 'a r = t1 : p1', 'r = t0'], linked: ['a'], targets: ['m', 'A'],
    }, ['A from a by patch-id']],
    ['another change is not, whatever the time', {
      history: ['A r = t2 : p2', 'a r = t1 : p1', 'r = t0'], linked: ['a'], targets: ['A'],
    }, []],
    ['the revert of a revert is not what it brings back', {
      history: ['RR R = t1 : p1', 'R a = t0 : p2', 'a r = t1 : p1', 'r = t0'], linked: ['a'], targets: ['R', 'RR'],
    }, []],
    ['nor is it when all of them were rewritten', {
      history: [
        'RR R = t1 : p1', 'R A = t0 : p2', 'A r = t1 : p1',
        'rr rv = t1 : p1', 'rv a = t0 : p2', 'a r = t1 : p1', 'r = t0',
      ],
      linked: ['a'], targets: ['A', 'R', 'RR'],
    }, ['A from a by tree']],
    ['nor when the first of them was linked before', {
      history: ['RR R = t1 : p1', 'R A = t0 : p2', 'A r = t1 : p1', 'a r = t1 : p1', 'r = t0'],
      linked: ['a', 'A'], targets: ['R', 'RR'],
    }, []],
    ['what a reset left is in the commit that holds it again, all of it', {
      history: ['S r = t3 : p9', 'c b = t3 : p3', 'b a = t2 : p2', 'a r = t1 : p1', 'r = t0'],
      linked: ['a', 'c'], targets: ['S'], heads: ['c'],
    }, ['S from a by tree', 'S from c by tree']],
    ['the same files on another base prove nothing', {
      history: ['S m = t3 : p9', 'm r = t8 : p8', 'c r = t3 : p3', 'r = t0'],
      linked: ['c'], targets: ['S'], heads: ['c'],
    }, []],
    ['a squash makes the change of its range', {
      history: ['S m = t9 : p12', 'm r = t8 : p8', 'b a = t2 : p2', 'a r = t1 : p1', 'r = t0'],
      linked: ['a', 'b'], targets: ['m', 'S'], heads: ['b'], ranges: { 'r..b': 'p12' },
    }, ['S from a by patch-id', 'S from b by patch-id']],
    ['a branch that was merged is not squashed into what follows', {
      history: ['S M = t9 : p1', 'M r a = t1', 'a r = t1 : p1', 'r = t0'],
      linked: ['a'], targets: ['M', 'S'], heads: ['a'],
    }, []],
    ['a merge, or an empty commit on top, carries nothing', {
      history: ['E a = t1', 'M r a = t1', 'a r = t1 : p1', 'r = t0'], linked: ['a'], targets: ['M', 'E'], heads: ['a'],
    }, []],
    ['what was made again later did not come from there', {
      history: ['L R = t1 : p1', 'R T = t0 : p2', 'T r = t1 : p1', 'r = t0'], linked: ['L'], targets: ['T', 'R'],
    }, []],
    ['a commit is not the squash of a range that it is in, nor of one that it ends', {
      history: [
        'm r = t8 : p8', 'H y = t3 : p4', 'y T = t4 : p5', 'T R = t3 : p3', 'R x = t0 : p2', 'x r = t1 : p1', 'r = t0',
      ],
      linked: ['x', 'y'], targets: ['m', 'T'], heads: ['H', 'T'], ranges: { 'r..H': 'p3', 'r..T': 'p3' },
    }, []],
    ['nor does it hold what a range held that begins with it', {
      history: ['m r = t8 : p8', 'H x = t1 : p3', 'x T = t2 : p2', 'T r = t1 : p1', 'r = t0'],
      linked: ['x'], targets: ['m', 'T'], heads: ['H'],
    }, []],
  ]
  for (const [fact, given, expected] of tables) it(fact, () => { assert.equal(plan(given), expected) })
})

describe('findRanges', (it) => {
  it('tells each range once, with what is linked in it, oldest first', () => {
    const graph = graphOf([
      ['n', 'm'], ['m', 'r'], ['c', 'b'], ['b', 'a'], ['a', 'r'], ['r'],
    ].map(([name, ...parents]) => ({ oid: oid(name!), tree: oid(`t${name}`), parents: parents.map(oid) })))
    const isLinked = (one: Oid): boolean => ['a', 'c'].includes(nameOf(one))
    const ranges = findRanges(graph, ['m', 'n'].map(oid), ['n', 'c', 'gone'].map(oid), isLinked)
    assert.equal(ranges, [{ base: oid('r'), head: oid('c'), linked: [oid('a'), oid('c')] }])
  })
})
