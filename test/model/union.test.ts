// The union of two trees of checkpoints: its laws, over generated histories, and the rules for what is strange.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { checkpointPath, linkPath, tombstonePath } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { buriedIn, placeOf, planChain, planEdits, uniteTrees } from '../../src/model/union.ts'
import type { Chain, CheckpointTree, Difference } from '../../src/model/union.ts'
import { checkpointId } from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

const RUNS = process.env['BITLOOPS_SOAK'] === '1' ? 20_000 : 500

const oidOf = (number: number): Oid => number.toString(16).padStart(40, '0') as Oid
const COMMITS = [1, 2, 3].map((number) => oidOf(number + 0xab000))

/** What clones do: promote, relink, unlink, purge. Numbers stand for commits and checkpoints. */
type Step =
  | {
    readonly do: 'promote' | 'link' | 'unlink'
    readonly commit: number; readonly checkpoint: number; readonly blob: number
  }
  | { readonly do: 'purge'; readonly checkpoint: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({
    do: fc.constantFrom('promote' as const, 'link' as const, 'unlink' as const),
    commit: fc.nat(COMMITS.length - 1), checkpoint: fc.integer({ min: 1, max: 6 }),
    // Mostly a path has one content, which is the law; now and then somebody breaks it.
    blob: fc.oneof({ weight: 9, arbitrary: fc.constant(7) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) }),
  }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('purge' as const), checkpoint: fc.integer({ min: 1, max: 6 }) }),
  },
)

const EMPTY: CheckpointTree = { epoch: 0, files: new Map() }

function take(tree: CheckpointTree, step: Step): CheckpointTree {
  const id = checkpointId(step.checkpoint)
  if (step.do === 'purge') {
    const grave: CheckpointTree = { epoch: tree.epoch + 1, files: new Map([[tombstonePath(id), oidOf(1)]]) }
    return uniteTrees(tree, grave)
  }
  if (buriedIn(tree).has(id)) return tree
  const commit = COMMITS[step.commit]!
  const files = new Map(tree.files)
  const add = (path: string): void => { if (!files.has(path)) files.set(path, oidOf(step.blob)) }
  if (step.do === 'promote') add(`${checkpointPath(commit, id)}/session.json`)
  if (step.do === 'unlink') add(linkPath(commit, id).replace(/json$/, 'unlink'))
  else add(linkPath(commit, id))
  return { ...tree, files }
}

const tree: fc.Arbitrary<CheckpointTree> = fc.array(step, { maxLength: 12 }).map((steps) => steps.reduce(take, EMPTY))

const show = ({ epoch, files }: CheckpointTree): unknown => [epoch, [...files].sort()]
const holds = (property: fc.IProperty<unknown>): void => { fc.assert(property, { numRuns: RUNS }) }

describe('uniteTrees', (it) => {
  it('is the same from both sides', () => {
    holds(fc.property(tree, tree, (left, right) => {
      assert.equal(show(uniteTrees(left, right)), show(uniteTrees(right, left)))
    }))
  })

  it('is the same in any order of three', () => {
    holds(fc.property(tree, tree, tree, (one, two, three) => {
      assert.equal(show(uniteTrees(uniteTrees(one, two), three)), show(uniteTrees(one, uniteTrees(two, three))))
    }))
  })

  it('of a tree with itself, or with one that was united into it, changes nothing', () => {
    holds(fc.property(tree, tree, (left, right) => {
      const both = uniteTrees(left, right)
      assert.equal(show(uniteTrees(left, left)), show(left))
      assert.equal(show(uniteTrees(both, right)), show(both))
    }))
  })

  it('of histories that grew apart is that of all their steps', () => {
    const steps = fc.array(step.filter((one) => one.do === 'purge' || one.blob === 7), { maxLength: 8 })
    holds(fc.property(steps, steps, steps, (before, left, right) => {
      const base = before.reduce(take, EMPTY)
      const united = uniteTrees(left.reduce(take, base), right.reduce(take, base))
      const all = [...before, ...left, ...right].reduce(take, EMPTY)
      assert.equal([...united.files].sort(), [...all.files].sort())
    }))
  })

  it('loses nothing but what has a tombstone, and brings nothing back that has one', () => {
    holds(fc.property(tree, tree, (left, right) => {
      const united = uniteTrees(left, right)
      const buried = buriedIn(united)
      const isBuried = (path: string): boolean =>
        [...buried].some((id) => path.includes(id) && path !== tombstonePath(id))
      assert.is([...united.files.keys()].some(isBuried), false)
      for (const path of [...left.files.keys(), ...right.files.keys()]) {
        assert.is(united.files.has(path), !isBuried(path), path)
      }
      assert.is(united.epoch, Math.max(left.epoch, right.epoch))
    }))
  })
})

