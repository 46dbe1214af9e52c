// What agents run, in real shells.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { agentHookCommand } from '../../src/model/agent-command.ts'
import { describe } from '../support/suite.ts'

/** A folder laid out as git does, without git, below names that sh might trip over. */
function makeLayout(name: string): { readonly root: string; readonly seen: () => string; readonly remove: () => void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bitloops-')))
  const root = join(folder, name)
  const seen = join(folder, 'seen')
  for (const path of [
    'main/.git/objects', 'main/.git/bitloops', 'main/.git/worktrees/w', 'main/deep/er', 'w/deep', 'elsewhere',
  ]) {
    mkdirSync(join(root, path), { recursive: true })
  }
  writeFileSync(join(root, 'main/.git/worktrees/w/commondir'), '../..\n')
  writeFileSync(join(root, 'w/.git'), `gitdir: ${root}/main/.git/worktrees/w\n`)
  writeFileSync(join(root, 'main/.git/bitloops/agent-hook'), `{ printf '%s:' "$*"; cat; } >>'${seen}'\nexit 3\n`)
  return {
    root,
    seen: () => existsSync(seen) ? readFileSync(seen, 'utf8') : '',
    remove: () => { rmSync(folder, { recursive: true }) },
  }
}

const SHELLS = ['sh', 'dash', 'bash', 'busybox', 'zsh', 'ksh']
  .filter((shell) => spawnSync(shell, ['-c', 'true']).error === undefined)

for (const shell of SHELLS) {
  describe(`agentHookCommand in ${shell}`, (it) => {
    const words = shell === 'busybox' ? ['sh', '-c'] : ['-c']
    const fire = (
      env: Readonly<Record<string, string>>, cwd = tmpdir(), command = agentHookCommand('claude-code'),
    ): string => {
      const ran = spawnSync(shell, [...words, command], {
        // With a socket as input, which is what Node gives, bash takes itself for a remote shell and reads ~/.bashrc.
        cwd, env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...env }, input: 'payload;', encoding: 'utf8',
      })
      return `${ran.status}|${ran.stdout}|${ran.stderr}`
    }
    const QUIET = '0||'

    for (const name of ['plain', 'with space', `quo'te"s $HOME \`x\``, 'new\nline', 'ünïcode', '-dash', 'a*b']) {
      it(`finds the repository of the project folder below ${JSON.stringify(name)}`, () => {
        const layout = makeLayout(name)
        for (const place of ['main', 'main/deep/er', 'w', 'w/deep']) {
          assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, place), GIT_DIR: '/nowhere' }), QUIET)
        }
        assert.is(fire({}, join(layout.root, 'w/deep')), QUIET)
        assert.is(layout.seen(), 'claude-code:payload;'.repeat(5))
        layout.remove()
      })
    }

    it('takes Codex to be where it runs its hooks, whatever an agent around it has left in the environment', () => {
      const layout = makeLayout('plain')
      const inside = { CLAUDE_PROJECT_DIR: tmpdir() }
      assert.is(fire(inside, join(layout.root, 'main/deep'), agentHookCommand('codex')), QUIET)
      assert.is(layout.seen(), 'codex:payload;')
      layout.remove()
    })

    it('says which event it is about where the payload does not', () => {
      const layout = makeLayout('plain')
      assert.is(fire({}, join(layout.root, 'main'), agentHookCommand('copilot', 'agentStop')), QUIET)
      assert.is(layout.seen(), 'copilot agentStop:payload;')
      layout.remove()
    })

    it('CAP-15: does nothing where no repository is, or none that was set up', () => {
      const layout = makeLayout('plain')
      rmSync(join(layout.root, 'main/.git/bitloops'), { recursive: true })
      const before = readdirSync(layout.root, { recursive: true })
      for (const place of ['main/deep', 'w', 'elsewhere', 'not/there']) {
        assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, place) }), QUIET)
      }
      for (const odd of ['', '/', 'relative', '*']) assert.is(fire({ CLAUDE_PROJECT_DIR: odd }, layout.root), QUIET)
      assert.equal(readdirSync(layout.root, { recursive: true }), before)
      layout.remove()
    })

    it('stays quiet in front of a broken repository', () => {
      const layout = makeLayout('plain')
      writeFileSync(join(layout.root, 'w/.git'), 'gitdir: /gone/for/good\n')
      writeFileSync(join(layout.root, 'main/.git/bitloops/agent-hook'), 'if then (((')
      assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, 'w') }), QUIET)
      assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, 'main') }), QUIET)
      layout.remove()
    })
  })
}

describe('agentHookCommand', (it) => {
  it('never changes: Codex runs only the very line that the user has trusted', () => {
    const hash = createHash('sha256').update(agentHookCommand('codex')).digest('hex')
    assert.is(hash, '6ba99674c7d5fed783e60862324d5f700d6fd609f38340bfb071983edd08aa69')
  })
})
