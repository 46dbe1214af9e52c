// Taking git-bitloops out of a repository again: what is given back byte for byte, and what is kept.

import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { disable } from '../src/enable.ts'
import { openRepository } from '../src/git/repository.ts'
import { equipWorktree } from '../src/init.ts'
import { uninstall } from '../src/uninstall.ts'
import type { UninstallResult } from '../src/uninstall.ts'
import { makeProgram, photograph, setUp } from './support/install.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const NOTHING: UninstallResult = { changed: false, restored: [], removed: [], dataRemoved: false, left: [] }

const takeOut = async (repository: TestRepository, data = false): Promise<UninstallResult> =>
  await uninstall(await openRepository(repository.root, repository.env), { data })

type Files = Readonly<Record<string, string | Uint8Array>>

async function makeWith(files: Files, prepare: (root: string) => void = () => {}): Promise<TestRepository> {
  const repository = await makeRepository()
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(repository.root, path)), { recursive: true })
    writeFileSync(join(repository.root, path), bytes)
    if (path.includes('/hooks/')) chmodSync(join(repository.root, path), 0o755)
  }
  prepare(repository.root)
  return repository
}

const BEFORE: Readonly<Record<string, Files>> = {
  'a fresh repository': {},
  'hooks of all sorts': {
    '.git/hooks/post-commit': '#!/bin/bash\nset -e\nexit 3',
    '.git/hooks/post-checkout': '#!/usr/bin/env python3\nprint(1)\n',
    '.git/hooks/pre-push': '#!/bin/sh\ncat\n',
  },
  'hooks with odd bytes': {
    '.git/hooks/post-commit': '\ufeff#!/bin/sh\r\nx\r\n',
    '.git/hooks/post-checkout': new Uint8Array([127, 69, 76, 70, 0, 255, 10]),
  },
  'an empty hook and one that is only begun': { '.git/hooks/post-commit': '', '.git/hooks/post-checkout': '#!/bin/sh' },
  'exclude without a final newline': { '.git/info/exclude': '*.o' },
  'an empty exclude': { '.git/info/exclude': '' },
  'agent settings with comments': { '.claude/settings.local.json': '{\n\t"a": [1,2], // one\n\t"hooks": {}\n}' },
  'agent settings on one line': { '.claude/settings.local.json': '{"hooks":{"Stop":[]},"b":{}}' },
  'empty agent settings': { '.claude/settings.local.json': '{}' },
  'an empty file for agent settings': { '.claude/settings.local.json': '' },
  'settings of git-bitloops': { '.bitloops/settings.json': '{ "directory": "off" }' },
}

