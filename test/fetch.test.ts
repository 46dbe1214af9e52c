// Uniting what another clone published: the refs, the notes and the index, on real repositories.

import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fetch } from '../src/fetch.ts'
import type { Fetched } from '../src/fetch.ts'
import { checkpointPath, CHECKPOINTS_REF, linkPath, NOTES_REF } from '../src/model/checkpoint.ts'
import type { Oid } from '../src/model/ids.ts'
import { push } from '../src/push.ts'
import type { Gathered } from '../src/store/exchange.ts'
import { openLiveStore } from '../src/store/live.ts'
import { rebuildIndex } from '../src/store/rebuild-index.ts'
import { checkpointId } from './support/checkpoint-fixture.ts'
import { noteOf } from './support/checkpoints.ts'
import { addCheckpoint, checkpointsIn, ids, inExchangeOf, makeClones, noteLines, purgeHere, treeOf } from './support/clones.ts'
import type { RepositoryOptions, TestRepository } from './support/repository.ts'
import { describe, rejects } from './support/suite.ts'

interface Three {
  readonly remote: TestRepository
  readonly one: TestRepository
  readonly two: TestRepository
}

async function makeThree(options: RepositoryOptions = {}): Promise<Three> {
  const { remote, clones: [one, two] } = await makeClones(['one', 'two'], { ...options, init: false })
  return { remote, one: one!, two: two! }
}

const fetchIn = (clone: TestRepository): Promise<Fetched> => inExchangeOf(clone, (exchange) => fetch(exchange, 'origin'))
const pushFrom = async (clone: TestRepository): Promise<string> =>
  (await inExchangeOf(clone, (exchange) => push(exchange, 'origin'))).kind

const gathered = (fetched: Fetched): Gathered => {
  assert.is(fetched.kind, 'gathered')
  return fetched as Gathered
}

const tips = (repository: TestRepository): Promise<string> =>
  repository.git('for-each-ref', '--format=%(objectname)', CHECKPOINTS_REF, NOTES_REF)

