// Sharing, through real git and the installed hooks: the everyday.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { CHECKPOINTS_REF, NOTES_REF } from '../src/model/checkpoint.ts'
import { noteOf } from './support/checkpoints.ts'
import { addCheckpoint, checkpointsIn, cloneOf, ids, makeClones, makeRemote, noteLines } from './support/clones.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import type { Outcome } from './support/sandbox.ts'
import { isQueued, makeOne, work as workOn } from './support/sharing.ts'
import { describe } from './support/suite.ts'
import { playTurn } from './support/turn.ts'

const BURST = process.env['BITLOOPS_SOAK'] === '1' ? { clones: 30, times: 3 } : { clones: 10, times: 1 }

const ours = (repository: TestRepository): Promise<string> =>
  repository.git('for-each-ref', 'refs/bitloops/checkpoints', 'refs/notes/')

/** A commit on a branch of its own, with a checkpoint. */
const work = (clone: TestRepository, number: number): Promise<string> => workOn(clone, number, `topic-${number}`)

describe('sharing', (it) => {
  it('SYNC-01 brings a session from one clone to another, with the same text and ids', async () => {
    const { remote, clone } = await makeOne()
    await playTurn(clone, 'Limit the login route', { 'src/limit.ts': 'export const limit = 5\n' })
    await clone.commit('Limit logins', { 'src/limit.ts': 'export const limit = 5\n' })
    await clone.git('push', '--quiet')
    const other = await cloneOf(remote, 'other')
    const [here, there] = [await clone.bitloops('explain', '--json'), await other.bitloops('explain', '--json')]
    assert.is(there.code, 0)
    assert.is(there.stdout, here.stdout)
    assert.match(there.stdout, 'Limit the login route')
    assert.match(await other.git('log', '-1', '--notes=bitloops'), 'intent Limit the login route')
    assert.match((await other.bitloops('log')).stdout, 'Limit the login route')
    assert.match((await other.bitloops('status')).stdout, 'Checkpoints: 1 total (committed)')
    remote.remove()
  })

  it('SYNC-02 unites what two clones made on different branches, and says nothing of it', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    await work(one!, 1)
    await work(two!, 2)
    const pushed = [
      await one!.tryGit('push', '-q', 'origin', 'HEAD'), await two!.tryGit('push', '-q', 'origin', 'HEAD'),
    ]
    assert.equal(pushed.map(({ code, stdout }) => [code, stdout]), [[0, ''], [0, '']])
    for (const { stderr } of pushed) assert.match(stderr, /^(git-bitloops: published 1 checkpoint .*\n)?$/)
    await one!.git('fetch', '-q')
    assert.is((await one!.bitloops('explain', 'origin/topic-2', '--short')).code, 0)
    for (const each of [one!, two!, remote]) assert.equal(await checkpointsIn(each), ids(1, 2))
    assert.not.match(await remote.git('log', '--format=%s', '--walk-reflogs', '--all').catch(() => ''), 'forced')
    remote.remove()
  })

  it('SYNC-03 keeps the lines and entries of both when two clones explain the same commit', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    await addCheckpoint(one!, { number: 1, prompt: 'as the developer saw it' })
    await addCheckpoint(two!, { number: 2, prompt: 'as CI saw it' })
    for (const each of [one!, two!, one!, two!]) assert.is((await each.bitloops('push')).code, 0)
    await one!.git('pull', '-q')
    await one!.bitloops('log')
    for (const each of [one!, two!]) {
      assert.equal(await checkpointsIn(each), ids(1, 2))
      assert.match((await noteOf(each)).join('\n'), /as the developer saw it[^]*as CI saw it/)
      const shown = await each.bitloops('explain')
      assert.match(shown.stdout, 'Limit how often')
    }
    remote.remove()
  })

  it(`SYNC-04, SYNC-05 lets ${BURST.clones} clones push at once: all of it lands, nothing forced, no push fails`,
    async () => {
      for (let time = 0; time < BURST.times; time += 1) {
        const names = Array.from({ length: BURST.clones }, (_, at) => `clone-${at + 1}`)
        const { remote, clones } = await makeClones(names)
        await remote.git('config', 'receive.denyNonFastForwards', 'true')
        for (const [at, clone] of clones.entries()) await work(clone, at + 1)
        const users = await Promise.all(clones.map((clone) => clone.tryGit('push', '-q', 'origin', 'HEAD')))
        assert.equal(users.filter(({ code }) => code !== 0).map(({ output }) => output), [])
        const late = await Promise.all(clones.map((clone) => clone.bitloops('push')))
        assert.equal(late.filter(({ code }) => code !== 0).map(({ output }) => output), [])
        const wanted = ids(...clones.map((_, at) => at + 1))
        assert.equal(await checkpointsIn(remote), wanted)
        assert.is((await noteLines(remote)).length, 3 * clones.length)
        assert.equal(clones.filter(isQueued).map(({ root }) => root), [])
        for (const each of [remote, clones[0]!, clones.at(-1)!]) {
          const fsck = await each.tryGit('fsck', '--strict', '--no-dangling')
          assert.is(`${fsck.code}${fsck.output}`, '0')
        }
        remote.remove()
      }
    })

  it('SYNC-06 fetches, pulls and updates from a remote without our refs', async () => {
    const { remote, clone } = await makeOne()
    for (const words of [['fetch'], ['pull'], ['remote', 'update'], ['fetch', '--prune', '--all']]) {
      assert.is((await clone.tryGit(...words)).code, 0, words.join(' '))
    }
    assert.is((await clone.bitloops('fetch')).stdout, 'Nothing new at origin.\n')
    remote.remove()
  })

  it('SYNC-07 gets notes back that a fetch setting of the user has overwritten', async () => {
    const { remote, clones: [one, two] } = await makeClones(['one', 'two'])
    await work(one!, 1)
    await one!.git('push', '-q', 'origin', 'HEAD')
    await two!.git('config', '--add', 'remote.origin.fetch', '+refs/notes/*:refs/notes/*')
    await two!.git('config', 'fetch.prune', 'true')
    await work(two!, 2)
    const mine = await noteOf(two!)
    await two!.git('fetch', '-q')
    const log = await two!.bitloops('log')
    assert.match(log.stderr, 'a fetch had overwritten checkpoints or notes')
    assert.equal(await noteOf(two!), mine)
    assert.equal(await checkpointsIn(two!), ids(1, 2))
    remote.remove()
  })

  it('SYNC-08 publishes nothing at a dry run, however it is asked for', async () => {
    const { remote, clone } = await makeOne()
    await work(clone, 1)
    await clone.git('config', 'alias.try', 'push --dry-run')
    for (const words of [
      ['push', '--dry-run', 'origin', 'HEAD'], ['push', 'origin', 'HEAD', '-n'], ['try', 'origin', 'HEAD'],
      ['-c', 'x.y=z', 'push', '-qn', 'origin', 'HEAD'],
    ]) {
      assert.is((await clone.tryGit(...words)).code, 0, words.join(' '))
      assert.is(await ours(remote), '', words.join(' '))
    }
    assert.ok(isQueued(clone))
    await clone.git('config', 'alias.send', 'push --quiet')
    await clone.git('send', 'origin', 'HEAD')
    assert.equal(await checkpointsIn(remote), ids(1))
    remote.remove()
  })

  it('SYNC-09 catches up with the next push after one without hooks', async () => {
    const { remote, clone } = await makeOne()
    await work(clone, 1)
    await clone.git('push', '-q', '--no-verify', 'origin', 'HEAD')
    assert.is(await ours(remote), '')
    await clone.git('push', '-q', 'origin', 'HEAD')
    assert.equal(await checkpointsIn(remote), ids(1))
    remote.remove()
  })

  it('SYNC-10, SEC-13 publishes at the chosen remote only, and says so once', async () => {
    const { remote, clone } = await makeOne()
    const fork = await makeRepository({ bare: true, at: 'fork.git', beside: remote })
    await clone.git('remote', 'add', 'fork', fork.root)
    await work(clone, 1)
    const said = await clone.tryGit('push', '-q', 'fork', 'HEAD')
    assert.is(said.stderr, 'git-bitloops: checkpoints go to origin only; none were published at fork\n')
    assert.is((await clone.tryGit('push', '-q', '-f', 'fork', 'HEAD')).stderr, '')
    assert.is((await clone.tryGit('push', '-q', fork.root, 'HEAD')).stderr, '')
    assert.is(await ours(fork), '')
    assert.is(await ours(remote), '')
    // Neither does it go elsewhere when the chosen one is gone.
    await clone.git('remote', 'set-url', 'origin', join(remote.root, 'gone'))
    await clone.git('push', '-q', 'fork', 'HEAD')
    assert.is((await clone.bitloops('push')).code, 128)
    assert.is(await ours(fork), '')
    await clone.git('remote', 'set-url', 'origin', remote.root)
    await clone.git('push', '-q', 'origin', 'HEAD')
    assert.equal(await checkpointsIn(remote), ids(1))
    assert.is(await ours(fork), '')
    remote.remove()
  })

  it('SYNC-10 pushes to the address for pushes, and to all of several', async () => {
    const { remote, clone } = await makeOne()
    const second = await makeRepository({ bare: true, at: 'second.git', beside: remote })
    await clone.git('config', '--add', 'remote.origin.pushurl', remote.root)
    await clone.git('config', '--add', 'remote.origin.pushurl', second.root)
    await work(clone, 1)
    await clone.git('push', '-q', 'origin', 'HEAD')
    for (const each of [remote, second]) assert.equal(await checkpointsIn(each), ids(1))
    remote.remove()
  })

  it('SYNC-11, HOOK-16 leaves exit code and stdout of odd pushes to plain git', async () => {
    const { remote, clone } = await makeOne()
    const plainRemote = await makeRemote()
    const plain = await cloneOf(remote, 'plain', { init: false })
    await plain.git('remote', 'set-url', 'origin', plainRemote.root)
    let number = 0
    for (const words of [
      'push origin main', 'push --porcelain origin main:other', 'push origin --tags', 'push --porcelain origin tag-1',
      'push origin --delete other', 'push --porcelain --all origin', 'push', 'push --porcelain', 'push origin nowhere',
    ]) {
      number += 1
      await addCheckpoint(clone, { number })
      for (const each of [clone, plain]) await each.git('tag', `tag-${number}`)
      const said = ({ code, stdout }: Outcome): string => `${code} ${stdout}`.replace(/To .*/g, 'To it')
      assert.is(said(await clone.tryGit(...words.split(' '))), said(await plain.tryGit(...words.split(' '))), words)
    }
    assert.is((await checkpointsIn(remote)).length >= 8, true)
    for (const each of [remote, plainRemote]) each.remove()
  })

  it('SYNC-12 starts neither Node nor a connection when nothing is queued', async () => {
    const { remote, clone } = await makeOne()
    await work(clone, 1)
    await clone.git('push', '-q', 'origin', 'HEAD')
    writeFileSync(join(clone.bitloopsHome, 'program'), '/gone/node\n/gone/program\n')
    rmSync(join(clone.sandbox.folder, 'bin', 'git-bitloops'))
    await clone.commit('By hand', { 'hand.txt': 'x\n' })
    assert.is((await clone.tryGit('push', '-q', 'origin', 'HEAD')).output, '')
    assert.not.ok(existsSync(join(clone.bitloopsHome, 'log')), 'without Node, a start would have left a line')
    await addCheckpoint(clone, { number: 2 })
    await clone.commit('More', { 'hand.txt': 'y\n' })
    assert.is((await clone.tryGit('push', '-q', 'origin', 'HEAD')).output, '')
    assert.match(readFileSync(join(clone.bitloopsHome, 'log'), 'utf8'), 'pre-push')
    remote.remove()
  })

  it('SEC-12 says what is published and where before the first time, and not again; `manual` publishes nothing',
    async () => {
      const { remote, clone } = await makeOne()
      await work(clone, 1)
      const first = await clone.tryGit('push', '-q', 'origin', 'HEAD')
      assert.match(first.stderr,
        /^git-bitloops: published 1 checkpoint \(\d+ KiB\) to origin \(.*remote\.git\), as with each push/)
      await work(clone, 2)
      assert.is((await clone.tryGit('push', '-q', 'origin', 'HEAD')).stderr, '')
      const told = await clone.bitloops('init', '--push', 'manual')
      assert.match(told.stdout, 'Leaves this machine: nothing by itself')
      await work(clone, 3)
      assert.is((await clone.tryGit('push', '-q', 'origin', 'HEAD')).stderr, '')
      assert.equal(await checkpointsIn(remote), ids(1, 2))
      assert.match((await clone.bitloops('init', '--push', 'auto')).stdout,
        /Leaves this machine: checkpoints with each git push to origin .*; 1 checkpoint \(/)
      await clone.commit('More', { 'more.txt': 'x\n' })
      await clone.git('push', '-q', 'origin', 'HEAD')
      assert.equal(await checkpointsIn(remote), ids(1, 2, 3))
      remote.remove()
    })

  it('keeps our refs out of what `git push --all` and a plain clone show', async () => {
    const { remote, clone } = await makeOne()
    await work(clone, 1)
    await clone.git('push', '-q', '--all', 'origin')
    assert.match(await remote.git('for-each-ref', '--format=%(refname)'), `${CHECKPOINTS_REF}\n`)
    const other = await cloneOf(remote, 'other', { init: false })
    assert.not.match(await other.git('for-each-ref', '--format=%(refname)'), /bitloops/)
    assert.is((await other.tryGit('rev-parse', '--verify', NOTES_REF)).code, 128)
    remote.remove()
  })
})
