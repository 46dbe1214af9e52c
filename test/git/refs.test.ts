// Writing objects and moving refs with real git.

import { readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { moveRefs, writeCommits } from '../../src/git/refs.ts'
import { openRepository } from '../../src/git/repository.ts'
import type { Oid } from '../../src/model/ids.ts'
import { makeRepository } from '../support/repository.ts'
import { describe, rejects } from '../support/suite.ts'

const commit = (...parents: readonly Oid[]) => ({
  parents, committer: 'A <a@example.com> 1795190400 +0100', message: 'One\n', remove: [],
  write: [{ path: 'a "b"\\c.txt', text: 'a\n' }],
})

describe('writeCommits', (it) => {
  it('makes no ref, and leaves no report behind when git fails, in no worktree', async () => {
    const main = await makeRepository()
    await main.commit('Begin')
    for (const place of [main, await main.worktree('other')]) {
      const repository = await openRepository(place.root, place.env)
      const [oid] = await writeCommits(repository, [commit()])
      assert.is(await place.git('show', `${oid!}:a "b"\\c.txt`), 'a')
      assert.is(await place.git('for-each-ref', 'refs/bitloops'), '')
      const error = await rejects(writeCommits(repository, [commit('0123456789'.repeat(4) as Oid)]))
      assert.match(error.message, /^git fast-import failed \(128\): fatal: /)
      for (const folder of [repository.gitDir, repository.commonDir, place.root]) {
        assert.equal(readdirSync(folder).filter((name) => name.startsWith('fast_import_crash')), [])
      }
    }
    main.remove()
  })
})

describe('moveRefs', (it) => {
  it('moves all or none, and only from where they were expected', async () => {
    const place = await makeRepository()
    const [one, two] = [await place.commit('One') as Oid, await place.commit('Two') as Oid]
    const repository = await openRepository(place.root, place.env)
    const [left, right] = ['refs/x/left', 'refs/x/right']
    assert.ok(await moveRefs(repository, [{ ref: left, to: one, from: undefined }]))
    for (const from of [undefined, two]) {
      const stale = [{ ref: right, to: two, from: undefined }, { ref: left, to: two, from }]
      assert.not(await moveRefs(repository, stale))
      assert.is(await place.git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/x'), `${one} ${left}`)
    }
    assert.ok(await moveRefs(repository, [{ ref: right, to: two, from: undefined }, { ref: left, to: two, from: one }]))
    assert.is(await place.git('rev-parse', left), two)
    place.remove()
  })
})
