// Sharing where something is in the way: remotes that refuse or hang, histories that do not fit.

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fetch } from '../src/fetch.ts'
import { CHECKPOINTS_REF, NOTES_REF } from '../src/model/checkpoint.ts'
import { addCheckpoint, checkpointsIn, cloneOf, ids, inExchangeOf, makeClones, makeRemote } from './support/clones.ts'
import { serveRepositories } from './support/http-remote.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { PATIENCE_MS, isQueued, makeOne, stateOf, work } from './support/sharing.ts'
import { describe } from './support/suite.ts'

const branch = (repository: TestRepository): Promise<string> => repository.git('rev-parse', 'refs/heads/topic')

describe('a remote that refuses', (it) => {
  const WAYS: Readonly<Record<string, (remote: TestRepository) => Promise<void>>> = {
    'hides our refs': async (remote) => {
      await remote.git('config', '--add', 'receive.hideRefs', 'refs/bitloops')
      await remote.git('config', '--add', 'receive.hideRefs', 'refs/notes')
    },
    'declines them in an update hook': async (remote) => {
      const hook = join(remote.root, 'hooks', 'update')
      writeFileSync(hook, '#!/bin/sh\ncase $1 in refs/heads/*) exit 0 ;; esac\necho "only branches here" >&2\nexit 1\n')
      chmodSync(hook, 0o755)
    },
  }
  for (const [way, prepare] of Object.entries(WAYS)) {
    it(`SYNC-13 (it ${way}) gets the branch; ours is said once, kept, and not tried at each push`, async () => {
      const { remote, clone } = await makeOne()
      await prepare(remote)
      const commit = await work(clone, 1)
      const first = await clone.tryGit('push', '-q', 'origin', 'topic')
      assert.is(first.code, 0)
      assert.match(first.stderr, /^git-bitloops: origin does not take checkpoints \([^\n]+\); they stay here[^\n]*\n$/)
      assert.is(await branch(remote), commit)
      await work(clone, 2)
      assert.is((await clone.tryGit('push', '-q', 'origin', 'topic')).output, '')
      const state = await stateOf(clone)
      assert.is(state.waits, true)
      assert.is(state.checkpoints, 2)
      assert.match(state.refused?.reason ?? '', /hidden ref|hook declined/)
      assert.is((await clone.bitloops('push')).code, 1)
      remote.remove()
    })
  }
})

