// Setting a repository up: what is written, what is left alone, and that a second time changes nothing.

import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { run as hook } from '../git-commands/hook.ts'
import { HOOK_FORMS } from '../src/agents/hook-forms.ts'
import { openRepository } from '../src/git/repository.ts'
import { equipWorktree } from '../src/init.ts'
import { hasAgentHooks } from '../src/model/agent-settings.ts'
import { codeOf, makeFresh, photograph, setUp } from './support/install.ts'
import { describe } from './support/suite.ts'

/** A record of time: git writes it when it reads the index. */
const volatile = (path: string): boolean => path === '.git/index'

describe('init', (it) => {
  for (const options of [{}, { objectFormat: 'sha256' }, { at: `it's "a"\nplace` }] as const) {
    it(`HOOK-01: changes no byte the second time, before the first commit (${JSON.stringify(options)})`, async () => {
      const { repository, program } = await makeFresh(options)
      assert.ok((await setUp(repository, program)).changed)
      const once = photograph(repository.root, volatile)
      const again = await setUp(repository, program)
      assert.not.ok(again.changed)
      assert.equal(photograph(repository.root, volatile), once)
      assert.equal(again.findings, [])
      repository.remove()
    })
  }

  it('keeps what is private out of sight, and what was recorded to the user alone', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program, { local: true })
    repository.write('.bitloops/checkpoints/v1/x/session.json', '{}')
    assert.is(await repository.git('status', '--porcelain'), '')
    assert.is(statSync(repository.bitloopsHome).mode & 0o777, 0o700)
    assert.is(statSync(join(repository.bitloopsHome, 'inbox', 'new')).mode & 0o777, 0o700)
    repository.remove()
  })

  it('shows one file to commit, and the checkpoints only when they are to be tracked', async () => {
    const { repository, program } = await makeFresh()
    await setUp(repository, program)
    repository.write('.bitloops/checkpoints/v1/x/session.json', '{}')
    assert.is(await repository.git('status', '--porcelain', '-uall'), '?? .bitloops/settings.json')
    const chosen = { directory: 'tracked', push: 'manual', remote: 'origin' } as const
    const { settings } = await setUp(repository, program, { chosen })
    assert.equal({ directory: settings.directory, push: settings.push, remote: settings.remote }, chosen)
    assert.match(await repository.git('status', '--porcelain', '-uall'), '.bitloops/checkpoints/v1/x/session.json')
    repository.remove()
  })

  it('does in a subdirectory what it does at the top', async () => {
    const { repository, program } = await makeFresh()
    mkdirSync(join(repository.root, 'deep/er'), { recursive: true })
    await setUp(repository, program, {}, join(repository.root, 'deep/er'))
    assert.ok(repository.exists('.claude/settings.local.json'))
    assert.ok(repository.exists('.bitloops/settings.json'))
    assert.not.ok(repository.exists('deep/er/.claude'))
    repository.remove()
  })

  it('gives all existing worktrees their agent hooks, and later ones by `equipWorktree`', async () => {
    const { repository, program } = await makeFresh()
    await repository.commit('Begin')
    const first = await repository.worktree('first')
    const result = await setUp(repository, program, {}, first.root)
    assert.equal([...result.worktrees].sort(), [first.root, repository.root].sort())
    const second = await repository.worktree('second')
    assert.not.ok(second.exists('.claude'))
    const place = await openRepository(second.root, second.env)
    assert.ok(await equipWorktree(place))
    assert.not.ok(await equipWorktree(place))
    for (const { read } of [repository, first, second]) {
      assert.ok(hasAgentHooks(read('.claude/settings.local.json'), HOOK_FORMS['claude-code']))
    }
    assert.is(await second.git('status', '--porcelain'), '')
    repository.remove()
  })

  it('HOOK-13: answers to `hook worktree`, which post-checkout calls, and only where init was run', async () => {
    const { repository, program } = await makeFresh()
    await repository.commit('Begin')
    const linked = await repository.worktree('linked')
    const call = (): Promise<number> => hook({
      cwd: linked.root, env: linked.env, isTerminal: false, canAsk: false, now: Date.now,
      ask: () => Promise.resolve(false),
      out: (text) => { throw new Error(text) }, err: (text) => { throw new Error(text) },
    }, ['worktree'])
    assert.is(await call(), 0)
    assert.not.ok(linked.exists('.claude'))
    await setUp(repository, program)
    rmSync(join(linked.root, '.claude'), { recursive: true })
    assert.is(await call(), 0)
    assert.ok(linked.exists('.claude/settings.local.json'))
    repository.remove()
  })

  it('writes shared agent hooks on request, and no private ones beside them', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.claude/settings.json', '{\n  // team\n  "model": "x"\n}\n')
    await setUp(repository, program, { project: true })
    await setUp(repository, program)
    assert.ok(hasAgentHooks(repository.read('.claude/settings.json'), HOOK_FORMS['claude-code']))
    assert.match(repository.read('.claude/settings.json'), '// team')
    assert.not.ok(repository.exists('.claude/settings.local.json'))
    repository.remove()
  })

  it('says what keeps agent hooks from working, and leaves a file alone that it cannot read', async () => {
    const { repository, program } = await makeFresh()
    repository.write('.claude/settings.local.json', '{ "hooks": [')
    const { findings } = await setUp(repository, program)
    assert.match(findings.join('\n'), 'settings.local.json was left alone: it is not a JSON object')
    repository.write('.claude/settings.local.json', '{ "disableAllHooks": true }')
    assert.match((await setUp(repository, program)).findings.join('\n'), '"disableAllHooks"')
    repository.remove()
  })

  it('HOOK-06: refuses a symbolic link and a read-only folder, and installs nothing by half', async () => {
    for (const spoil of [
      (root: string) => { symlinkSync('../../elsewhere', join(root, '.git/hooks/post-checkout')) },
      (root: string) => { chmodSync(join(root, '.git/hooks'), 0o555) },
      (root: string) => { mkdirSync(join(root, '.git/hooks/post-commit')) },
      (root: string) => { symlinkSync(tmpdir(), join(root, '.bitloops')) },
    ]) {
      const { repository, program } = await makeFresh()
      mkdirSync(join(repository.root, '.git/hooks'), { recursive: true })
      spoil(repository.root)
      const before = photograph(repository.root)
      assert.ok(['unsafe-file', 'cannot-write'].includes(await codeOf(setUp(repository, program))))
      assert.equal(photograph(repository.root), before)
      repository.remove()
    }
  })

  it('HOOK-06: takes everything back when writing fails half-way', async () => {
    const { repository, program } = await makeFresh()
    // A folder stands where the new text would be written before it takes its place.
    mkdirSync(join(repository.root, `.bitloops/settings.json.bitloops-${process.pid}/x`), { recursive: true })
    const before = photograph(repository.root)
    assert.is(await codeOf(setUp(repository, program)), 'cannot-write')
    assert.equal(photograph(repository.root), before)
    repository.remove()
  })

  it('HOOK-12: refuses a bare repository, the inside of .git and unknown agents, clearly', async () => {
    const bare = await makeFresh({ bare: true })
    const before = photograph(bare.repository.root)
    assert.is(await codeOf(setUp(bare.repository, bare.program)), 'no-worktree')
    assert.equal(photograph(bare.repository.root), before)
    const { repository, program } = await makeFresh()
    assert.is(await codeOf(setUp(repository, program, {}, join(repository.root, '.git'))), 'no-worktree')
    assert.is(await codeOf(setUp(repository, program, { agents: ['hal'] })), 'unknown-agent')
    assert.not.ok(existsSync(repository.bitloopsHome))
    bare.repository.remove()
    repository.remove()
  })
})