describe('planChain', (it) => {
  const chain = (tip: number, epoch: number, ...dead: readonly number[]): Chain =>
    ({ tip: oidOf(tip), epoch, tombstones: new Set(dead.map(checkpointId)) })

  it('of one epoch stands on both tips, sorted', () => {
    assert.equal(planChain(chain(2, 0), chain(1, 0)), { epoch: 0, parents: [oidOf(1), oidOf(2)] })
  })

  it('of two epochs stands on the higher alone', () => {
    assert.equal(planChain(chain(1, 0), chain(2, 1, 5)), { epoch: 1, parents: [oidOf(2)] })
    assert.equal(planChain(chain(2, 1, 5), chain(1, 0)), { epoch: 1, parents: [oidOf(2)] })
  })

  it('of two purges apart stands on neither: each leads to what the other has purged', () => {
    assert.equal(planChain(chain(1, 1, 5), chain(2, 1, 6)), { epoch: 2, parents: [] })
    assert.equal(planChain(chain(1, 2, 5, 4), chain(2, 1, 6)), { epoch: 3, parents: [] })
    assert.equal(planChain(chain(1, 1, 5), chain(2, 1, 5, 6)), { epoch: 2, parents: [oidOf(2)] })
  })

  it('is the same from both sides, and never stands on what lacks a tombstone', () => {
    const any = fc.record({ tip: fc.nat(9), epoch: fc.nat(3), dead: fc.uniqueArray(fc.integer({ min: 1, max: 4 })) })
      .map(({ tip, epoch, dead }) => chain(tip, epoch, ...dead))
    holds(fc.property(any, any, (left, right) => {
      const plan = planChain(left, right)
      assert.equal(plan, planChain(right, left))
      for (const side of [left, right]) {
        const lacks = [...left.tombstones, ...right.tombstones].some((id) => !side.tombstones.has(id))
        if (lacks && left.tip !== right.tip) assert.is(plan.parents.includes(side.tip), false)
      }
    }))
  })
})

describe('planEdits', (it) => {
  const COMMIT = COMMITS[0]!
  const folder = checkpointPath(COMMIT, checkpointId(1))
  const added = (path: string, mode = '100644'): Difference =>
    ({ path, left: undefined, right: { mode, oid: oidOf(1) } })

  it('SEC-09: takes files of the format only', () => {
    const good = [
      `${folder}/session.json`, `${folder}/transcript.2.jsonl`, `${folder}/native/claude-code-1f.a_b-2.jsonl`,
      `${folder}/something-new.json`, linkPath(COMMIT, checkpointId(1)), tombstonePath(checkpointId(2)),
      '.bitloops/format',
    ]
    const bad = [
      '../x', '/etc/passwd', '.git/hooks/post-commit',
      `${folder}/../x`, `${folder}/.git/config`, `${folder}/native/../../x`,
      `${folder}/a/b/c`, folder, '.bitloops/settings.json', 'README.md', '.bitloops/links/v1/zz/x.json',
      linkPath(COMMIT, checkpointId(1)).replace('v1/00', 'v1/01'), `${folder}/a\nb`, `${folder}/a b`,
      '.bitloops/checkpoints/v2/x', tombstonePath('nonsense' as CheckpointId),
    ]
    const edits = planEdits([...good, ...bad].map((path) => added(path)), new Set())
    assert.equal(edits.write.map(({ path }) => path), good)
    assert.equal(edits.refused, bad)
    assert.is(edits.isRight, false)
  })

  it('SEC-09: takes neither links nor submodules nor programs', () => {
    const modes = ['120000', '160000', '100755', '040000']
    const edits = planEdits(modes.map((mode) => added(`${folder}/session.json`, mode)), new Set())
    assert.equal(edits.write, [])
    assert.is(edits.refused.length, modes.length)
  })

  it('leaves what is only on the left, and says when the right one is the union', () => {
    const left: Difference = {
      path: `${folder}/session.json`, left: { mode: '100644', oid: oidOf(1) }, right: undefined,
    }
    assert.equal(planEdits([left], new Set()), { write: [], remove: [], refused: [], isRight: false })
    assert.is(planEdits([added(`${folder}/session.json`)], new Set()).isRight, true)
    const epoch: Difference = {
      path: '.bitloops/epoch', left: { mode: '100644', oid: oidOf(1) }, right: { mode: '100644', oid: oidOf(2) },
    }
    assert.equal(planEdits([epoch], new Set()), { write: [], remove: [], refused: [], isRight: true })
  })

  it('knows what each path is', () => {
    assert.equal(placeOf(`${folder}/session.json`), { kind: 'file', commit: COMMIT, checkpoint: checkpointId(1) })
    assert.equal(placeOf(linkPath(COMMIT, checkpointId(1)).replace(/json$/, 'unlink')),
      { kind: 'unlink', commit: COMMIT, checkpoint: checkpointId(1) })
  })
})
