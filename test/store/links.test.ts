// Links from commits to the checkpoints they carry on: what is written, and what was taken back for good.

import * as assert from 'uvu/assert'
import { openObjectReader } from '../../src/git/cat-file.ts'
import { openRepository } from '../../src/git/repository.ts'
import { CHECKPOINTS_REF, NOTES_REF, linkPath } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import type { Carried } from '../../src/model/rewrite.ts'
import { linkCommits } from '../../src/store/links.ts'
import { openLiveStore } from '../../src/store/live.ts'
import { verify } from '../../src/verify.ts'
import { readLinked } from '../support/checkpoints.ts'
import { addCheckpoint, cloneOf, makeClones } from '../support/clones.ts'
import { doctor, playAndCommit, told } from '../support/doctor.ts'
import { makeInitialised } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

async function link(place: TestRepository, carried: readonly Carried[]): Promise<readonly string[]> {
  const repository = await openRepository(place.root, place.env)
  const [reader, store] = [openObjectReader(repository), await openLiveStore(repository.home)]
  try {
    const linking = { repository, reader, store, now: Date.now, deadline: Date.now() + 60_000 }
    return (await linkCommits(linking, carried))!.map(({ commit, evidence }) => `${evidence} ${commit}`)
  } finally {
    store.close()
    reader.close()
  }
}

/** Takes a link back: `.unlink` beside it wins over it, and over all that come. */
const unlink = (place: TestRepository, commit: Oid, id: CheckpointId): Promise<unknown> =>
  place.sh('git fast-import --quiet --force', { input: `commit ${CHECKPOINTS_REF}
committer Ada Example <ada@example.com> 1795200000 +0000
data 6
Unlink
from ${CHECKPOINTS_REF}^0
M 100644 inline ${linkPath(commit, id).replace(/json$/, 'unlink')}
data 1

` })

describe('linkCommits', (it) => {
  it('writes a link and a note once, through others that are made with it', async () => {
    const place = await makeInitialised()
    const id = await addCheckpoint(place, { number: 1 })
    const [first, second, third] = [
      await place.git('rev-parse', 'HEAD'), await place.commit('Two'), await place.commit('Three'),
    ] as Oid[] as [Oid, Oid, Oid]
    const carried: readonly Carried[] = [
      { commit: third, from: second, evidence: 'patch-id', by: 'relink' },
      { commit: second, from: first, evidence: 'tree', by: 'relink' },
    ]
    assert.equal((await link(place, carried)).toSorted(), [`patch-id ${third}`, `tree ${second}`])
    const tips = await place.git('for-each-ref')
    assert.equal(await link(place, carried), [])
    assert.is(await place.git('for-each-ref'), tips)
    assert.match(await place.git('notes', '--ref', 'bitloops', 'show', third), `${id} 10 intent`)
    place.remove()
  })

  it('does not bring back a link that was taken back, nor carry it on', async () => {
    const place = await makeInitialised()
    const id = await addCheckpoint(place, { number: 1 })
    const [first, second, third] = [
      await place.git('rev-parse', 'HEAD'), await place.commit('Two'), await place.commit('Three'),
    ] as Oid[] as [Oid, Oid, Oid]
    await unlink(place, second, id)
    assert.equal(await link(place, [{ commit: second, from: first, evidence: 'tree', by: 'relink' }]), [])
    await unlink(place, first, id)
    assert.equal(await link(place, [{ commit: third, from: first, evidence: 'tree', by: 'relink' }]), [])
    assert.equal((await place.git('ls-tree', '-r', '--name-only', CHECKPOINTS_REF, '.bitloops/links/')).split('\n')
      .filter((path) => path.includes(third) || path === linkPath(second, id)), [])
    assert.is((await place.tryGit('notes', '--ref', 'bitloops', 'show', second)).code, 1)
    place.remove()
  })
})

describe('a link that two clones wrote differently', (it) => {
  it('is one link after both were united, and doctor finds both clones sound', async () => {
    const { remote, clones: [one] } = await makeClones(['one'])
    const from = await playAndCommit(one!) as Oid
    const commit = await one!.commit('Again') as Oid
    await one!.git('push', '--quiet', 'origin', 'main')
    await one!.bitloops('push', 'origin')
    const two = await cloneOf(remote, 'two')
    await two.bitloops('fetch', 'origin')
    await link(one!, [{ commit, from, evidence: 'rewrite', by: 'amend' }])
    await link(two, [{ commit, from, evidence: 'patch-id', by: 'relink' }])
    for (const place of [one!, two, one!]) {
      const pushed = await place.bitloops('push', 'origin')
      assert.is(pushed.code, 0, pushed.output)
    }
    const tips = await Promise.all([one!, two].map((place) => place.git('rev-parse', CHECKPOINTS_REF, NOTES_REF)))
    await one!.bitloops('fetch', 'origin')
    assert.is(await one!.git('rev-parse', CHECKPOINTS_REF, NOTES_REF), tips[1])
    assert.is((await readLinked(two, commit)).length, 1)
    for (const place of [one!, two]) {
      const repository = await openRepository(place.root, place.env)
      assert.equal((await verify(repository, { anew: true })).flaws, [])
      assert.not.match(told(await doctor(place, '--verify')), /integrity|index|notes:|checkpoints:/)
      assert.match((await place.bitloops('explain', commit)).stdout, 'Write it')
    }
    remote.remove()
  })
})
