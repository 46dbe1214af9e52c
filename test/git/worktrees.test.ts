// The worktrees of a repository, as git lists them.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listWorktrees, parseWorktrees } from '../../src/git/worktrees.ts'
import { makeFresh } from '../support/install.ts'
import { describe } from '../support/suite.ts'

describe('listWorktrees', (it) => {
  it('tells heads, branches and odd paths', async () => {
    const { repository } = await makeFresh({ at: 'new\nline' })
    const none = await listWorktrees({ cwd: repository.root, env: repository.env })
    assert.equal(none, [{ path: repository.root, branch: 'refs/heads/main', bare: false, prunable: false }])
    const head = await repository.commit('Begin')
    await repository.git('worktree', 'add', '-q', '--detach', '../gone')
    rmSync(join(repository.root, '../gone'), { recursive: true })
    const [, gone] = await listWorktrees({ cwd: repository.root, env: repository.env })
    assert.equal([gone!.head, gone!.branch, gone!.prunable], [head, undefined, true])
    repository.remove()
  })
  it('reads what git before 2.36 writes', () => {
    const text = `worktree /a b\nHEAD ${'1'.repeat(40)}\nbranch refs/heads/x\n\nworktree /c\nbare\n\n`
    const [main, bare] = parseWorktrees(text, '\n')
    assert.equal([main!.path, main!.branch, bare!.bare], ['/a b', 'refs/heads/x', true])
  })
})