for (const objectFormat of ['sha1', 'sha256'] as const) {
  describe(`fetch, ${objectFormat}`, (it) => {
    it('takes a remote\'s tip as it is where there is nothing here, and where it goes on from ours', async () => {
      const { remote, one, two } = await makeThree({ objectFormat })
      await addCheckpoint(one, { number: 1 })
      assert.is(await pushFrom(one), 'published')
      assert.is(gathered(await fetchIn(two)).added, 1)
      assert.is(await tips(two), await tips(remote))
      await addCheckpoint(one, { number: 2 })
      await pushFrom(one)
      assert.is(gathered(await fetchIn(two)).added, 1)
      assert.is(await tips(two), await tips(one))
      assert.is(gathered(await fetchIn(two)).changed, false)
      remote.remove()
    })

    it('SYNC-02, SYNC-03: unites both sides, whoever does it, with the same commit', async () => {
      const { remote, one, two } = await makeThree({ objectFormat })
      await addCheckpoint(one, { number: 1 })
      await pushFrom(one)
      await fetchIn(two)
      // The same commit on both sides, as a developer and CI do it.
      await addCheckpoint(one, { number: 2 })
      await addCheckpoint(two, { number: 3 })
      const other = await remote.tryGit('fetch', one.root, `+refs/bitloops/*:refs/bitloops/*`, '+refs/notes/*:refs/notes/*')
      assert.is(other.code, 0)
      assert.is(gathered(await fetchIn(two)).added, 1)
      await remote.git('fetch', two.root, '+refs/bitloops/*:refs/apart/bitloops/*', '+refs/notes/*:refs/apart/notes/*')
      const united = await tips(two)
      await two.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`, `${NOTES_REF}:${NOTES_REF}`)
      await fetchIn(one)
      assert.is(await tips(one), united)
      assert.equal(await checkpointsIn(one), ids(1, 2, 3))
      assert.is((await noteOf(one)).length, 9)
      assert.is(await one.git('rev-list', '--parents', '--no-walk', CHECKPOINTS_REF).then((line) => line.split(' ').length), 3)
      for (const each of [one, two, remote]) assert.is((await each.tryGit('fsck', '--strict')).code, 0)
      remote.remove()
    })

    it('makes the same union in both clones when each fetches the other', async () => {
      const { remote, one, two } = await makeThree({ objectFormat })
      await addCheckpoint(one, { number: 1 })
      await addCheckpoint(two, { number: 2 })
      await one.git('remote', 'set-url', 'origin', two.root)
      await two.git('remote', 'set-url', 'origin', one.root)
      const [before, beforeTwo] = [await tips(one), await tips(two)]
      await fetchIn(one)
      // What `one` had before is what `two` is to see.
      const [checkpoints, notes] = before.split('\n')
      await two.git('fetch', '-q', one.root, `${CHECKPOINTS_REF}:refs/x`)
      const refs = [`refs/bitloops/remotes/origin/checkpoints ${checkpoints}`, `refs/bitloops/remotes/origin/notes ${notes}`]
      await two.git('fetch', '-q', one.root, `+${NOTES_REF}:refs/y`)
      await two.sh(`git update-ref --stdin`, { input: refs.map((line) => `update ${line}\n`).join('') })
      const { uniteTracked } = await import('../src/store/exchange.ts')
      await inExchangeOf(two, uniteTracked)
      assert.is.not(await tips(two), beforeTwo)
      assert.is(await tips(two), await tips(one))
      remote.remove()
    })
  })
}

describe('fetch', (it) => {
  it('SYNC-16: unites stores without a common beginning, and both keep everything', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await addCheckpoint(two, { number: 2 })
    await pushFrom(one)
    assert.is(await pushFrom(two), 'published')
    await fetchIn(one)
    for (const each of [one, two, remote]) {
      assert.equal(await checkpointsIn(each), ids(1, 2))
      assert.is((await noteLines(each)).length, 6)
    }
    remote.remove()
  })

  it('SYNC-17: keeps what is here when the remote was set back, says so, and brings it there again', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await initHome(two)
    await fetchIn(two)
    for (const ref of [CHECKPOINTS_REF, NOTES_REF]) await remote.git('update-ref', ref, `${ref}~1`)
    const { warnings } = gathered(await fetchIn(two))
    assert.match(warnings.join('\n'), 'the checkpoints of origin were replaced by older ones')
    assert.equal(await checkpointsIn(two), ids(1, 2))
    assert.is(await pushFrom(two), 'published')
    assert.equal(await checkpointsIn(remote), ids(1, 2))
    assert.equal(gathered(await fetchIn(two)).warnings, [])
    remote.remove()
  })

  it('SEC-09: takes nothing that is none of the format, and says how much that was', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await fetchIn(two)
    const commit = await one.git('rev-parse', 'HEAD') as Oid
    const folder = checkpointPath(commit, checkpointId(2))
    const blob = await one.sh('echo evil | git hash-object -w --stdin').then(({ stdout }) => stdout.trim())
    const good = await one.git('rev-parse', `${CHECKPOINTS_REF}:${checkpointPath(commit, checkpointId(1))}/session.json`)
    await one.sh('git fast-import --quiet --force', { input: [
      `commit ${CHECKPOINTS_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 4\nevil\nfrom ${CHECKPOINTS_REF}^0\n`,
      `M 120000 ${blob} ${folder}/summary.md\n`, `M 160000 ${commit} ${folder}/native/sub\n`, `M 100644 ${blob} .github/workflows/x.yml\n`,
      `M 100755 ${blob} ${folder}/run.jsonl\n`, `M 100644 ${good} ${folder}/session.json\n`, `M 100644 ${blob} "${folder}/with blank"\n`,
    ].join('') })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    const { warnings, added } = gathered(await fetchIn(two))
    assert.match(warnings.join('\n'), /^5 entries of origin are none of this format/)
    assert.is(added, 1)
    const now = [...(await treeOf(two, CHECKPOINTS_REF)).keys()]
    assert.equal(now.filter((path) => path.includes(checkpointId(2))), [`${folder}/session.json`])
    assert.not.ok(now.includes('.github/workflows/x.yml'))
    assert.is(await pushFrom(two), 'published', 'it goes on from the remote\'s tip, and mends it')
    assert.equal([...(await treeOf(remote, CHECKPOINTS_REF)).keys()], now)
    remote.remove()
  })

  it('does not take a newer format, or what is no chain of commits', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await addCheckpoint(two, { number: 2 })
    const before = await tips(two)
    await one.sh('git fast-import --quiet --force', { input:
      `commit ${CHECKPOINTS_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 1\nx\nfrom ${CHECKPOINTS_REF}^0\nM 100644 inline .bitloops/format\ndata 2\n2\n\n` })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    assert.match(gathered(await fetchIn(two)).warnings.join(), /newer format \(2\)/)
    assert.is(await tips(two), before)
    await remote.sh(`git update-ref ${CHECKPOINTS_REF} $(echo x | git hash-object -w --stdin)`)
    assert.match(gathered(await fetchIn(two)).warnings.join(), /is no commit/)
    assert.is(await tips(two), before)
    remote.remove()
  })

  it('throws for what is no remote', async () => {
    const { remote, one } = await makeThree()
    for (const name of ['nobody', '--upload-pack=touch x', '']) {
      const error = await rejects(inExchangeOf(one, (exchange) => fetch(exchange, name)))
      assert.match(error.message, 'is not a remote of this repository')
    }
    remote.remove()
  })
})

async function initHome(clone: TestRepository): Promise<void> {
  await clone.sh('mkdir -p .git/bitloops')
}

describe('notes', (it) => {
  it('keep what others wrote, at any fan-out, once, and are written at one path', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await fetchIn(two)
    await one.git('notes', '--ref=bitloops', 'append', '-m', 'a line of one')
    await two.git('notes', '--ref=bitloops', 'append', '-m', 'a line of two')
    const commit = await two.git('rev-parse', 'HEAD')
    const blob = await two.git('rev-parse', `${NOTES_REF}:${commit.slice(0, 2)}/${commit.slice(2)}`).catch(() =>
      two.git('rev-parse', `${NOTES_REF}:${commit}`))
    // As a merge of git's own leaves them: twice, at two depths.
    await two.sh('git fast-import --quiet --force', { input:
      `commit ${NOTES_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 1\nx\nfrom ${NOTES_REF}^0\n`
      + `M 100644 ${blob} ${commit.slice(0, 2)}/${commit.slice(2, 4)}/${commit.slice(4)}\n` })
    await pushFrom(one)
    await pushFrom(two)
    await fetchIn(one)
    const lines = await noteOf(one)
    assert.equal(lines, await noteOf(two))
    assert.equal(lines.filter((line) => line.startsWith('a line')), ['a line of one', 'a line of two'])
    assert.is(lines.length, 5)
    assert.equal([...(await treeOf(one, NOTES_REF)).keys()], [`${commit.slice(0, 2)}/${commit.slice(2)}`])
    remote.remove()
  })

  it('are made from the checkpoints where the remote has none, or false ones', async () => {
    const { remote, one, two } = await makeThree()
    const id = await addCheckpoint(one, { number: 1 })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    await fetchIn(two)
    assert.equal(await noteOf(two), await noteOf(one))
    await one.git('notes', '--ref=bitloops', 'add', '-f', '-m', `${id} 10 intent Something else\n${id} 20 more \u001b[31mred`)
    await one.git('push', '--quiet', 'origin', `${NOTES_REF}:${NOTES_REF}`)
    await fetchIn(two)
    assert.ok((await noteOf(two)).includes(`${id} 10 intent Task 1`))
    remote.remove()
  })

  it('lose the lines of a checkpoint that is no longer linked to the commit', async () => {
    const { remote, one, two } = await makeThree()
    await addCheckpoint(one, { number: 1 })
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await fetchIn(two)
    const commit = await one.git('rev-parse', 'HEAD') as Oid
    await one.sh('git fast-import --quiet --force', { input:
      `commit ${CHECKPOINTS_REF}\ncommitter E <e@x> 1795190500 +0000\ndata 1\nx\nfrom ${CHECKPOINTS_REF}^0\n`
      + `M 100644 inline ${linkPath(commit, checkpointId(1)).replace(/json$/, 'unlink')}\ndata 2\n{}\n\n` })
    await one.git('push', '--quiet', 'origin', `${CHECKPOINTS_REF}:${CHECKPOINTS_REF}`)
    await fetchIn(two)
    assert.equal((await noteOf(two)).filter((line) => line.startsWith(checkpointId(1))), [])
    assert.is((await noteOf(two)).length, 3)
    remote.remove()
  })

  it('SYNC-07: come back when a fetch setting of the user has overwritten them', async () => {
    const { remote, one, two } = await makeThree()
    await initHome(two)
    await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await fetchIn(two)
    await addCheckpoint(two, { number: 2 })
    const mine = await noteOf(two)
    await two.git('fetch', '-q', '--prune', 'origin', '+refs/notes/*:refs/notes/*')
    assert.is((await noteOf(two)).length, 3, 'lost')
    const { warnings } = gathered(await fetchIn(two))
    assert.match(warnings.join(), 'a fetch had overwritten')
    assert.equal(await noteOf(two), mine)
    await two.git('update-ref', '-d', NOTES_REF)
    await fetchIn(two)
    assert.equal(await noteOf(two), mine)
    remote.remove()
  })
})

describe('epochs', (it) => {
  it('a purge elsewhere takes the content out of every ref here, and a clone behind does not bring it back', async () => {
    const { remote, one, two } = await makeThree()
    const dead = await addCheckpoint(one, { number: 1, prompt: 'the secret' })
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await fetchIn(two)
    await addCheckpoint(two, { number: 3 })
    const secret = await one.git('rev-parse', `${CHECKPOINTS_REF}:${checkpointPath(await one.git('rev-parse', 'HEAD') as Oid, dead)}/session.json`)
    await purgeHere(one, dead)
    assert.is(await pushFrom(one), 'published', 'the remote\'s tip of the lower epoch is replaced')
    assert.is(await pushFrom(two), 'published')
    await fetchIn(one)
    for (const each of [one, two, remote]) {
      assert.equal(await checkpointsIn(each), ids(2, 3))
      const reachable = await each.git('rev-list', '--objects', '--all')
      assert.not.match(reachable, secret)
      assert.is((await noteLines(each)).some((line) => line.includes('the secret')), false)
      assert.is(await each.git('cat-file', 'blob', `${CHECKPOINTS_REF}:.bitloops/epoch`), '1')
    }
    assert.is(await tips(one), await tips(two))
    remote.remove()
  })

  it('two purges at once are both kept, and neither history is', async () => {
    const { remote, one, two } = await makeThree()
    const [first, second] = [await addCheckpoint(one, { number: 1 }), await addCheckpoint(one, { number: 2 })]
    await addCheckpoint(one, { number: 3 })
    await pushFrom(one)
    await fetchIn(two)
    await purgeHere(one, first)
    await purgeHere(two, second)
    await pushFrom(one)
    assert.is(await pushFrom(two), 'published')
    await fetchIn(one)
    for (const each of [one, two, remote]) {
      assert.equal(await checkpointsIn(each), ids(3))
      const names = await each.git('rev-list', '--objects', '--all')
      for (const id of [first, second]) assert.not.match(names, `${id}/session.json`)
    }
    assert.is(await tips(one), await tips(two))
    remote.remove()
  })
})

describe('the index', (it) => {
  it('grows with each fetch, loses what was purged, and can be made anew', async () => {
    const { remote, one, two } = await makeThree()
    const store = await openLiveStore(join(two.root, '.git', 'bitloops'))
    const rows = (): readonly unknown[] => ['checkpoints', 'links', 'statements'].map((table) =>
      store.all(`SELECT * FROM ${table} ORDER BY 1, 2`))
    const known = (): readonly string[] => store.all<{ id: string }>('SELECT id FROM checkpoints ORDER BY id').map(({ id }) => id)
    const bring = (): Promise<Fetched> => inExchangeOf(two, (exchange) => fetch(exchange, 'origin'), { store })
    const dead = await addCheckpoint(one, { number: 1 })
    await pushFrom(one)
    await bring()
    assert.equal(known(), ids(1))
    await addCheckpoint(one, { number: 2 })
    await pushFrom(one)
    await bring()
    assert.equal(known(), ids(1, 2))
    await purgeHere(one, dead)
    await pushFrom(one)
    await bring()
    assert.equal(known(), ids(2))
    const grown = rows()
    await inExchangeOf(two, (exchange) => rebuildIndex({ ...exchange, store }))
    assert.equal(rows(), grown)
    assert.throws(() => { store.run('DELETE FROM checkpoints') }, /a checkpoint never changes/)
    store.close()
    remote.remove()
  })
})
