// What a branch's name means, and the order of its commits.

import * as assert from 'uvu/assert'
import { findBranch, isTrunk, listBranchCommits, readHead, switchBranch } from '../../src/git/branches.ts'
import type { Oid } from '../../src/model/ids.ts'
import { cloneOf } from '../support/clones.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

const placeOf = ({ root, env }: TestRepository): { readonly cwd: string; readonly env: TestRepository['env'] } =>
  ({ cwd: root, env })

describe('branches', (it) => {
  it('are found here first, then at a remote', async () => {
    const origin = await makeRepository({ at: 'origin' })
    const main = await origin.commit('Begin', { 'a.txt': 'a\n' })
    await origin.git('switch', '--quiet', '-c', 'team/topic')
    const topic = await origin.commit('Topic', { 'b.txt': 'b\n' })
    await origin.git('switch', '--quiet', 'main')
    const clone = await cloneOf(origin, 'clone', { init: false })
    assert.equal(await findBranch(placeOf(clone), 'main'), { name: 'main', tip: main as Oid })
    assert.equal(await findBranch(placeOf(clone), 'team/topic'),
      { name: 'team/topic', tip: topic as Oid, tracking: 'refs/remotes/origin/team/topic' })
    for (const name of ['topic', 'nowhere', '--all', '']) {
      assert.is(await findBranch(placeOf(clone), name), undefined, name)
    }
    const switched = await switchBranch(placeOf(clone), 'team/topic')
    assert.is(switched.code, 0, switched.text)
    assert.equal(await readHead(placeOf(clone)), { name: 'team/topic', tip: topic as Oid })
    assert.equal([await isTrunk(placeOf(clone), 'main'), await isTrunk(placeOf(clone), 'team/topic')], [true, false])
    await clone.git('switch', '--quiet', '--detach')
    assert.is((await readHead(placeOf(clone))).name, undefined)
    origin.remove()
  })

  it('RES-04 follows first parents off the trunk', async () => {
    const repository = await makeRepository({ clock: 'fixed' })
    const first = await repository.commit('Begin', { 'a.txt': 'a\n' })
    await repository.git('switch', '--quiet', '-c', 'topic')
    const topic = await repository.commit('Topic', { 'b.txt': 'b\n' })
    await repository.git('switch', '--quiet', 'main')
    const main = await repository.commit('Main', { 'c.txt': 'c\n' })
    await repository.git('switch', '--quiet', 'topic')
    await repository.git('merge', '--quiet', '--no-edit', 'main')
    const merge = await repository.git('rev-parse', 'HEAD') as Oid
    const list = (order: 'first-parent' | 'date', max = 10): Promise<readonly Oid[]> =>
      listBranchCommits(placeOf(repository), merge, order, max)
    assert.equal(await list('first-parent'), [merge, topic, first])
    assert.equal(await list('date'), [merge, main, topic, first])
    assert.equal(await list('date', 2), [merge, main])
    repository.remove()
  })

  it('are not there before the first commit', async () => {
    const repository = await makeRepository()
    assert.equal(await readHead(placeOf(repository)), { name: 'main' })
    assert.is(await findBranch(placeOf(repository), 'main'), undefined)
    repository.remove()
  })
})
