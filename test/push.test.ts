// Publishing: where to, what of the user's settings must not leak into it, and what is told of what waits.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { run as runInit } from '../git-commands/init.ts'
import type { PushState } from '../src/model/push-state.ts'
import { push } from '../src/push.ts'
import type { Pushed } from '../src/push.ts'
import { addCheckpoint, checkpointsIn, cloneOf, ids, inExchangeOf, makeClones, makeRemote } from './support/clones.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { stateOf } from './support/sharing.ts'
import { describe, rejects } from './support/suite.ts'

const pushFrom = (clone: TestRepository, remote = 'origin'): Promise<Pushed> =>
  inExchangeOf(clone, (exchange) => push(exchange, remote))

interface Dialogue {
  readonly said: string
  readonly asked: readonly string[]
}

/** What `git bitloops init` at a terminal gives, with these answers. */
async function initAtTerminal(clone: TestRepository, answer: boolean): Promise<Dialogue> {
  const asked: string[] = []
  let said = ''
  const code = await runInit({
    cwd: clone.root, env: clone.env, isTerminal: true, canAsk: true, now: Date.now,
    out: (text) => { said += text }, err: (text) => { said += text },
    ask: (question) => {
      asked.push(question)
      return Promise.resolve(answer)
    },
  }, [], { local: true })
  assert.is(code, 0)
  return { said, asked }
}

describe('push', (it) => {
  it('sends our two refs and nothing else, whatever the user has set for his pushes', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'])
    for (const [key, value] of [
      ['push.followTags', 'true'], ['push.default', 'matching'], ['push.pushOption', 'ci.skip'],
      ['push.recurseSubmodules', 'check'], ['push.gpgSign', 'if-asked'],
      ['remote.origin.mirror', 'true'], ['remote.origin.push', 'refs/heads/*:refs/heads/x-*'],
    ] as const) await clone!.git('config', key, value)
    await clone!.git('tag', '-a', '-m', 'x', 'v1')
    await addCheckpoint(clone!, { number: 1 })
    const pushed = await pushFrom(clone!)
    assert.is(pushed.kind, 'published')
    assert.is(await remote.git('for-each-ref', '--format=%(refname)'),
      'refs/bitloops/checkpoints\nrefs/heads/main\nrefs/notes/bitloops')
    assert.is((await pushFrom(clone!)).kind, 'up-to-date')
    remote.remove()
  })

  it('says what it published, and that there is nothing where there is nothing', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'])
    assert.is((await pushFrom(clone!)).kind, 'nothing')
    assert.is((await clone!.bitloops('push')).stdout, 'There are no checkpoints here to publish.\n')
    for (const number of [1, 2]) await addCheckpoint(clone!, { number })
    assert.match((await clone!.bitloops('push')).stdout, /^Published 2 checkpoints \(\d+ KiB\) to origin\.\n$/)
    assert.is((await clone!.bitloops('push', 'origin')).stdout, 'origin has all checkpoints.\n')
    remote.remove()
  })

  it('throws for what is no remote, and takes a strange name for a name', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'])
    for (const name of ['nobody', '--receive-pack=touch x', remote.root]) {
      assert.match((await rejects(pushFrom(clone!, name))).message, 'is not a remote of this repository')
    }
    remote.remove()
  })
})

