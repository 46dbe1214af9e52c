// What is read of commits that may be rewritten ones.

import * as assert from 'uvu/assert'
import { readPatchIds } from '../../src/git/rewrites.ts'
import type { Oid } from '../../src/model/ids.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

const placeOf = ({ root, env }: TestRepository): { cwd: string; env: TestRepository['env'] } => ({ cwd: root, env })

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`readPatchIds (${objectFormat})`, (it) => {
    it('gives none to a commit that changes nothing, whatever the range changes that it ends', async () => {
      const repository = await makeRepository({ objectFormat })
      const base = await repository.commit('Base', { 'a.txt': 'a\n' }) as Oid
      const change = await repository.commit('Change', { 'b.txt': 'b\n' }) as Oid
      const empty = await repository.commit('Empty') as Oid
      const [none, whole, one, root] =
        await readPatchIds(placeOf(repository), [empty, { commit: empty, base }, change, base])
      assert.is(none, undefined)
      assert.is(whole, one)
      assert.is(one?.length, base.length)
      assert.is.not(root, one)
      repository.remove()
    })

    it('stays the same for binary files, however long the ids are that Git shows', async () => {
      const repository = await makeRepository({ objectFormat })
      repository.write('a.bin', Uint8Array.from({ length: 64 }, (_, at) => at))
      const commit = await repository.commit('Binary', { 'a.txt': 'a\n' }) as Oid
      await repository.git('add', 'a.bin')
      const binary = await repository.commit('Binary') as Oid
      const before = await readPatchIds(placeOf(repository), [commit, binary])
      await repository.git('config', 'core.abbrev', '20')
      assert.equal(await readPatchIds(placeOf(repository), [commit, binary]), before)
      assert.ok(before.every((id) => id !== undefined))
      repository.remove()
    })
  })
}
