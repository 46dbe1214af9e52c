// The questions of `git bitloops init`, in a terminal of 80 × 24: what is asked, and what an answer leads to.

import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { cloneOf, makeRemote } from '../support/clones.ts'
import { photograph } from '../support/install.ts'
import { makeRepository } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'
import { hasTerminal, openTerminal } from '../support/terminal.ts'
import type { Terminal } from '../support/terminal.ts'

const CLAUDE = /Record sessions of claude-code\?\s\([^[]*\.claude\sis\sthere\)\s\[Y\/n\]$/
const CODEX = /Record sessions of codex\?[^[]*\[Y\/n\]$/
const PUBLISH = 'Publish checkpoints to origin with your pushes? [Y/n]'

/** A clone in which git-bitloops was never set up, and a home with the folders of two agents. */
async function withTerminal(
  line: string, work: (terminal: Terminal, clone: TestRepository) => Promise<void>,
): Promise<void> {
  const remote = await makeRemote()
  const seed = await makeRepository({ beside: remote, at: 'seed' })
  await seed.commit('Begin', { 'README.md': '# Example\n' })
  await seed.git('push', '--quiet', remote.root, 'main')
  const clone = await cloneOf(remote, 'one', { init: false })
  for (const folder of ['.claude', '.codex']) mkdirSync(join(clone.home, folder))
  // Programs of agents that this machine has would be found, too.
  const PATH = `${join(clone.sandbox.folder, 'bin')}:/usr/bin:/bin`
  const terminal = openTerminal(line, { cwd: clone.root, env: { ...clone.env, PATH } })
  try {
    await work(terminal, clone)
  } finally {
    terminal.close()
    remote.remove()
  }
}

describe('the questions of init', (it) => {
  if (!hasTerminal()) {
    console.log('skip: tmux is not installed, and questions need a terminal')
    return
  }

  it('sets up the agents it was told to, and says what leaves the machine in 80 columns', () => withTerminal(
    'git bitloops init', async (terminal, clone) => {
      await terminal.shows(CLAUDE)
      terminal.press('y', 'Enter')
      await terminal.shows(CODEX)
      terminal.press('n', 'Enter')
      const said = await terminal.shows(PUBLISH)
      assert.match(said, 'Agents:    claude-code (restart')
      assert.match(said, /Recorded: {2}prompts, answers, [^\n]*\n {13}\S/)
      terminal.press('Enter')
      await terminal.shows('[0]')
      assert.equal([clone.exists('.claude/settings.local.json'), clone.exists('.codex')], [true, false])
      assert.is(await clone.git('config', 'bitloops.push'), 'auto')
      // Who has answered is asked no more.
      assert.match(await clone.git('bitloops', 'init'), 'already set up')
    }))

  it('publishes nothing after a no, and says how to change that', () => withTerminal(
    'git bitloops init --agent claude-code', async (terminal, clone) => {
      await terminal.shows(PUBLISH)
      terminal.press('n', 'o', 'Enter')
      assert.match(await terminal.shows('[0]'), 'Nothing is published. git bitloops init --push auto changes that.')
      assert.is(await clone.git('config', 'bitloops.push'), 'manual')
    }))

  it('sets up nothing where every agent was refused', () => withTerminal(
    'git bitloops init', async (terminal, clone) => {
      const before = photograph(clone.root)
      await terminal.shows(CLAUDE)
      terminal.press('n', 'Enter')
      await terminal.shows(CODEX)
      terminal.press('n', 'Enter')
      assert.match(await terminal.shows('[128]'), 'fatal: no agent was chosen')
      assert.equal(photograph(clone.root), before)
    }))

  for (const [key, answered] of [['C-c', 0], ['C-c', 1], ['C-d', 0]] as const) {
    it(`writes nothing when the question after ${answered} answers is left with ${key}`, () => withTerminal(
      'git bitloops init', async (terminal, clone) => {
        const before = photograph(clone.root)
        await terminal.shows(CLAUDE)
        if (answered > 0) {
          terminal.press('Enter')
          await terminal.shows(CODEX)
        }
        terminal.press(key)
        const said = await terminal.shows('[130]')
        assert.not.match(said, 'fatal')
        assert.not.match(said, 'Error')
        assert.equal(photograph(clone.root), before)
        assert.not.ok(existsSync(clone.bitloopsHome))
      }))
  }

  it('publishes nothing when that question is left', () => withTerminal(
    'git bitloops init --agent claude-code', async (terminal, clone) => {
      await terminal.shows(PUBLISH)
      terminal.press('C-c')
      const said = await terminal.shows('[130]')
      assert.match(said, 'Nothing is published.')
      assert.not.match(said, 'fatal')
      assert.is(await clone.git('config', 'bitloops.push'), 'manual')
      assert.match((await clone.bitloops('status')).stdout, /^Capture: +enabled/)
    }))

  it('publishes nothing when the terminal is closed at that question', () => withTerminal(
    'git bitloops init --agent claude-code', async (terminal, clone) => {
      await terminal.shows(PUBLISH)
      terminal.close()
      assert.is(await clone.git('config', 'bitloops.push'), 'manual')
    }))

  it('asks nobody where input is no terminal', () => withTerminal(
    'git bitloops init </dev/null', async (terminal, clone) => {
      assert.match(await terminal.shows('[0]'), 'Agents:    claude-code, codex')
      // Nobody has seen the question: the first push has to tell of it.
      assert.not.match(readFileSync(join(clone.bitloopsHome, 'push-state.json'), 'utf8'), 'announced')
    }))
})
