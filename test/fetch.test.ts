// Uniting what another clone published, on real repositories: any history, what is not taken, and purges.

import * as assert from 'uvu/assert'
import { fetch } from '../src/fetch.ts'
import { checkpointPath, CHECKPOINTS_REF, NOTES_REF } from '../src/model/checkpoint.ts'
import type { Oid } from '../src/model/ids.ts'
import { checkpointId } from './support/checkpoint-fixture.ts'
import { noteOf } from './support/checkpoints.ts'
import {
  addCheckpoint, checkpointsIn, ids, inExchangeOf, noteLines, purgeHere, treeOf,
} from './support/clones.ts'
import { fetchIn, gathered, initHome, makeThree, pushFrom, tips } from './support/exchanging.ts'
import { describe, rejects } from './support/suite.ts'

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`fetch, ${objectFormat}`, (it) => {
    it('takes a remote\'s tip as it is where there is nothing here, and where it goes on from ours', async () => {
      const { remote, one, two } = await makeThree({ objectFormat })
      await addCheckpoint(one, { number: 1 })
      assert.is(await pushFrom(one), 'published')
      assert.is(gathered(await fetchIn(two)).added, 1)
      assert.is(await tips(two), await tips(remote))
      await addCheckpoint(one, { number: 2 })
      await pushFrom(one)
      assert.is(gathered(await fetchIn(two)).added, 1)
      assert.is(await tips(two), await tips(one))
      assert.is(gathered(await fetchIn(two)).changed, false)
      remote.remove()
    })

    it('SYNC-02, SYNC-03: unites both sides, whoever does it, with the same commit', async () => {
      const { remote, one, two } = await makeThree({ objectFormat })
      await addCheckpoint(one, { number: 1 })
      await pushFrom(one)
      await fetchIn(two)
      // The same commit on both sides, as a developer and CI do it.
      await addCheckpoint(one, { number: 2 })
      await addCheckpoint(two, { number: 3 })
      const other = await remote.tryGit(
        'fetch', one.root, `+refs/bitloops/*:refs/bitloops/*`, '+refs/notes/*:refs/notes/*')
      assert.is(other.code, 0)
      assert.is(gathered(await fetchIn(two)).added, 1)
      await remote.git('fetch', two.root, '+refs/bitloops/*:refs/apart/bitloops/*', '+refs/notes/*:refs/apart/notes/*')
      const united = await tips(two)
      await two.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`, `${NOTES_REF}:${NOTES_REF}`)
      await fetchIn(one)
      assert.is(await tips(one), united)
      assert.equal(await checkpointsIn(one), ids(1, 2, 3))
      assert.is((await noteOf(one)).length, 9)
      const parents = await one.git('rev-list', '--parents', '--no-walk', CHECKPOINTS_REF)
      assert.is(parents.split(' ').length, 3)
      for (const each of [one, two, remote]) assert.is((await each.tryGit('fsck', '--strict')).code, 0)
      remote.remove()
    })

    it('makes the same union in both clones when each fetches the other', async () => {
      const { remote, one, two } = await makeThree({ objectFormat })
      await addCheckpoint(one, { number: 1 })
      await addCheckpoint(two, { number: 2 })
      await one.git('remote', 'set-url', 'origin', two.root)
      await two.git('remote', 'set-url', 'origin', one.root)
      const [before, beforeTwo] = [await tips(one), await tips(two)]
      await fetchIn(one)
      // What `one` had before is what `two` is to see.
      const [checkpoints, notes] = before.split('\n')
      await two.git('fetch', '-q', one.root, `${CHECKPOINTS_REF}:refs/x`)
      const refs = [
        `refs/bitloops/remotes/origin/checkpoints ${checkpoints}`, `refs/bitloops/remotes/origin/notes ${notes}`,
      ]
      await two.git('fetch', '-q', one.root, `+${NOTES_REF}:refs/y`)
      await two.sh(`git update-ref --stdin`, { input: refs.map((line) => `update ${line}\n`).join('') })
      const { uniteTracked } = await import('../src/store/exchange.ts')
      await inExchangeOf(two, uniteTracked)
      assert.is.not(await tips(two), beforeTwo)
      assert.is(await tips(two), await tips(one))
      remote.remove()
    })
  })
}

describe('fetch', (it) => {
  it('SYNC-16: unites stores without a common beginning, and both keep everything', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await addCheckpoint(two, { number: 2 })
    await pushFrom(one)
    assert.is(await pushFrom(two), 'published')
    await fetchIn(one)
    for (const each of [one, two, remote]) {
      assert.equal(await checkpointsIn(each), ids(1, 2))
      assert.is((await noteLines(each)).length, 6)
    }
    remote.remove()
  })

  it('SYNC-17: keeps what is here when the remote was set back, says so, and brings it there again', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await initHome(two)
    await fetchIn(two)
    for (const ref of [CHECKPOINTS_REF, NOTES_REF]) await remote.git('update-ref', ref, `${ref}~1`)
    const { warnings } = gathered(await fetchIn(two))
    assert.match(warnings.join('\n'), 'the checkpoints of origin were replaced by older ones')
    assert.equal(await checkpointsIn(two), ids(1, 2))
    assert.is(await pushFrom(two), 'published')
    assert.equal(await checkpointsIn(remote), ids(1, 2))
    assert.equal(gathered(await fetchIn(two)).warnings, [])
    remote.remove()
  })

  it('SEC-09: takes nothing that is none of the format, and says how much that was', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await fetchIn(two)
    const commit = await one.git('rev-parse', 'HEAD') as Oid
    const folder = checkpointPath(commit, checkpointId(2))
    const blob = await one.sh('echo evil | git hash-object -w --stdin').then(({ stdout }) => stdout.trim())
    const good = await one.git(
      'rev-parse', `${CHECKPOINTS_REF}:${checkpointPath(commit, checkpointId(1))}/session.json`)
    await one.sh('git fast-import --quiet --force', { input: [
      `commit ${CHECKPOINTS_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 4\nevil\nfrom ${CHECKPOINTS_REF}^0\n`,
      `M 120000 ${blob} ${folder}/summary.md\n`, `M 160000 ${commit} ${folder}/native/sub\n`,
      `M 100644 ${blob} .github/workflows/x.yml\n`, `M 100755 ${blob} ${folder}/run.jsonl\n`,
      `M 100644 ${good} ${folder}/session.json\n`, `M 100644 ${blob} "${folder}/with blank"\n`,
    ].join('') })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    const { warnings, added } = gathered(await fetchIn(two))
    assert.match(warnings.join('\n'), /^5 entries of origin are none of this format/)
    assert.is(added, 1)
    const now = [...(await treeOf(two, CHECKPOINTS_REF)).keys()]
    assert.equal(now.filter((path) => path.includes(checkpointId(2))), [`${folder}/session.json`])
    assert.not.ok(now.includes('.github/workflows/x.yml'))
    assert.is(await pushFrom(two), 'published', 'it goes on from the remote\'s tip, and mends it')
    assert.equal([...(await treeOf(remote, CHECKPOINTS_REF)).keys()], now)
    remote.remove()
  })

  it('does not take a newer format, or what is no chain of commits', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await addCheckpoint(two, { number: 2 })
    const before = await tips(two)
    await one.sh('git fast-import --quiet --force', { input:
      `commit ${CHECKPOINTS_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 1\nx\nfrom ${CHECKPOINTS_REF}^0\n`
      + 'M 100644 inline .bitloops/format\ndata 2\n2\n\n' })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    assert.match(gathered(await fetchIn(two)).warnings.join(), /newer format \(2\)/)
    assert.is(await tips(two), before)
    await remote.sh(`git update-ref ${CHECKPOINTS_REF} $(echo x | git hash-object -w --stdin)`)
    assert.match(gathered(await fetchIn(two)).warnings.join(), /is no commit/)
    assert.is(await tips(two), before)
    remote.remove()
  })

  it('throws for what is no remote', async () => {
    const { remote, one } = await makeThree()
    for (const name of ['nobody', '--upload-pack=touch x', '']) {
      const error = await rejects(inExchangeOf(one, (exchange) => fetch(exchange, name)))
      assert.match(error.message, 'is not a remote of this repository')
    }
    remote.remove()
  })
})

describe('epochs', (it) => {
  it('a purge elsewhere takes the content out of every ref here, and a clone behind does not bring it back',
    async () => {
      const { remote, one, two } = await makeThree()
      const dead = await addCheckpoint(one, { number: 1, prompt: 'the secret' })
      await addCheckpoint(one, { number: 2 })
      await pushFrom(one)
      await fetchIn(two)
      await addCheckpoint(two, { number: 3 })
      const folder = checkpointPath(await one.git('rev-parse', 'HEAD') as Oid, dead)
      const secret = await one.git('rev-parse', `${CHECKPOINTS_REF}:${folder}/session.json`)
      await purgeHere(one, dead)
      assert.is(await pushFrom(one), 'published', 'the remote\'s tip of the lower epoch is replaced')
      assert.is(await pushFrom(two), 'published')
      await fetchIn(one)
      for (const each of [one, two, remote]) {
        assert.equal(await checkpointsIn(each), ids(2, 3))
        const reachable = await each.git('rev-list', '--objects', '--all')
        assert.not.match(reachable, secret)
        assert.is((await noteLines(each)).some((line) => line.includes('the secret')), false)
        assert.is(await each.git('cat-file', 'blob', `${CHECKPOINTS_REF}:.bitloops/epoch`), '1')
      }
      assert.is(await tips(one), await tips(two))
      remote.remove()
    })

  it('two purges at once are both kept, and neither history is', async () => {
    const { remote, one, two } = await makeThree()
    const [first, second] = [await addCheckpoint(one, { number: 1 }), await addCheckpoint(one, { number: 2 })]
    await addCheckpoint(one, { number: 3 })
    await pushFrom(one)
    await fetchIn(two)
    await purgeHere(one, first)
    await purgeHere(two, second)
    await pushFrom(one)
    assert.is(await pushFrom(two), 'published')
    await fetchIn(one)
    for (const each of [one, two, remote]) {
      assert.equal(await checkpointsIn(each), ids(3))
      const names = await each.git('rev-list', '--objects', '--all')
      for (const id of [first, second]) assert.not.match(names, `${id}/session.json`)
    }
    assert.is(await tips(one), await tips(two))
    remote.remove()
  })
})
