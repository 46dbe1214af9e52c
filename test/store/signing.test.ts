// `bitloops.sign`: what is published ends in a commit that the user's own key has signed.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { CHECKPOINTS_REF } from '../../src/model/checkpoint.ts'
import { verify } from '../../src/verify.ts'
import { openRepository } from '../../src/git/repository.ts'
import { makeInitialised, makeRepository } from '../support/repository.ts'
import type { RepositoryOptions, TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'
import { playTurn } from '../support/turn.ts'

interface Signing {
  readonly repository: TestRepository
  readonly remote: TestRepository
}

/** A repository with one checkpoint, a remote, and a key that git signs with. */
async function makeSigning(options: RepositoryOptions = {}): Promise<Signing> {
  const repository = await makeInitialised(options)
  const remote = await makeRepository({ ...options, bare: true, at: 'remote.git', beside: repository })
  const key = join(repository.home, 'key')
  await repository.sh(`ssh-keygen -q -t ed25519 -N '' -C ada -f '${key}'`)
  await repository.sh(`printf 'ada@example.com ' | cat - '${key}.pub' > '${key}.allowed'`)
  for (const [name, value] of [
    ['gpg.format', 'ssh'], ['user.signingKey', `${key}.pub`], ['gpg.ssh.allowedSignersFile', `${key}.allowed`],
    ['bitloops.sign', 'true'],
  ] as const) await repository.git('config', name, value)
  await repository.git('remote', 'add', 'origin', remote.root)
  await playTurn(repository, 'Write a', { 'a.txt': 'one\n' })
  await repository.commit('Add a', { 'a.txt': 'one\n' })
  return { repository, remote }
}

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`bitloops.sign (${objectFormat})`, (it) => {
    it('signs the tip at a push, with the same tree, once', async () => {
      const { repository, remote } = await makeSigning({ objectFormat })
      const before = await repository.git('rev-parse', CHECKPOINTS_REF)
      assert.is((await repository.tryGit('verify-commit', before)).code, 1)
      const pushed = await repository.bitloops('push', 'origin')
      assert.is(pushed.code, 0, pushed.output)
      const tip = await remote.git('rev-parse', CHECKPOINTS_REF)
      assert.is(await repository.git('rev-parse', CHECKPOINTS_REF), tip)
      assert.match((await repository.tryGit('verify-commit', tip)).output, 'Good "git" signature for ada@example.com')
      assert.is(await repository.git('rev-parse', `${tip}^`), before)
      assert.is(await repository.git('diff-tree', '-r', before, tip), '')
      await repository.bitloops('push', 'origin')
      assert.is(await repository.git('rev-parse', CHECKPOINTS_REF), tip)
      const place = await openRepository(repository.root, repository.env)
      assert.equal((await verify(place, { anew: true })).flaws, [])
      repository.remove()
    })
  })
}

const hasGpg = spawnSync('gpg', ['--version']).status === 0
if (!hasGpg) console.log('skip: gpg is not here')

describe('bitloops.sign with GPG', (it) => {
  (hasGpg ? it : it.skip)('signs the tip with the key that git would take', async () => {
    const { repository, remote } = await makeSigning()
    await repository.sh(`mkdir -m 700 ~/.gnupg && git config --unset gpg.format && git config --unset user.signingKey
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Ada Example <ada@example.com>' ed25519 sign never`)
    try {
      const pushed = await repository.bitloops('push', 'origin')
      assert.is(pushed.code, 0, pushed.output)
      const tip = await remote.git('rev-parse', CHECKPOINTS_REF)
      const verified = await repository.tryGit('verify-commit', tip)
      assert.is(verified.code, 0, verified.output)
      assert.match(verified.output, 'Good signature from "Ada Example <ada@example.com>"')
    } finally {
      await repository.sh('gpgconf --kill all')
      repository.remove()
    }
  })
})

describe('bitloops.sign', (it) => {
  it('publishes nothing when the key cannot sign, and says why', async () => {
    const { repository, remote } = await makeSigning()
    const before = await repository.git('rev-parse', CHECKPOINTS_REF)
    await repository.git('config', 'user.signingKey', join(repository.home, 'nothing.pub'))
    const { code, stderr } = await repository.bitloops('push', 'origin')
    assert.is(code, 128)
    assert.match(stderr, /^fatal: nothing was published at origin: the checkpoints could not be signed: .*nothing\.pub/)
    assert.is((await remote.tryGit('rev-parse', '--verify', '--quiet', CHECKPOINTS_REF)).code, 1)
    assert.is(await repository.git('rev-parse', CHECKPOINTS_REF), before)
    repository.remove()
  })

  it('is not taken from a file that came with a clone', async () => {
    const { repository, remote } = await makeSigning()
    await repository.git('config', '--unset', 'bitloops.sign')
    writeFileSync(join(repository.root, '.bitloops/settings.json'), '{ "enabled": true, "sign": true }\n')
    assert.is((await repository.bitloops('push', 'origin')).code, 0)
    assert.is((await repository.tryGit('verify-commit', await remote.git('rev-parse', CHECKPOINTS_REF))).code, 1)
    repository.remove()
  })
})
