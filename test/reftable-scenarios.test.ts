// Repositories whose refs are no files (reftable), where the installed git can make one.

import * as assert from 'uvu/assert'
import { commitLinked, evidenceOf, idsOf, run } from './support/rewriting.ts'
import { makeRepository, repositoryAt } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

/** Undefined where git knows no reftable. */
async function makeReftable(beside: TestRepository): Promise<TestRepository | undefined> {
  const { sandbox } = beside
  const root = `${sandbox.folder}/reftable`
  const made = await sandbox.run('git', ['init', '--quiet', '--ref-format=reftable', root])
  return made.code === 0 ? repositoryAt(sandbox, root, `${root}/.git/bitloops`) : undefined
}

const probe = await makeRepository()
const isKnown = await makeReftable(probe) !== undefined
if (!isKnown) console.log(`skip: ${await probe.git('--version')} makes no reftable repositories (2.45 does)`)
probe.remove()

describe('a reftable repository', (it) => {
  (isKnown ? it : it.skip)('records, promotes, relinks and publishes as others do', async () => {
    const beside = await makeRepository()
    const repository = (await makeReftable(beside))!
    await repository.commit('Begin', { 'README.md': '# Example\n' })
    await run(repository, 'git init -q --bare ../remote.git && git remote add origin ../remote.git')
    await run(repository, 'git bitloops init --agent claude-code --remote origin')
    const { id } = await commitLinked(repository, 'a.txt')
    await run(repository, 'git commit -q --amend -m Again')
    assert.equal([await idsOf(repository), await evidenceOf(repository)], [[id], ['rewrite by amend']])
    assert.match((await repository.bitloops('explain')).stdout, 'Write a.txt')
    await run(repository, 'git bitloops push')
    assert.match(await run(repository, 'git ls-remote origin'), 'refs/bitloops/checkpoints')
    beside.remove()
  })
})
