// Snapshots of the working tree at the start and the end of turns.

import {
  readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readFindings } from '../../src/store/findings.ts'
import { pruneSnapshots, readSnapshots } from '../../src/store/snapshots.ts'
import { payloads } from '../support/recorder.ts'
import type { Recorder } from '../support/recorder.ts'
import { makeRepository } from '../support/repository.ts'
import { namesIn, rowsOf, withTurns } from '../support/snapshots.ts'
import { describe } from '../support/suite.ts'

const REFS = 'refs/bitloops/snapshots/'
const listTree = ({ repository }: Recorder, tree: string): Promise<string> => repository.git('ls-tree', '-r', tree)

describe('a snapshot', (it) => {
  for (const objectFormat of ['sha1', 'sha256'] as const) {
    it(`holds what a commit of everything would hold (${objectFormat})`, () => withTurns(async (recorder, told) => {
      const { repository } = recorder
      const { root } = repository
      await repository.commit('More', { '.gitignore': 'ignored\n', 'staged.ts': 's\n', 'dir/x': 'x\n', gone: 'g\n' })
      repository.write('staged.ts', 'staged\n')
      await repository.git('add', 'staged.ts')
      repository.write('staged.ts', 'staged and more\n')
      repository.write('later.ts', 'intended\n')
      await repository.git('add', '--intent-to-add', 'later.ts')
      rmSync(join(root, 'dir'), { recursive: true })
      repository.write('dir', 'a file now\n')
      await repository.git('rm', '--quiet', 'gone')
      repository.write('ignored', 'secret\n')
      repository.write('new "one".ts', 'new\n')
      symlinkSync('nowhere', join(root, 'link'))
      await repository.git('init', '--quiet', join(root, 'nested'))
      repository.write('nested/x', 'x\n')
      const index = readFileSync(join(root, '.git', 'index'))
      await recorder.tell(told.prompt('t1', 'One'))
      const [row] = rowsOf(recorder)
      assert.ok(readFileSync(join(root, '.git', 'index')).equals(index), 'the index is as it was')
      rmSync(join(root, 'nested'), { recursive: true })
      await repository.git('add', '--all')
      assert.is(await listTree(recorder, row!.tree), await repository.git('ls-tree', '-r',
        await repository.git('write-tree')))
      assert.equal(row!.leftOut, ['nested/'])
    }, { objectFormat }))
  }

  it('begins before the first commit', () => withTurns(async (recorder, told) => {
    recorder.repository.write('a.ts', 'a\n')
    await recorder.tell(told.prompt('t1', 'One'))
    recorder.repository.write('b.ts', 'b\n')
    await recorder.tell(told.stop('t1'))
    const [start, end] = rowsOf(recorder)
    assert.equal(await namesIn(recorder, start!.tree), ['a.ts'])
    assert.equal(await namesIn(recorder, end!.tree), ['a.ts', 'b.ts'])
  }, { files: null }))

  it('takes a conflicted file as it lies there', () => withTurns(async (recorder, told) => {
    const { repository } = recorder
    await repository.git('switch', '--quiet', '-c', 'other')
    await repository.commit('Theirs', { 'a.ts': 'theirs\n' })
    await repository.git('switch', '--quiet', 'main')
    await repository.commit('Ours', { 'a.ts': 'ours\n' })
    await repository.tryGit('merge', 'other')
    await recorder.tell(told.prompt('t1', 'One'))
    assert.is(`${await repository.git('show', `${rowsOf(recorder)[0]!.tree}:a.ts`)}\n`, repository.read('a.ts'))
    assert.ok((await repository.git('ls-files', '--unmerged')).length > 0)
  }))

  it('of an unchanged worktree is the same, and writes nothing', () => withTurns(async (recorder, told) => {
    const { repository } = recorder
    repository.write('dirty.ts', 'dirty\n')
    await recorder.tell(told.prompt('t1', 'One'))
    const before = await repository.git('count-objects')
    const refs = await repository.git('for-each-ref', REFS)
    for (const turn of ['t1', 't2', 't3']) await recorder.tell(told.stop(turn), told.prompt(`${turn}+`, 'Next'))
    assert.is(new Set(rowsOf(recorder).map(({ tree }) => tree)).size, 1)
    assert.is(await repository.git('count-objects'), before)
    assert.is(await repository.git('for-each-ref', REFS), refs)
  }))

  it('follows files that come, change, are ignored and go, turn by turn', () => withTurns(async (recorder, told) => {
    const { repository } = recorder
    const steps: (() => void | Promise<unknown>)[] = [
      () => repository.write('x', '1\n'), () => repository.write('x', '2\n'),
      () => repository.write('.gitignore', 'x\n'), () => repository.write('a.ts', 'changed\n'),
      () => repository.write('a.ts', 'a\n'), () => rmSync(join(repository.root, '.gitignore')),
      () => repository.git('add', 'x'), () => rmSync(join(repository.root, 'b.ts')),
      () => repository.commit('Some', { 'c.ts': 'c\n' }), () => repository.git('reset', '--quiet', '--hard'),
      () => { repository.write('x', 'x\n'); repository.write('dir/x', 'x\n') },
      () => { rmSync(join(repository.root, 'dir/x')); rmSync(join(repository.root, 'x')) },
      () => {
        rmSync(join(repository.root, 'dir'), { recursive: true })
        symlinkSync('.', join(repository.root, 'dir'))
      },
    ]
    for (const [at, step] of steps.entries()) {
      await step()
      await recorder.tell(told.prompt(`t${at}`, 'Go on'))
      const copy = join(repository.root, '.git', 'copy')
      const env = { GIT_INDEX_FILE: copy }
      await repository.sh('cp .git/index .git/copy && git add --all', { env })
      const { stdout } = await repository.sh('git write-tree', { env })
      assert.is(rowsOf(recorder).at(-1)!.tree, stdout.trim(), `after step ${at + 1}`)
    }
  }))

  it('keeps what a sparse checkout leaves out, and runs the filters of the repository', () => withTurns(
    async (recorder, told) => {
      const { repository } = recorder
      await repository.git('config', 'filter.turned.clean', 'tr a-z b-za')
      await repository.commit('More', { 'far/x': 'x\n', 'near/y': 'y\n', '.gitattributes': '*.turned filter=turned\n' })
      await repository.git('sparse-checkout', 'set', 'near')
      assert.not.ok(repository.exists('far/x'))
      repository.write('near/new.turned', 'abc\n')
      await recorder.tell(told.prompt('t1', 'One'))
      const { tree } = rowsOf(recorder)[0]!
      assert.ok((await namesIn(recorder, tree)).includes('far/x'))
      assert.is(await repository.git('cat-file', 'blob', `${tree}:near/new.turned`), 'bcd')
    }))

  it('is no commit, travels with no push, and survives git gc', () => withTurns(async (recorder, told) => {
    const { repository } = recorder
    const remote = await makeRepository({ beside: repository, bare: true, at: 'remote.git' })
    await repository.git('remote', 'add', 'origin', remote.root)
    repository.write('new.ts', 'new\n')
    await recorder.tell(told.prompt('t1', 'One'), told.stop('t1'))
    await repository.git('push', '--quiet', '--all')
    await repository.git('push', '--quiet', '--tags')
    assert.is(await remote.git('for-each-ref', 'refs/bitloops/'), '')
    assert.not.match(await repository.git('log', '--all', '--format=%D %s'), /bitloops/)
    await repository.git('gc', '--quiet', '--prune=now')
    assert.ok((await namesIn(recorder, rowsOf(recorder)[0]!.tree)).includes('new.ts'))
    assert.is(await repository.git('fsck', '--no-dangling'), '')
  }))

  it('leaves no file behind but its own memory', () => withTurns(async (recorder, told) => {
    recorder.repository.write('new.ts', 'new\n')
    await recorder.tell(told.prompt('t1', 'One'), told.stop('t1'))
    const folder = join(recorder.context.repository.home, 'snapshots')
    assert.equal(readdirSync(folder).sort(), ['main.index', 'main.json'])
    assert.is(statSync(folder).mode & 0o077, 0)
  }))

  it('that cannot be made is told: too much in the worktree, or git fails', () => withTurns(async (recorder, told) => {
    const { repository, store } = recorder
    const reasons = (): readonly string[] => readFindings(store)
      .map(({ kind, what, detail, count }) => `${kind} ${what === repository.root} ${count}: ${detail}`)
    const large = Array.from({ length: 6 }, (_, number) => join(repository.root, `large-${number}`))
    for (const path of large) {
      writeFileSync(path, '')
      truncateSync(path, 99 * 1024 * 1024)
    }
    await recorder.tell(told.prompt('t1', 'One'))
    assert.equal(reasons(), ['snapshot true 1: too much is changed or untracked'])
    for (const path of large) rmSync(path)
    await repository.git('config', 'filter.broken.clean', 'false')
    await repository.git('config', 'filter.broken.required', 'true')
    repository.write('.gitattributes', '*.broken filter=broken\n')
    repository.write('new.broken', 'text\n')
    await recorder.tell(told.stop('t1'))
    assert.match(reasons()[0]!, /^snapshot true 2: git \S+ failed/)
    assert.equal(rowsOf(recorder), [])
  }))

  it('goes with its age and number', () => withTurns(async (recorder, told) => {
    const { repository, store, context } = recorder
    await recorder.tell(told.prompt('t1', 'One'))
    repository.write('new.ts', 'new\n')
    await recorder.tell(told.stop('t1'))
    const day = 24 * 3_600_000
    store.run(`UPDATE snapshots SET at = at - ? WHERE moment = 'start'`, 20 * day)
    await pruneSnapshots(store, context.repository, Date.now())
    assert.is(rowsOf(recorder).length, 2)
    await pruneSnapshots(store, context.repository, Date.now() + 15 * day)
    assert.equal(rowsOf(recorder).map(({ moment }) => moment), ['end'])
    const ref = (await repository.git('for-each-ref', '--format=%(refname)', REFS))
    assert.is((await repository.git('ls-tree', '--name-only', ref)).split('\n').length, 1)
    await pruneSnapshots(store, context.repository, Date.now() + 90 * day)
    assert.is(await repository.git('for-each-ref', REFS), '')
  }))

  it('is of the worktree that the session works in', () => withTurns(async (recorder) => {
    const linked = await recorder.repository.worktree('linked')
    linked.write('here.ts', 'here\n')
    const told = payloads(linked.root)
    recorder.hook(told.prompt('t1', 'One'), linked.root)
    await recorder.record()
    const [row] = readSnapshots(recorder.store, linked.root)
    assert.ok((await namesIn(recorder, row!.tree)).includes('here.ts'))
    assert.match(await recorder.repository.git('for-each-ref', REFS), /snapshots\/worktrees\/linked\//)
  }))
})
