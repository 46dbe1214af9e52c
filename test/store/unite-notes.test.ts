// What two clones say in their notes is united line by line, and follows the links.

import * as assert from 'uvu/assert'
import { CHECKPOINTS_REF, linkPath, NOTES_REF } from '../../src/model/checkpoint.ts'
import type { Oid } from '../../src/model/ids.ts'
import { checkpointId } from '../support/checkpoint-fixture.ts'
import { noteOf } from '../support/checkpoints.ts'
import { addCheckpoint, treeOf } from '../support/clones.ts'
import { fetchIn, gathered, initHome, makeThree, pushFrom } from '../support/exchanging.ts'
import { describe } from '../support/suite.ts'

describe('notes', (it) => {
  it('keep what others wrote, at any fan-out, once, and are written at one path', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await fetchIn(two)
    await one.git('notes', '--ref=bitloops', 'append', '-m', 'a line of one')
    await two.git('notes', '--ref=bitloops', 'append', '-m', 'a line of two')
    const commit = await two.git('rev-parse', 'HEAD')
    const blob = await two.git('rev-parse', `${NOTES_REF}:${commit.slice(0, 2)}/${commit.slice(2)}`).catch(() =>
      two.git('rev-parse', `${NOTES_REF}:${commit}`))
    // As a merge of git's own leaves them: twice, at two depths.
    await two.sh('git fast-import --quiet --force', { input:
      `commit ${NOTES_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 1\nx\nfrom ${NOTES_REF}^0\n`
      + `M 100644 ${blob} ${commit.slice(0, 2)}/${commit.slice(2, 4)}/${commit.slice(4)}\n` })
    await pushFrom(one)
    await pushFrom(two)
    await fetchIn(one)
    const lines = await noteOf(one)
    assert.equal(lines, await noteOf(two))
    assert.equal(lines.filter((line) => line.startsWith('a line')), ['a line of one', 'a line of two'])
    assert.is(lines.length, 5)
    assert.equal([...(await treeOf(one, NOTES_REF)).keys()], [`${commit.slice(0, 2)}/${commit.slice(2)}`])
    remote.remove()
  })

  it('are made from the checkpoints where the remote has none, or false ones', async () => {
    const { remote, one, two } = await makeThree()
    const id = await addCheckpoint(one, { number: 1 })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    await fetchIn(two)
    assert.equal(await noteOf(two), await noteOf(one))
    await one.git('notes', '--ref=bitloops', 'add', '-f',
      '-m', `${id} 10 intent Something else\n${id} 20 more \u001b[31mred`)
    await one.git('push', '--quiet', 'origin', `${NOTES_REF}:${NOTES_REF}`)
    await fetchIn(two)
    assert.ok((await noteOf(two)).includes(`${id} 10 intent Task 1`))
    remote.remove()
  })

  it('lose the lines of a checkpoint that is no longer linked to the commit', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await fetchIn(two)
    const commit = await one.git('rev-parse', 'HEAD') as Oid
    await one.sh('git fast-import --quiet --force', { input:
      `commit ${CHECKPOINTS_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 1\nx\nfrom ${CHECKPOINTS_REF}^0\n`
      + `M 100644 inline ${linkPath(commit, checkpointId(1)).replace(/json$/, 'unlink')}\ndata 2\n{}\n\n` })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    await fetchIn(two)
    assert.equal((await noteOf(two)).filter((line) => line.startsWith(checkpointId(1))), [])
    assert.is((await noteOf(two)).length, 3)
    remote.remove()
  })

  it('SYNC-07: come back when a fetch setting of the user has overwritten them', async () => {
    const { remote, one, two } = await makeThree()
    await initHome(two)
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await fetchIn(two)
    await addCheckpoint(two, { number: 2 })
    const mine = await noteOf(two)
    await two.git('fetch', '-q', '--prune', 'origin', '+refs/notes/*:refs/notes/*')
    assert.is((await noteOf(two)).length, 3, 'lost')
    const { warnings } = gathered(await fetchIn(two))
    assert.match(warnings.join(), 'a fetch had overwritten')
    assert.equal(await noteOf(two), mine)
    await two.git('update-ref', '-d', NOTES_REF)
    await fetchIn(two)
    assert.equal(await noteOf(two), mine)
    remote.remove()
  })
})
