// RWD: what a rewind does to files.

import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync }
  from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { BitloopsError } from '../src/errors.ts'
import { listRewindable } from '../src/rewind.ts'
import { contentOf, indexOf, withRewinder } from './support/rewinding.ts'
import { describe, rejects } from './support/suite.ts'

describe('rewind', (it) => {
  it('RWD-01 brings worktree and index back byte for byte by undo', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => {
      repository.write('a.ts', 'changed\n')
      repository.write('made/new.ts', 'new\n')
      rmSync(join(repository.root, 'b.ts'))
    })
    chmodSync(join(repository.root, 'made/new.ts'), 0o640)
    await repository.git('add', 'a.ts')
    const before = { files: contentOf(repository.root), index: indexOf(repository.root) }
    await rewinder.rewind('t1', 'before')
    assert.equal(contentOf(repository.root), { 'a.ts': '644 a\n', 'b.ts': '644 b\n' })
    await repository.git('status')
    assert.equal(await rewinder.undo(), [])
    assert.equal(contentOf(repository.root), before.files)
    assert.ok(indexOf(repository.root) === before.index)
  }))

  it('RWD-02 lists and plans without changing anything', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => repository.write('a.ts', 'one\n'))
    await rewinder.turn('t2', () => {
      repository.write('made.ts', 'new\n')
      rmSync(join(repository.root, 'b.ts'))
    })
    const before = { files: contentOf(repository.root), index: indexOf(repository.root) }
    const sessions = await listRewindable(await rewinder.context())
    assert.equal(sessions.map(({ turns }) => turns.map((turn) =>
      [turn.number, turn.prompt, turn.before?.state, turn.after?.state])),
    [[[1, 'Do t1', 'exact', 'exact'], [2, 'Do t2', 'exact', 'exact']]])
    const plan = await rewinder.plan('t1')
    assert.equal(plan.writes.map(({ path }) => path), ['b.ts'])
    assert.equal(plan.deletions.map(({ path }) => path), ['made.ts'])
    assert.equal([plan.kept, plan.conflicts], [[], []])
    assert.equal({ files: contentOf(repository.root), index: indexOf(repository.root) }, before)
  }))

  it('RWD-03 leaves ignored files alone', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await repository.commit('Ignore', { '.gitignore': 'node_modules/\n.env\n' })
    await rewinder.turn('t1', () => {
      repository.write('node_modules/x/index.js', 'x\n')
      repository.write('.env', 'KEY=1\n')
      repository.write('a.ts', 'changed\n')
    })
    await rewinder.rewind('t1', 'before')
    assert.is(repository.read('a.ts'), 'a\n')
    assert.is(repository.read('node_modules/x/index.js'), 'x\n')
    assert.is(repository.read('.env'), 'KEY=1\n')
  }))

  it('RWD-03 leaves files alone that were ignored then, and those that are now', () => withRewinder(
    async (rewinder) => {
      const { repository } = rewinder
      await repository.commit('Ignore', { '.gitignore': '.env\n' })
      repository.write('.env', 'KEY=1\n')
      repository.write('later', 'untracked then\n')
      await rewinder.turn('t1', () => {
        repository.write('.gitignore', 'later\n')
        repository.write('later', 'ignored now\n')
      })
      const plan = await rewinder.plan('t1', 'before')
      assert.equal(plan.kept, [{ path: '.env', why: 'ignored' }, { path: 'later', why: 'ignored' }])
      await rewinder.rewind('t1', 'before')
      assert.is(repository.read('.gitignore'), '.env\n')
      assert.is(repository.read('.env'), 'KEY=1\n')
      assert.is(repository.read('later'), 'ignored now\n')
    }))

  it('RWD-04 refuses what the user edited since, and saves it when forced', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => {
      repository.write('a.ts', 'agent\n')
      repository.write('b.ts', 'agent\n')
    })
    repository.write('a.ts', 'agent, and user\n')
    repository.write('mine.ts', 'user\n')
    const before = contentOf(repository.root)
    const plan = await rewinder.plan('t1', 'before')
    assert.equal(plan.conflicts, [
      { path: 'a.ts', why: 'changed-since', by: [] }, { path: 'mine.ts', why: 'changed-since', by: [] },
    ])
    const error = await rejects(rewinder.rewind('t1', 'before'))
    assert.ok(error instanceof BitloopsError)
    assert.equal(contentOf(repository.root), before)
    await rewinder.rewind('t1', 'before', { keep: ['mine.ts'], force: true })
    assert.equal(contentOf(repository.root), { 'a.ts': '644 a\n', 'b.ts': '644 b\n', 'mine.ts': '644 user\n' })
    await rewinder.undo()
    assert.equal(contentOf(repository.root), before)
  }))

  it('RWD-04 refuses what the user edited between two turns', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => repository.write('a.ts', 'one\n'))
    repository.write('a.ts', 'one, and user\n')
    await rewinder.turn('t2', () => repository.write('a.ts', 'one, and user, and two\n'))
    assert.equal((await rewinder.plan('t2', 'before')).conflicts, [])
    assert.equal((await rewinder.plan('t1', 'before')).conflicts.map(({ path }) => path), ['a.ts'])
  }))

  it('RWD-05 goes to any turn, forth and back', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    const states: Record<string, string>[] = []
    for (const turn of ['t1', 't2', 't3']) {
      await rewinder.turn(turn, () => {
        repository.write('a.ts', `${turn}\n`)
        repository.write(`${turn}/made.ts`, `${turn}\n`)
        if (turn === 't2') rmSync(join(repository.root, 't1'), { recursive: true })
      })
      states.push(contentOf(repository.root))
    }
    for (const turn of [3, 1, 2, 3, 1]) {
      await rewinder.rewind(`t${turn}`)
      assert.equal(contentOf(repository.root), states[turn - 1], `turn ${turn}`)
    }
  }))

  it('RWD-06 brings a deleted file back, and deletes it again', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => rmSync(join(repository.root, 'a.ts')))
    await rewinder.rewind('t1', 'before')
    assert.ok(repository.exists('a.ts'))
    await rewinder.rewind('t1', 'after')
    assert.not.ok(repository.exists('a.ts'))
  }))

  it('RWD-07 restores modes and links, and writes nothing outside', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    const { root } = repository
    const outside = join(repository.sandbox.folder, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'x.ts'), 'outside\n')
    chmodSync(join(root, 'a.ts'), 0o755)
    symlinkSync('a.ts', join(root, 'link'))
    repository.write('dir/x.ts', 'inside\n')
    await rewinder.turn('t1', () => {
      chmodSync(join(root, 'a.ts'), 0o644)
      rmSync(join(root, 'link'))
      repository.write('link', 'a file\n')
      rmSync(join(root, 'dir'), { recursive: true })
      symlinkSync(outside, join(root, 'dir'))
      symlinkSync('/etc/hosts', join(root, 'far'))
    })
    await rewinder.rewind('t1', 'before')
    assert.is(lstatSync(join(root, 'a.ts')).mode & 0o111, 0o111)
    assert.is(readlinkSync(join(root, 'link')), 'a.ts')
    assert.is(repository.read('dir/x.ts'), 'inside\n')
    assert.ok(lstatSync(join(root, 'dir')).isDirectory())
    await rewinder.rewind('t1', 'after')
    assert.is(readlinkSync(join(root, 'dir')), outside)
    assert.is(readlinkSync(join(root, 'far')), '/etc/hosts')
    assert.is(readFileSync(join(outside, 'x.ts'), 'utf8'), 'outside\n')
  }))

  it('RWD-08 writes what a checkout would write', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    const { root } = repository
    await repository.git('config', 'core.autocrlf', 'true')
    await repository.git('config', 'filter.turned.clean', 'tr a-z b-za')
    await repository.git('config', 'filter.turned.smudge', 'tr b-za a-z')
    await repository.commit('Attributes', {
      '.gitattributes': '*.turned filter=turned -text\n', 'x.turned': 'abc\n', 'crlf.txt': 'one\r\ntwo\r\n',
    })
    await rewinder.turn('t1', () => {
      repository.write('x.turned', 'xyz\n')
      repository.write('crlf.txt', 'one\r\ntwo\r\nthree\r\n')
      repository.write('.gitattributes', '*.turned -text\n')
    })
    await rewinder.rewind('t1', 'before')
    assert.is(repository.read('x.turned'), 'abc\n')
    assert.is(repository.read('crlf.txt'), 'one\r\ntwo\r\n')
    assert.is(await repository.git('status', '--porcelain'), '')
    await rewinder.rewind('t1', 'after')
    assert.is(readFileSync(join(root, 'x.turned'), 'utf8'), 'xyz\n')
    assert.is(repository.read('crlf.txt'), 'one\r\ntwo\r\nthree\r\n')
  }))

  it('RWD-09 does the same from a subdirectory', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    await rewinder.turn('t1', () => {
      repository.write('a.ts', 'changed\n')
      repository.write('deep/er/x.ts', 'x\n')
    })
    const { applyRewind, planRewind } = await import('../src/rewind.ts')
    const context = await rewinder.context(join(repository.root, 'deep/er'))
    const { snapshot } = await rewinder.point('t1', 'before')
    await applyRewind(context, await planRewind(context, snapshot, { keep: [], force: false, reset: false }))
    assert.equal(contentOf(repository.root), { 'a.ts': '644 a\n', 'b.ts': '644 b\n' })
  }))
})