describe('uninstall', (it) => {
  for (const [name, files] of Object.entries(BEFORE)) {
    it(`HOOK-05: gives back ${name}, byte for byte`, async () => {
      const repository = await makeWith(files)
      const before = photograph(repository.root)
      const program = makeProgram(repository.sandbox.folder)
      await setUp(repository, program)
      assert.not.equal(photograph(repository.root), before)
      await setUp(repository, program, { local: true, chosen: { directory: 'tracked' } })
      await disable(await openRepository(repository.root, repository.env), 'local', 0)
      const result = await takeOut(repository)
      assert.ok(result.changed)
      assert.equal(photograph(repository.root), before)
      assert.not.ok((await takeOut(repository)).changed)
      repository.remove()
    })
  }

  it('gives back repositories without hooks and info folders', async () => {
    const repository = await makeWith({}, (root) => {
      for (const name of ['hooks', 'info']) rmSync(join(root, '.git', name), { recursive: true, force: true })
    })
    const before = photograph(repository.root)
    await setUp(repository, makeProgram(repository.sandbox.folder))
    await takeOut(repository)
    assert.equal(photograph(repository.root), before)
    repository.remove()
  })

  it('leaves modes as they were', async () => {
    const files = { '.git/hooks/post-commit': '#!/bin/sh\n:\n', '.claude/settings.local.json': '{}' }
    const repository = await makeWith(files, (root) => {
      chmodSync(join(root, '.git/hooks/post-commit'), 0o711)
      chmodSync(join(root, '.claude/settings.local.json'), 0o600)
    })
    const before = photograph(repository.root)
    await setUp(repository, makeProgram(repository.sandbox.folder))
    assert.match(photograph(repository.root)['.git/hooks/post-commit']!, /^711 /)
    await takeOut(repository)
    assert.equal(photograph(repository.root), before)
    repository.remove()
  })

  it('takes only its own part out of what others have changed since', async () => {
    const repository = await makeWith({ '.claude/settings.local.json': '{\n  "a": 1\n}\n' })
    await setUp(repository, makeProgram(repository.sandbox.folder))
    const settings = repository.read('.claude/settings.local.json')
    repository.write('.claude/settings.local.json', settings.replace('"a": 1', '"a": 2'))
    repository.write('.git/info/exclude', `${repository.read('.git/info/exclude')}*.later\n`)
    repository.write('.git/hooks/post-commit', `${repository.read('.git/hooks/post-commit')}echo later\n`)
    await setUp(repository, makeProgram(repository.sandbox.folder))
    await takeOut(repository)
    assert.is(repository.read('.claude/settings.local.json'), '{\n  "a": 2\n}\n')
    assert.match(repository.read('.git/info/exclude'), /\*\.later\n$/)
    assert.not.match(repository.read('.git/info/exclude'), 'bitloops')
    assert.is(repository.read('.git/hooks/post-commit'), '#!/bin/sh\necho later\n')
    repository.remove()
  })

  it('leaves settings that are in Git, or that the user has edited', async () => {
    const repository = await makeWith({})
    await setUp(repository, makeProgram(repository.sandbox.folder))
    await repository.git('add', '.bitloops/settings.json')
    await repository.git('commit', '-qm', 'Share settings')
    const result = await takeOut(repository)
    assert.match(result.left.join('\n'), 'settings.json is in Git')
    assert.is(await repository.git('status', '--porcelain'), '')
    repository.remove()
  })

  it('reaches all worktrees', async () => {
    const repository = await makeWith({})
    await repository.commit('Begin')
    const first = await repository.worktree('first')
    await setUp(repository, makeProgram(repository.sandbox.folder))
    const second = await repository.worktree('second')
    await equipWorktree(await openRepository(second.root, second.env))
    await takeOut(second)
    for (const { exists } of [repository, first, second]) assert.not.ok(exists('.claude'))
    repository.remove()
  })

  it('works after the repository was moved, and without its record', async () => {
    const repository = await makeWith({ '.claude/settings.local.json': '{"a":1}' })
    const before = photograph(repository.root)
    await setUp(repository, makeProgram(repository.sandbox.folder))
    rmSync(join(repository.bitloopsHome, 'installed.json'))
    await takeOut(repository)
    assert.equal(JSON.parse(repository.read('.claude/settings.local.json')), { a: 1 })
    const left = (path: string): boolean => path.startsWith('.claude') || path.startsWith('.bitloops')
    const kept = Object.fromEntries(Object.entries(before).filter(([path]) => !left(path)))
    assert.equal(photograph(repository.root, left), kept)

    repository.write('.claude/settings.local.json', '{"a":1}')
    rmSync(join(repository.root, '.bitloops'), { recursive: true })
    await setUp(repository, makeProgram(repository.sandbox.folder))
    await repository.sh('mv project moved', { cwd: repository.sandbox.folder })
    const moved = join(repository.sandbox.folder, 'moved')
    await uninstall(await openRepository(moved, repository.env), { data: false })
    assert.equal(photograph(moved), before)
    repository.remove()
  })

  it('keeps what was recorded, and removes it with --data', async () => {
    const repository = await makeWith({})
    const before = photograph(repository.root, (path) => /^\.git\/(objects|logs)/.test(path))
    const program = makeProgram(repository.sandbox.folder)
    await setUp(repository, program)
    writeFileSync(join(repository.bitloopsHome, 'live.db'), 'precious')
    writeFileSync(join(repository.bitloopsHome, 'inbox/new/1'), 'delivered')
    repository.write('.bitloops/checkpoints/v1/x/session.json', '{}')
    const kept = await takeOut(repository)
    assert.equal(kept.left, [repository.bitloopsHome, join(repository.root, '.bitloops/checkpoints')]
      .map((path) => `${path} keeps what was recorded (--data removes it)`))
    assert.ok(existsSync(join(repository.bitloopsHome, 'live.db')))
    assert.ok(existsSync(join(repository.bitloopsHome, 'inbox/new/1')))
    assert.ok(repository.exists('.bitloops/checkpoints/v1/x/session.json'))

    await setUp(repository, program)
    await repository.sh('tree=$(git mktree </dev/null); ' +
      'for ref in bitloops/checkpoints bitloops/tmp/a notes/bitloops heads/mine; do ' +
      'git update-ref refs/$ref $(git commit-tree -m x $tree); done')
    assert.ok((await takeOut(repository, true)).dataRemoved)
    assert.is(await repository.git('for-each-ref', '--format=%(refname)'), 'refs/heads/mine')
    await repository.git('update-ref', '-d', 'refs/heads/mine')
    const gone = /^\.git\/(objects|logs|refs\/notes|refs\/bitloops)/
    assert.equal(photograph(repository.root, (path) => gone.test(path)), before)
    repository.remove()
  })

  it('finds nothing to do where nothing was set up', async () => {
    const repository = await makeWith({})
    const before = photograph(repository.root)
    assert.equal(await takeOut(repository), NOTHING)
    assert.equal(photograph(repository.root), before)
    repository.remove()
  })
})
