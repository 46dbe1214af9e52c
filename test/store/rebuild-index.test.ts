// The tables of checkpoints follow the refs, whoever moved them.

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fetch } from '../../src/fetch.ts'
import type { Fetched } from '../../src/fetch.ts'
import { openLiveStore } from '../../src/store/live.ts'
import { rebuildIndex } from '../../src/store/rebuild-index.ts'
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
})