describe('a remote', (it) => {
  it('SYNC-14 that demands valid names and subjects takes our commits', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    const hook = join(remote.root, 'hooks', 'pre-receive')
    writeFileSync(hook, [
      '#!/bin/sh', 'while read -r old new ref; do', '  case $old in *[!0]*) range=$old..$new ;; *) range=$new ;; esac',
      '  git log --format="%ae|%ce|%an|%s" "$range" |',
      '    grep -vE "^[^|@]+@[^|@]+\\|[^|@]+@[^|@]+\\|[^|]+\\|.+$" && exit 1', 'done', 'exit 0', '',
    ].join('\n'))
    chmodSync(hook, 0o755)
    await work(one!, 1)
    await work(two!, 2)
    for (const each of [one!, two!]) assert.is((await each.bitloops('push')).code, 0)
    assert.equal(await checkpointsIn(remote), ids(1, 2))
    assert.is(await remote.git('rev-list', '--merges', '--count', CHECKPOINTS_REF), '1')
    remote.remove()
  })

  it('SYNC-15 that answers git but never us holds a push for two seconds, and is told of in one line', async () => {
    const { remote, clone } = await makeOne()
    const ssh = join(remote.sandbox.folder, 'ssh')
    writeFileSync(ssh, '#!/bin/sh\n[ -z "$BITLOOPS_INSIDE" ] || sleep 60\nfor last; do :; done\nexec sh -c "$last"\n')
    chmodSync(ssh, 0o755)
    await clone.git('config', 'core.sshCommand', ssh)
    await clone.git('remote', 'set-url', 'origin', `ssh://host${remote.root}`)
    const commit = await work(clone, 1)
    const pushed = await clone.tryGit('push', '-q', 'origin', 'topic')
    assert.is(pushed.code, 0)
    assert.is(pushed.stderr, 'git-bitloops: checkpoints wait for the next push: origin: it did not answer in time\n')
    assert.ok(pushed.ms < PATIENCE_MS, `${pushed.ms} ms`)
    assert.is(await branch(remote), commit)
    assert.ok(isQueued(clone))
    assert.is((await stateOf(clone)).failed?.reason, 'it did not answer in time')
    const asleep = await clone.sh(`ps -eo args | grep -c '^/bin/sh ${ssh}'`)
    assert.is(asleep.stdout, '0\n', 'nothing of ours goes on waiting')
    remote.remove()
  })

  const SILENT = [['takes requests and is silent', true], ['lists refs and sends no objects', 'pack']] as const
  for (const [how, hang] of SILENT) {
    it(`SYNC-15 that ${how} ends a fetch in time`, async () => {
      const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
      await work(one!, 1)
      await one!.bitloops('push')
      const server = await serveRepositories(remote.sandbox.folder, { hang })
      await two!.git('remote', 'set-url', 'origin', `${server.url}/remote.git`)
      await two!.git('config', 'protocol.version', '0')
      const began = Date.now()
      const fetched = await inExchangeOf(two!, (exchange) => fetch(exchange, 'origin'), { boundMs: 1000 })
      assert.equal(fetched, { kind: 'failed', reason: 'it did not answer in time', timedOut: true })
      assert.ok(Date.now() - began < PATIENCE_MS)
      assert.equal(await checkpointsIn(two!), [])
      await server.close()
      remote.remove()
    })
  }

  it('SYNC-18 whose branch moved on refuses the branch after it took our refs, and that is all', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    await two!.commit('Theirs', { 'two.txt': 'x\n' })
    await two!.git('push', '-q', 'origin', 'main')
    await one!.commit('Ours', { 'one.txt': 'x\n' })
    await addCheckpoint(one!, { number: 1 })
    assert.is((await one!.tryGit('push', '-q', 'origin', 'main')).code, 1)
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.is((await one!.tryGit('pull', '-q', '--no-rebase', '--no-edit')).code, 0)
    assert.is((await one!.tryGit('push', '-q', 'origin', 'main')).output, '')
    assert.not.match((await two!.bitloops('doctor')).stdout, /is not in this clone/)
    remote.remove()
  })

  it('SYNC-19 that is empty gets the user\'s branch as its default branch', async () => {
    const remote = await makeRemote({ branch: 'trunk' })
    const clone = await cloneOf(remote, 'one')
    await clone.git('switch', '-q', '-c', 'trunk').catch(() => '')
    await clone.commit('Begin', { 'a.txt': 'a\n' })
    await addCheckpoint(clone, { number: 1 })
    await clone.git('push', '-q', 'origin', 'HEAD')
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.is(await remote.git('rev-parse', 'HEAD'), await clone.git('rev-parse', 'HEAD'))
    const other = await cloneOf(remote, 'other', { init: false })
    assert.is(await other.git('branch', '--show-current'), 'trunk')
    remote.remove()
  })

  it('SYNC-20 serves a teammate without the plugin as before', async () => {
    const { remote, clone } = await makeOne()
    await work(clone, 1)
    await clone.git('push', '-q', 'origin', 'topic')
    const mate = await cloneOf(remote, 'mate', { args: ['--branch', 'topic'], init: false })
    await mate.commit('Mate', { 'mate.txt': 'x\n' })
    for (const words of ['commit --amend -q -m Again', 'pull -q', 'push -q', 'fetch -q']) {
      const done = await mate.tryGit(...words.split(' '))
      assert.is(`${done.code}${done.output}`, '0', words)
    }
    assert.is(await mate.git('status', '--porcelain'), '')
    assert.not.match(await mate.git('for-each-ref'), /bitloops/)
    assert.not.ok(mate.exists('.git/bitloops'))
    remote.remove()
  })

  it('SYNC-21 of SHA-256 works with clones of its kind; one of SHA-1 refuses as without us', async () => {
    const { remote, clone } = await makeOne({ objectFormat: 'sha256' })
    await work(clone, 1)
    await clone.git('push', '-q', 'origin', 'topic')
    const other = await cloneOf(remote, 'other')
    assert.is((await other.bitloops('explain', 'origin/topic', '--short')).code, 0)
    const old = await makeRepository({ bare: true, at: 'old.git', beside: remote })
    await clone.git('remote', 'set-url', 'origin', old.root)
    await work(clone, 2)
    const plain = await clone.tryGit('push', '--no-verify', 'origin', 'topic')
    const ours = await clone.tryGit('push', 'origin', 'topic')
    assert.is(ours.code, plain.code)
    assert.is(ours.stdout, plain.stdout)
    const said = await clone.bitloops('push')
    assert.is(said.code, 128)
    assert.match(said.stderr, /^fatal: nothing was published at origin: /)
    remote.remove()
  })

  it('SYNC-22 that was fetched from or pushed to by half is whole after the next time', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    for (const number of [1, 2, 3]) await work(one!, number)
    await work(two!, 4)
    const before = await two!.git('for-each-ref', CHECKPOINTS_REF, NOTES_REF)
    for (const ms of [30, 80, 150, 250]) {
      await one!.sandbox.run('git', ['bitloops', 'push'], { cwd: one!.root, timeoutMs: ms })
      await two!.sandbox.run('git', ['bitloops', 'fetch'], { cwd: two!.root, timeoutMs: ms })
      const now = await two!.git('for-each-ref', CHECKPOINTS_REF, NOTES_REF)
      assert.ok(now === before || (await checkpointsIn(two!)).length === 4, 'all or nothing')
    }
    for (const each of [one!, two!, one!]) assert.is((await each.bitloops('push')).code, 0)
    for (const each of [one!, two!, remote]) {
      assert.equal(await checkpointsIn(each), ids(1, 2, 3, 4))
      assert.is((await each.tryGit('fsck')).code, 0)
    }
    remote.remove()
  })

  it('SYNC-23 that lost our refs to a mirror push is told of, and gets them back', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    await work(one!, 1)
    await one!.git('push', '-q', 'origin', 'topic')
    const ignorant = await cloneOf(remote, 'ignorant', { init: false })
    await ignorant.git('push', '-q', '--mirror', 'origin')
    assert.equal(await checkpointsIn(remote), [])
    assert.match((await one!.bitloops('fetch')).stderr, 'origin no longer has the checkpoints it had')
    assert.is((await stateOf(one!)).lost, true)
    await one!.git('push', '-q', 'origin', 'topic')
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.is((await stateOf(one!)).lost, false)
    await two!.git('fetch', '-q')
    assert.is((await two!.bitloops('log')).code, 0)
    assert.equal(await checkpointsIn(two!), ids(1))
    remote.remove()
  })

  it('SYNC-21 whose clone borrows objects works like any other', async () => {
    const { remote, clone } = await makeOne()
    const borrower = await cloneOf(remote, 'borrower', { args: ['--reference', clone.root] })
    await work(borrower, 1)
    await borrower.git('push', '-q', 'origin', 'topic')
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.is((await clone.bitloops('fetch')).stdout, 'Fetched 1 checkpoint from origin.\n')
    remote.remove()
  })
})
