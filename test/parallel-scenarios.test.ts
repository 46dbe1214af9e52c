// Many commits at once, each in a worktree of its own: every one gets its checkpoint and its note.

import * as assert from 'uvu/assert'
import { noteOf, readLinked } from './support/checkpoints.ts'
import { makeInitialised } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playTurn } from './support/turn.ts'

const COUNT = 20

describe('commits at once', (it) => {
  it(`PRO-19 of ${COUNT} worktrees all have their checkpoint and their note`, async () => {
    const repository = await makeInitialised()
    const names = Array.from({ length: COUNT }, (_, at) => `tree-${at}`)
    const trees = []
    for (const name of names) trees.push(await repository.worktree(name))
    for (const [at, tree] of trees.entries()) {
      await playTurn(tree, `Write ${names[at]}`, { 'same.txt': `${names[at]}\n` })
    }
    await repository.waitForIdle()
    const outcomes = await Promise.all(trees.map((tree) => tree.sh('git add same.txt && git commit --quiet -m one')))
    assert.equal(outcomes.map(({ code, output }) => [code, output]), trees.map(() => [0, '']))
    // Whoever found the refs held for too long left its plan to the next command.
    assert.is((await repository.bitloops('status')).code, 0)
    for (const [at, tree] of trees.entries()) {
      const linked = (await readLinked(tree)).filter(({ record }) => record.kind === 'commit')
      assert.equal(linked.map(({ record }) => record.sessions[0]?.turns[0]?.prompt), [`Write ${names[at]}`])
      const ids = new Set((await noteOf(tree)).map((line) => line.split(' ')[0]))
      assert.ok(ids.has(linked[0]!.record.id))
    }
    assert.is((await repository.tryGit('fsck', '--strict', '--no-dangling')).output, '')
  })
})
