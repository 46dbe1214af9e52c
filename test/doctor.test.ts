// Doctor where all is well, and where there is nothing to look at.

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { doctor, hookFile, lineOf, play, playAndCommit, told } from './support/doctor.ts'
import { makeInitialised, makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

/** What is in the repository's Git directory and its working tree, by name and bytes. */
async function inventory({ root, sh }: TestRepository): Promise<string> {
  // Locks and the log of the database come and go with every reader; up to where all is sound is doctor's to remember.
  const files = "find . -type f ! -name 'live.db-*' ! -name drain.lock ! -name verified.json -exec cksum {} +"
  return (await sh(`cd '${root}' && ${files} | sort -k3`)).stdout
}

describe('doctor in a healthy repository', (it) => {
  it('DOC-01 says ok of everything, with and without a session, and leaves nothing behind', async () => {
    const repository = await makeInitialised()
    for (const prepare of [async () => {}, play, playAndCommit]) {
      await prepare(repository)
      await repository.waitForIdle()
      const before = await inventory(repository)
      const { code, stdout, stderr } = await repository.bitloops('doctor')
      assert.is(stdout.split('\n').filter((line) => !/^(ok |      |$)/.test(line)).join('\n'), '')
      assert.is(stderr, '')
      assert.is(code, 0)
      assert.is(await inventory(repository), before)
    }
    repository.remove()
  })

  it('tries what is installed: the Git hooks answer, a payload arrives, and nothing of it is recorded', async () => {
    const repository = await makeInitialised()
    const diagnosis = await doctor(repository)
    assert.match(lineOf(diagnosis, 'git-hooks').message, /all of them answered a probe/)
    assert.match(lineOf(diagnosis, 'agent-hooks').message, /what a probe delivered arrived/)
    await repository.waitForIdle()
    assert.equal(readdirSync(join(repository.bitloopsHome, 'inbox')).sort(), ['new', 'quarantine', 'tmp'])
    assert.not(existsSync(join(repository.bitloopsHome, 'live.db')))
    repository.remove()
  })

  it('runs only our part of a hook that belongs to others', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin')
    mkdirSync(join(repository.root, '.git/hooks'), { recursive: true })
    writeFileSync(hookFile(repository), `#!/bin/sh\necho ran >>'${repository.root}/ran'\n`, { mode: 0o755 })
    assert.is((await repository.bitloops('init')).code, 0)
    assert.is(told(await doctor(repository)), '')
    assert.not(repository.exists('ran'))
    repository.remove()
  })

  it('is fine in a linked worktree, and from a subfolder', async () => {
    const repository = await makeInitialised()
    const linked = await repository.worktree('side')
    await linked.sh('mkdir -p deep/er')
    assert.is(told(await doctor(linked)), '')
    assert.is((await linked.sh('cd deep/er && git bitloops doctor')).code, 0)
    assert.match(lineOf(await doctor(linked), 'agent-hooks').message, /2 worktrees/)
    repository.remove()
  })

  it('says so in many processes at once', async () => {
    const repository = await makeInitialised()
    const all = await Promise.all(Array.from({ length: 4 }, () => doctor(repository)))
    assert.equal(all.map(told), ['', '', '', ''])
    repository.remove()
  })

  it('fits 80 columns', async () => {
    const repository = await makeInitialised()
    rmSync(hookFile(repository))
    const { stdout } = await repository.bitloops('doctor')
    assert.equal(stdout.split('\n').filter((line) => line.length > 80), [])
    repository.remove()
  })
})

describe('doctor elsewhere', (it) => {
  it('ends with 128 outside of a repository', async () => {
    const repository = await makeRepository()
    assert.is((await repository.sh('cd / && git bitloops doctor')).code, 128)
    repository.remove()
  })

  it('says where git-bitloops is not set up, and --fix does not set it up', async () => {
    const repository = await makeRepository()
    for (const options of [[], ['--fix']]) {
      const diagnosis = await doctor(repository, ...options)
      assert.is(diagnosis.code, 1)
      assert.match(told(diagnosis), /^fail setup: .* → git bitloops init$/)
    }
    assert.not(existsSync(repository.bitloopsHome))
    repository.remove()
  })

  it('is fine in a bare repository, where nothing is recorded', async () => {
    const repository = await makeRepository({ bare: true })
    assert.is((await doctor(repository)).code, 0)
    repository.remove()
  })

  it('warns where capture is off, and by which setting', async () => {
    const repository = await makeInitialised()
    await repository.git('config', 'bitloops.enabled', 'false')
    await repository.git('config', 'bitloops.colour', 'red')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn capture: capture is off \(git config\).* → git bitloops enable/)
    assert.match(told(diagnosis), /warn settings: git config: 'colour' is not a setting/)
    repository.remove()
  })
})
