// Takes checkpoints and notes away, and lets doctor find out.

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { changeStore, doctor, MINUTE, playAndCommit, told } from '../support/doctor.ts'
import { makeInitialised, repositoryAt } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

/** A checkpoint that nobody here has. */
const ELSEWHERE = '01J9Z3NDEKTSV4RRFFQ69G5FAV'

async function emptyCheckpoints(repository: TestRepository): Promise<void> {
  const tree = await repository.git('hash-object', '-w', '-t', 'tree', '/dev/null')
  const commit = await repository.git('commit-tree', '-m', 'Empty', tree)
  await repository.git('update-ref', 'refs/bitloops/checkpoints', commit)
}

describe('checkpoints', (it) => {
  it('that were begun are named and finished', async () => {
    const repository = await makeInitialised()
    const commit = await playAndCommit(repository)
    changeStore(repository, `UPDATE plans SET state = 'frozen', made_at = made_at - ${MINUTE}`)
    assert.match(told(await doctor(repository)),
      new RegExp(`warn plans: checkpoint \\w{26} of commit ${commit.slice(0, 10)} was begun`))
    assert.equal((await doctor(repository, '--fix')).mended, [{ message: '1 checkpoint finished', done: true }])
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })

  it('EXP-07 that a note names, but that are not here, are named; so are those that no note names', async () => {
    const repository = await makeInitialised()
    const commit = await playAndCommit(repository)
    await repository.git('notes', '--ref=bitloops', 'add', '-f', '-m', `${ELSEWHERE} 00 claude-code · 1 turn`, commit)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis),
      new RegExp(`fail notes: checkpoint ${ELSEWHERE} of commit \\w{10} is named by its note, but is not here`))
    assert.match(told(diagnosis), /warn notes: checkpoint \w{26} of commit \w{10} is not in its note/)
    repository.remove()
  })

  it('that are gone from the ref are named, one by one or all at once', async () => {
    const repository = await makeInitialised()
    await playAndCommit(repository)
    await emptyCheckpoints(repository)
    assert.match(told(await doctor(repository)),
      /fail checkpoints: checkpoint \w{26} of commit \w{10} is no longer in refs\/bitloops\/checkpoints/)
    await repository.git('update-ref', '-d', 'refs/bitloops/checkpoints')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /refs\/bitloops\/checkpoints is gone, though 1 checkpoint was made here/)
    repository.remove()
  })

  it('are looked at in a clone too, where none was made', async () => {
    const repository = await makeInitialised()
    await playAndCommit(repository)
    const root = join(repository.sandbox.folder, 'clone')
    await repository.git('clone', '--quiet', repository.root, root)
    const clone = repositoryAt(repository.sandbox, root, join(root, '.git', 'bitloops'))
    await clone.git('fetch', '--quiet', 'origin', 'refs/notes/bitloops:refs/notes/bitloops')
    assert.is((await clone.bitloops('init')).code, 0)
    await emptyCheckpoints(clone)
    assert.match(told(await doctor(clone)),
      /fail checkpoints: checkpoint \w{26} of commit \w+ is no longer in refs\/bitloops\/checkpoints/)
    await clone.git('fetch', '--quiet', '--force', 'origin', 'refs/bitloops/checkpoints:refs/bitloops/checkpoints')
    assert.is(told(await doctor(clone)), '')
    repository.remove()
  })
})
