// Clones of all kinds: after `git clone` and `git bitloops init`, or a fetch, the reasoning behind the whole
// history is there.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { CHECKPOINTS_REF, NOTES_REF } from '../src/model/checkpoint.ts'
import { openLiveStore } from '../src/store/live.ts'
import { rebuildIndex } from '../src/store/rebuild-index.ts'
import { addCheckpoint, checkpointsIn, cloneOf, ids, inExchangeOf, makeClones } from './support/clones.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const COMMITS = 4

interface Origin {
  readonly remote: TestRepository
  readonly writer: TestRepository
  readonly commits: readonly string[]
}

/** A remote with a few commits, each with its checkpoint. */
async function makeOrigin(): Promise<Origin> {
  const { remote, clones: [writer] } = await makeClones(['writer'])
  await remote.git('config', 'uploadpack.allowFilter', 'true')
  const commits: string[] = []
  for (let number = 1; number <= COMMITS; number += 1) {
    commits.push(await writer!.commit(`Work ${number}`, { [`work-${number}.txt`]: `${number}\n` }))
    await addCheckpoint(writer!, { number })
  }
  await writer!.git('push', '-q', 'origin', 'main')
  return { remote, writer: writer!, commits }
}

/** By its address as a URL: a plain path would share objects and ignore depth and filters. */
const urlOf = (remote: TestRepository): string => `file://${remote.root}`

async function missingObjects(clone: TestRepository): Promise<readonly string[]> {
  const listed = await clone.git('rev-list', '--objects', '--missing=print', CHECKPOINTS_REF, NOTES_REF)
  return listed.split('\n').filter((line) => line.startsWith('?'))
}

describe('a clone', (it) => {
  const KINDS: Readonly<Record<string, readonly string[]>> = {
    'that is whole': [],
    'that is shallow': ['--depth=1'],
    'of a single branch': ['--single-branch', '--branch', 'main'],
    'without blobs': ['--filter=blob:none'],
    'without trees': ['--filter=tree:0'],
    'that borrows objects': ['--reference'],
  }
  for (const [kind, words] of Object.entries(KINDS)) {
    it(`${kind} explains the whole history after init`, async () => {
      const { remote, writer, commits } = await makeOrigin()
      const args = words[0] === '--reference' ? ['--reference', writer.root] : words
      const clone = await cloneOf(remote, 'clone', { args, url: urlOf(remote) })
      assert.equal(await checkpointsIn(clone), ids(1, 2, 3, 4))
      assert.equal(await missingObjects(clone), [], 'nothing is left to be fetched one by one')
      const known = (await clone.git('rev-list', 'HEAD')).split('\n')
      for (const [at, commit] of commits.entries()) {
        if (!known.includes(commit)) continue
        const explained = await clone.bitloops('explain', '--transcript', commit)
        assert.is(explained.code, 0, explained.output)
        assert.match(explained.stdout, `Task ${at + 1}`)
      }
      const log = await clone.bitloops('log')
      const shown = log.stdout.split('\n').filter((line) => line.includes('claude-code'))
      assert.is(shown.length, Math.min(COMMITS, known.length))
      assert.match(await clone.git('log', '--notes=bitloops'), `intent Task ${COMMITS}`)
      // A note is there for the commits, too, that a shallow clone does not have.
      assert.match(await clone.git('notes', '--ref=bitloops', 'show', commits[0]!), 'intent Task 1')
      assert.match((await clone.bitloops('status')).stdout, 'Checkpoints: 4 total (committed)')
      assert.is(await clone.git('rev-parse', CHECKPOINTS_REF), await remote.git('rev-parse', CHECKPOINTS_REF))
      remote.remove()
    })

    it(`${kind} gives and takes with plain git pull and push`, async () => {
      const { remote, writer } = await makeOrigin()
      const args = words[0] === '--reference' ? ['--reference', writer.root] : words
      const clone = await cloneOf(remote, 'clone', { args, url: urlOf(remote) })
      const isShallow = await clone.git('rev-parse', '--is-shallow-repository')
      await writer.commit('Work 5', { 'work-5.txt': '5\n' })
      await addCheckpoint(writer, { number: 5 })
      await writer.git('push', '-q', 'origin', 'main')
      await clone.git('pull', '-q')
      assert.is((await clone.bitloops('explain', '--short')).code, 0)
      await clone.commit('Work 6', { 'work-6.txt': '6\n' })
      await addCheckpoint(clone, { number: 6 })
      await clone.git('push', '-q')
      await writer.git('pull', '-q')
      assert.is((await writer.bitloops('explain', '--short')).code, 0)
      for (const each of [remote, writer, clone]) assert.equal(await checkpointsIn(each), ids(1, 2, 3, 4, 5, 6))
      assert.is(await clone.git('rev-parse', '--is-shallow-repository'), isShallow)
      assert.is((await writer.tryGit('fsck')).code, 0)
      remote.remove()
    })
  }

  it('without init has what a fetch brings, and no hooks or folder of ours', async () => {
    const { remote, commits } = await makeOrigin()
    const clone = await cloneOf(remote, 'clone', { init: false })
    assert.is((await clone.bitloops('fetch')).stdout, 'Fetched 4 checkpoints from origin.\n')
    assert.match((await clone.bitloops('explain', commits[1]!, '--short')).stdout, 'Work 2')
    assert.not.ok(clone.exists('.git/bitloops'))
    assert.not.ok(clone.exists('.git/hooks/post-commit'))
    assert.is(await clone.git('config', '--get-all', 'remote.origin.fetch'), '+refs/heads/*:refs/remotes/origin/*')
    remote.remove()
  })

  it('that lost its live store makes the committed tables anew out of the ref', async () => {
    const { remote } = await makeOrigin()
    const clone = await cloneOf(remote, 'clone')
    const path = join(clone.bitloopsHome, 'live.db')
    const rows = async (): Promise<readonly unknown[]> => {
      const store = await openLiveStore(clone.bitloopsHome)
      const all = ['checkpoints', 'links', 'statements'].map((table) =>
        store.all(`SELECT * FROM ${table} ORDER BY 1, 2`))
      store.close()
      return all
    }
    const before = await rows()
    assert.is((before[0] as unknown[]).length, COMMITS)
    rmSync(path)
    const store = await openLiveStore(clone.bitloopsHome)
    assert.is(await inExchangeOf(clone, (exchange) => rebuildIndex({ ...exchange, store })), COMMITS)
    store.close()
    assert.equal(await rows(), before)
    remote.remove()
  })

  it('that is a mirror has everything and needs nothing', async () => {
    const { remote, commits } = await makeOrigin()
    await remote.sandbox.run('git', ['clone', '-q', '--mirror', remote.root, 'mirror.git'])
    const said = await remote.sandbox.run('git', ['bitloops', 'explain', '--short', commits[0]!], {
      cwd: join(remote.sandbox.folder, 'mirror.git'),
    })
    assert.match(said.stdout, 'Work 1')
    remote.remove()
  })
})
