// The tables of checkpoints follow the refs, whoever moved them.

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fetch } from '../../src/fetch.ts'
import type { Fetched } from '../../src/fetch.ts'
import { CHECKPOINTS_REF, linkPath } from '../../src/model/checkpoint.ts'
import type { Oid } from '../../src/model/ids.ts'
import { openLiveStore } from '../../src/store/live.ts'
import { rebuildIndex, updateIndex } from '../../src/store/rebuild-index.ts'
import { addCheckpoint, ids, inExchangeOf, purgeHere } from '../support/clones.ts'
import { makeThree, pushFrom } from '../support/exchanging.ts'
import { describe } from '../support/suite.ts'

describe('the index', (it) => {
  it('grows with each fetch, loses what was purged, and can be made anew', async () => {
    const { remote, one, two } = await makeThree()
    const store = await openLiveStore(join(two.root, '.git', 'bitloops'))
    const rows = (): readonly unknown[] => ['checkpoints', 'links', 'statements'].map((table) =>
      store.all(`SELECT * FROM ${table} ORDER BY 1, 2`))
    const known = (): readonly string[] =>
      store.all<{ id: string }>('SELECT id FROM checkpoints ORDER BY id').map(({ id }) => id)
    const bring = (): Promise<Fetched> => inExchangeOf(two, (exchange) => fetch(exchange, 'origin'), { store })
    const dead = await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await bring()
    assert.equal(known(), ids(1))
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await bring()
    assert.equal(known(), ids(1, 2))
    await purgeHere(one, dead)
    await pushFrom(one)
    await bring()
    assert.equal(known(), ids(2))
    const grown = rows()
    await inExchangeOf(two, (exchange) => rebuildIndex({ ...exchange, store }))
    assert.equal(rows(), grown)
    assert.throws(() => { store.run('DELETE FROM checkpoints') }, /a checkpoint never changes/)
    store.close()
    remote.remove()
  })

  it('has of a link that two clones found by different evidence the one that all come to', async () => {
    const { remote, one, two } = await makeThree()
    const store = await openLiveStore(join(two.root, '.git', 'bitloops'))
    const id = await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    const bring = (): Promise<Fetched> => inExchangeOf(two, (exchange) => fetch(exchange, 'origin'), { store })
    await bring()
    const from = await one.git('rev-parse', 'HEAD')
    const commit = 'ab'.repeat(20) as Oid
    for (const [clone, evidence] of [[one, 'rewrite'], [two, 'patch-id']] as const) {
      const link = JSON.stringify({ schema: 1, commit, checkpoint: id, evidence, from, by: 'relink' })
      await clone.sh('git fast-import --quiet --force', { input:
        `commit ${CHECKPOINTS_REF}\ncommitter A <a@x> 1795190500 +0000\ndata 1\nx\nfrom ${CHECKPOINTS_REF}^0\n`
        + `M 100644 inline ${linkPath(commit, id)}\ndata ${link.length}\n${link}\n` })
    }
    await inExchangeOf(two, (exchange) => updateIndex({ ...exchange, store }))
    await pushFrom(one)
    await bring()
    await pushFrom(two)
    await inExchangeOf(one, (exchange) => fetch(exchange, 'origin'))
    const links = await Promise.all([one, two, remote].map((each) =>
      each.git('cat-file', 'blob', `${CHECKPOINTS_REF}:${linkPath(commit, id)}`)))
    assert.is(new Set(links).size, 1)
    const row = store.get<{ body: string }>('SELECT body FROM links WHERE "commit" = ?', commit)
    assert.equal(JSON.parse(row!.body), JSON.parse(links[0]!))
    store.close()
    remote.remove()
  })
})
