// RWD: what a rewind leaves alone: the index, repositories inside, HEAD, and the work of others.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { payloads } from './support/recorder.ts'
import { contentOf, indexOf, timeOf, withRewinder } from './support/rewinding.ts'
import { describe } from './support/suite.ts'

const OTHER = '22222222-2222-4222-8222-222222222222'

describe('rewind', (it) => {
  it('RWD-10 keeps what is staged, and says where the index was changed since', () => withRewinder(
    async (rewinder) => {
      const { repository } = rewinder
      repository.write('b.ts', 'staged\n')
      await repository.git('add', 'b.ts')
      repository.write('b.ts', 'staged, and more\n')
      await rewinder.turn('t1', () => repository.write('a.ts', 'changed\n'))
      const before = { files: contentOf(repository.root), index: indexOf(repository.root) }
      await rewinder.rewind('t1', 'before')
      assert.is(await repository.git('show', ':b.ts'), 'staged')
      assert.is(repository.read('b.ts'), 'staged, and more\n')
      await rewinder.undo()
      assert.equal({ files: contentOf(repository.root), index: indexOf(repository.root) }, before)
      await rewinder.rewind('t1', 'before')
      await repository.git('add', 'b.ts')
      await rewinder.undo()
      assert.is(await repository.git('show', ':b.ts'), 'staged, and more', 'what was staged since stays')
    }))

  it('RWD-11 leaves repositories and worktrees inside alone', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', async () => {
      repository.write('a.ts', 'changed\n')
      await repository.git('worktree', 'add', '--quiet', '-b', 'inner', join(repository.root, 'inner'))
      await repository.git('init', '--quiet', join(repository.root, 'nested'))
      repository.write('nested/x.ts', 'x\n')
      repository.write('inner/y.ts', 'y\n')
    })
    const nested = contentOf(repository.root, 'nested')
    const inner = contentOf(repository.root, 'inner')
    await rewinder.rewind('t1', 'before')
    assert.is(repository.read('a.ts'), 'a\n')
    assert.equal(contentOf(repository.root, 'nested'), nested)
    assert.equal(contentOf(repository.root, 'inner'), inner)
  }))

  it('RWD-12 writes only what differs', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    const paths = Array.from({ length: 200 }, (_, at) => `many/f${at}.txt`)
    await repository.commit('Many', Object.fromEntries(paths.map((path) => [path, `${path}\n`])))
    await rewinder.turn('t1', () => { for (const path of paths.slice(0, 3)) repository.write(path, 'changed\n') })
    const times = paths.slice(3).map((path) => timeOf(repository.root, path))
    const { written, deleted } = await rewinder.rewind('t1', 'before')
    assert.equal([written, deleted], [3, 0])
    assert.equal(paths.slice(3).map((path) => timeOf(repository.root, path)), times)
  }))

  it('RWD-14 restores files of a turn that was committed and moves HEAD only when asked', () => withRewinder(
    async (rewinder) => {
      const { repository } = rewinder
      const first = await repository.git('rev-parse', 'HEAD')
      await rewinder.turn('t1', async () => {
        await repository.commit('By the agent', { 'a.ts': 'committed\n', 'new.ts': 'new\n' })
      })
      const head = await repository.git('rev-parse', 'HEAD')
      const before = { files: contentOf(repository.root), index: indexOf(repository.root) }
      await rewinder.rewind('t1', 'before')
      assert.is(await repository.git('rev-parse', 'HEAD'), head)
      assert.is(repository.read('a.ts'), 'a\n')
      assert.not.ok(repository.exists('new.ts'))
      await rewinder.undo()
      await rewinder.rewind('t1', 'before', { reset: true })
      assert.is(await repository.git('rev-parse', 'HEAD'), first)
      assert.is(await repository.git('symbolic-ref', 'HEAD'), 'refs/heads/main')
      assert.is(await repository.git('status', '--porcelain'), '')
      assert.equal(await rewinder.undo(), [])
      assert.is(await repository.git('rev-parse', 'HEAD'), head)
      assert.equal({ files: contentOf(repository.root), index: indexOf(repository.root) }, before)
    }))

  it('RWD-15 touches only the files of its session, and refuses where both wrote', () => withRewinder(
    async (rewinder) => {
      const { recorder, repository } = rewinder
      const told = payloads(repository.root)
      const others = payloads(repository.root, OTHER)
      const write = async (by: ReturnType<typeof payloads>, turn: string, path: string, text: string) => {
        repository.write(path, text)
        await recorder.tell(by.write(turn, `${turn}-${path}`, join(repository.root, path), text))
      }
      await recorder.tell(told.prompt('t1', 'One'))
      await recorder.tell(others.prompt('u1', 'Two'))
      await write(told, 't1', 'mine.ts', 'mine\n')
      await write(others, 'u1', 'theirs.ts', 'theirs\n')
      await write(told, 't1', 'both.ts', 'mine\n')
      await write(others, 'u1', 'both.ts', 'theirs\n')
      await recorder.tell(told.stop('t1'))
      await recorder.tell(others.stop('u1'))
      const plan = await rewinder.plan('t1', 'before')
      assert.equal(plan.deletions.map(({ path }) => path), ['mine.ts'])
      assert.equal(plan.kept, [{ path: 'theirs.ts', why: 'other-session', sessions: [OTHER] }])
      assert.equal(plan.conflicts, [{ path: 'both.ts', why: 'other-session', by: [OTHER] }])
    }))

  it('RWD-16 goes back after git gc', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => repository.write('a.ts', 'one\n'))
    await rewinder.turn('t2', () => repository.write('a.ts', 'two\n'))
    await repository.commit('Later', { 'a.ts': 'three\n' })
    await repository.git('reflog', 'expire', '--expire=now', '--all')
    await repository.git('gc', '--quiet', '--prune=now')
    await rewinder.rewind('t1', 'after', { force: true })
    assert.is(repository.read('a.ts'), 'one\n')
    assert.ok(existsSync(repository.root))
  }))
})
