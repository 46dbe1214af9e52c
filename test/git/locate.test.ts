// The worktree of a path, as git sees it.

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openLocator } from '../../src/git/locate.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

async function withRepository(work: (repository: TestRepository) => Promise<void> | void): Promise<void> {
  const repository = await makeRepository()
  await repository.commit('Begin', { 'a/b.ts': 'x\n' })
  try {
    await work(repository)
  } finally {
    repository.remove()
  }
}

const pathOf = (file: string): unknown => {
  const place = openLocator().findPlace(file)
  return place === undefined ? undefined : [place.root, place.path]
}

describe('findPlace', (it) => {
  it('agrees with git about roots and common folders, in main and linked worktrees and submodules',
    () => withRepository(async (repository) => {
    const linked = await repository.worktree('linked')
    await repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repository.root, 'sub')
    for (const root of [repository.root, linked.root, join(repository.root, 'sub')]) {
      const place = openLocator().findPlace(join(root, 'a/b.ts'))!
      const said = await repository.git('-C', root, 'rev-parse', '--path-format=absolute', '--show-toplevel',
        '--git-common-dir')
      assert.equal([place.root, place.commonDir], said.split('\n'))
      assert.is(place.path, 'a/b.ts')
    }
  }))

  it('finds files that are not there, in folders that are not there', () => withRepository(({ root }) => {
    assert.equal(pathOf(join(root, 'no/such/folder/file.ts')), [root, 'no/such/folder/file.ts'])
  }))

  it('follows symbolic links, of folders and of files', () => withRepository(({ root }) => {
    symlinkSync('a', join(root, 'alias'))
    symlinkSync('a/b.ts', join(root, 'link.ts'))
    symlinkSync('loop', join(root, 'loop'))
    symlinkSync(root, join(root, '..', 'from-outside'))
    assert.equal(pathOf(join(root, 'alias/b.ts')), [root, 'a/b.ts'])
    assert.equal(pathOf(join(root, 'link.ts')), [root, 'a/b.ts'])
    assert.equal(pathOf(join(root, '../from-outside/a/b.ts')), [root, 'a/b.ts'])
    assert.equal(pathOf(join(root, 'loop')), [root, 'loop'])
  }))

  it('knows no place outside, inside .git, of the root itself, or of a relative path',
    () => withRepository(({ root }) => {
    const files = [join(root, '../x'), join(root, '.git/config'), join(root, 'a/.git/x'), root, 'a/b.ts', '/']
    assert.equal(files.map(pathOf), files.map(() => undefined))
  }))

  it('is not fooled by a .git that is no repository', () => withRepository(({ root }) => {
    mkdirSync(join(root, 'a/.git'))
    assert.equal(pathOf(join(root, 'a/b.ts')), [root, 'a/b.ts'])
    rmSync(join(root, 'a/.git'), { recursive: true })
    writeFileSync(join(root, 'a/.git'), 'gitdir: nowhere\n')
    assert.equal(pathOf(join(root, 'a/b.ts')), [root, 'a/b.ts'])
  }))
})
