// Breaks Git hooks in every way that doctor is to name, and lets it mend what it says it mends.

import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { doctor, hookFile, told } from '../support/doctor.ts'
import { makeInitialised } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

/** A way to break the Git hooks, what is said of it, and whether `--fix` mends it. */
const BROKEN_HOOKS: readonly {
  readonly name: string
  readonly says: RegExp
  readonly mends: boolean
  breakIt(repository: TestRepository): void | Promise<unknown>
}[] = [
  { name: 'deleted', says: /\.git\/hooks\/post-commit is not there: a commit gets/, mends: true,
    breakIt: (repository) => { rmSync(hookFile(repository)) } },
  { name: 'not executable', says: /post-commit is not executable/, mends: true,
    breakIt: (repository) => { chmodSync(hookFile(repository), 0o644) } },
  { name: 'replaced by a manager', mends: true, says: /was written by lefthook .*let lefthook run: sh /,
    breakIt: (repository) => {
      writeFileSync(hookFile(repository), '#!/bin/sh\nexec lefthook run post-commit "$@"\n')
    } },
  { name: 'given Windows line ends', says: /post-commit has Windows line ends/, mends: true,
    breakIt: (repository) => {
      writeFileSync(hookFile(repository), readFileSync(hookFile(repository), 'latin1').replaceAll('\n', '\r\n'))
    } },
  { name: 'changed by hand', says: /calls git-bitloops in other words/, mends: true,
    breakIt: (repository) => {
      writeFileSync(hookFile(repository), readFileSync(hookFile(repository), 'utf8').replace('set +efu', 'exit 0'))
    } },
  { name: 'a symbolic link', says: /post-commit is a symbolic link.*add there: sh/, mends: false,
    breakIt: async (repository) => {
      renameSync(hookFile(repository), join(repository.root, 'elsewhere'))
      await repository.sh('ln -s ../../elsewhere .git/hooks/post-commit')
    } },
  { name: 'elsewhere, by core.hooksPath', mends: false,
    says: /shared\/post-commit is not there.*git bitloops init asks .*other repositories may use it.*or add: sh/,
    breakIt: (repository) => repository.git('config', 'core.hooksPath', join(repository.sandbox.folder, 'shared')) },
  { name: 'husky’s', says: /\.husky\/post-commit is not there.*Git will show the change.*or add: sh/, mends: false,
    breakIt: (repository) => repository.git('config', 'core.hooksPath', '.husky/_') },
  { name: 'below a guard script that is gone', says: /bitloops\/git-hook in the Git directory is missing/, mends: true,
    breakIt: (repository) => { rmSync(join(repository.bitloopsHome, 'git-hook')) } },
]

describe('DOC-02 Git hooks that are', (it) => {
  for (const { name, says, mends, breakIt } of BROKEN_HOOKS) {
    it(`${name} are named${mends ? ' and mended' : ', with what the user can do'}`, async () => {
      const repository = await makeInitialised()
      await breakIt(repository)
      const diagnosis = await doctor(repository)
      assert.is(diagnosis.code, 1)
      assert.match(told(diagnosis), says)
      const fixed = await doctor(repository, '--fix')
      assert.is(fixed.code, mends ? 0 : 1, told(fixed))
      if (mends) assert.is(told(await doctor(repository)), '')
      repository.remove()
    })
  }

  it('without their interpreter do not run, and are told from those that do', async () => {
    const repository = await makeInitialised()
    const text = readFileSync(hookFile(repository), 'utf8')
    writeFileSync(hookFile(repository), text.replace('#!/bin/sh', '#!/no/such/sh'))
    assert.match(told(await doctor(repository)), /names an interpreter that does not exist/)
    repository.remove()
  })

  it('behind a byte order mark run all the same, which is told', async () => {
    const repository = await makeInitialised()
    writeFileSync(hookFile(repository), `\ufeff${readFileSync(hookFile(repository), 'utf8')}`)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn git-hooks: .*post-commit begins with a byte order mark/)
    repository.remove()
  })

  it('without an answer are named: the script they call is another one', async () => {
    const repository = await makeInitialised()
    writeFileSync(join(repository.bitloopsHome, 'git-hook'), 'exit 0\n')
    assert.match(told(await doctor(repository)), /post-commit is as it should be, but did not answer a probe/)
    assert.is((await doctor(repository, '--fix')).code, 0)
    repository.remove()
  })
})