describe('what is published', (it) => {
  it('is told, with what waits and why', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'])
    const empty = await stateOf(clone!)
    assert.equal(empty, {
      mode: 'auto', remote: 'origin', address: remote.root, waits: false, checkpoints: 0, sizeBytes: 0, lost: false,
    })
    await addCheckpoint(clone!, { number: 1 })
    const { waits, checkpoints, sizeBytes } = await stateOf(clone!)
    assert.equal([waits, checkpoints, sizeBytes > 100], [true, 1, true])
    const json = JSON.parse((await clone!.bitloops('status', '--json')).stdout) as { readonly sharing: PushState }
    assert.is(json.sharing.checkpoints, 1)
    const doctor = (await clone!.bitloops('doctor')).stdout.replace(/\s+/g, ' ')
    assert.match(doctor, /checkpoints go to origin \(.*\), with each git push there; 1 checkpoint \(\d+ KiB\) waits/)
    await clone!.git('remote', 'set-url', 'origin', join(remote.root, 'gone'))
    await clone!.bitloops('push')
    assert.match((await clone!.bitloops('status')).stdout, 'origin could not be reached')
    await clone!.git('remote', 'set-url', 'origin', remote.root)
    await clone!.bitloops('push')
    assert.not.match((await clone!.bitloops('status')).stdout, 'origin')
    assert.equal(await stateOf(clone!), empty)
    remote.remove()
  })

  it('is nothing where there is no remote, or none that suggests itself', async () => {
    const remote = await makeRemote()
    const clone = await makeRepository({ beside: remote, at: 'alone' })
    await clone.commit('Begin', { 'a.txt': 'a\n' })
    assert.match((await clone.bitloops('init', '--local')).stdout, 'Leaves this machine: nothing, there is no remote')
    assert.is((await clone.bitloops('push')).code, 128)
    for (const name of ['left', 'right']) await clone.git('remote', 'add', name, remote.root)
    const several = await clone.bitloops('init')
    assert.match(several.stderr, 'there are several remotes (left, right): --remote <name> chooses')
    assert.is((await stateOf(clone)).remote, undefined)
    assert.match((await clone.bitloops('init', '--remote', 'nowhere')).stderr, 'there is no remote \'nowhere\'')
    const chosen = await clone.bitloops('init', '--remote', 'right')
    assert.match(chosen.stdout, 'Leaves this machine: checkpoints with each git push to right')
    assert.is((await stateOf(clone)).remote, 'right')
    remote.remove()
  })

  it('goes to the upstream of the branch rather than to origin', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'], { init: false })
    await clone!.git('remote', 'add', 'upstream', remote.root)
    await clone!.git('fetch', '-q', 'upstream')
    await clone!.git('branch', '-q', '--set-upstream-to', 'upstream/main')
    await clone!.bitloops('init', '--local')
    assert.is((await stateOf(clone!)).remote, 'upstream')
    remote.remove()
  })

  it('SEC-12 is asked once at a terminal, and a no stays', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'], { init: false })
    const first = await initAtTerminal(clone!, false)
    assert.equal(first.asked, ['Publish checkpoints to origin with your pushes?'])
    assert.match(first.said.replace(/\s+/g, ' '), `to origin (${remote.root})`)
    assert.match(first.said, 'Nothing is published.')
    assert.equal((await initAtTerminal(clone!, true)).asked, [])
    await addCheckpoint(clone!, { number: 1 })
    await clone!.commit('More', { 'more.txt': 'x\n' })
    await clone!.git('push', '-q')
    assert.equal(await checkpointsIn(remote), [])
    await clone!.bitloops('init', '--push', 'auto')
    await clone!.commit('More', { 'more.txt': 'y\n' })
    await clone!.git('push', '-q')
    assert.equal(await checkpointsIn(remote), ids(1))
    const yes = await cloneOf(remote, 'yes', { init: false })
    assert.is((await initAtTerminal(yes, true)).asked.length, 1)
    assert.equal((await initAtTerminal(yes, true)).asked, [])
    remote.remove()
  })
})

describe('git\'s configuration', (it) => {
  it('gets our refspecs and the chosen remote once, and its bytes back', async () => {
    const { remote, clones: [clone] } = await makeClones(['one'], { init: false })
    const path = join(clone!.root, '.git', 'config')
    const before = readFileSync(path, 'utf8')
    await clone!.bitloops('init', '--local')
    assert.equal((await clone!.git('config', '--get-all', 'remote.origin.fetch')).split('\n').slice(1), [
      '+refs/bitloops/checkpoints*:refs/bitloops/remotes/origin/checkpoints*',
      '+refs/notes/bitloops*:refs/bitloops/remotes/origin/notes*',
    ])
    const now = readFileSync(path, 'utf8')
    assert.match((await clone!.bitloops('init')).stdout, 'nothing was changed')
    assert.is(readFileSync(path, 'utf8'), now)
    await clone!.git('remote', 'rename', 'origin', 'elsewhere')
    await clone!.git('remote', 'rename', 'elsewhere', 'origin')
    assert.is((await clone!.bitloops('uninstall')).code, 0)
    assert.is(readFileSync(path, 'utf8'), before)
    remote.remove()
  })
})
