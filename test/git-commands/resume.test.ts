// The questions of `git bitloops resume`, in a terminal of 80 × 24. The agent only says how it was started.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { playClaude } from '../support/player.ts'
import type { Player } from '../support/player.ts'
import { makeInitialised } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { filesBelow, linesOf, workOn } from '../support/resuming.ts'
import { describe } from '../support/suite.ts'
import { hasTerminal, openTerminal } from '../support/terminal.ts'
import type { Terminal } from '../support/terminal.ts'

const [OLDER, NEWER] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']

/** A session that led to a commit. */
async function withTerminal(
  line: string, prepare: (repository: TestRepository, claude: Player) => Promise<unknown>,
  work: (terminal: Terminal, repository: TestRepository, claude: Player) => Promise<void>,
): Promise<void> {
  const repository = await makeInitialised()
  const program = join(repository.sandbox.folder, 'bin', 'claude')
  writeFileSync(program, '#!/bin/sh\necho "started with $*"\nexit 7\n')
  chmodSync(program, 0o755)
  const claude = await workOn(repository, 'a.txt', playClaude(repository, { session: OLDER! }))
  await prepare(repository, claude)
  const terminal = openTerminal(line, { cwd: repository.root, env: repository.env })
  try {
    await work(terminal, repository, claude)
  } finally {
    terminal.close()
    repository.remove()
  }
}

/** A second session, whose work is not committed yet. */
async function goOn(repository: TestRepository): Promise<void> {
  const claude = playClaude(repository, { session: NEWER! })
  await claude.start()
  await claude.prompt('Write b.txt')
  await claude.write('b.txt', 'text\n')
  await claude.stop('Wrote it.')
  await repository.waitForInbox()
}

const onTopic = async (repository: TestRepository): Promise<void> => {
  await repository.git('switch', '--quiet', '--detach', 'HEAD~1')
}

describe('the questions of resume', (it) => {
  if (!hasTerminal()) {
    console.log('skip: tmux is not installed, and questions need a terminal')
    return
  }

  it('lets one choose between several sessions, and starts the agent with that', () => withTerminal(
    'git bitloops resume --run', goOn, async (terminal) => {
      const asked = await terminal.shows('Which session goes on?')
      assert.match(asked, /● claude-code 22222222, [^\n]*\n│ {2}○ claude-code 11111111, /)
      terminal.press('j', 'Enter')
      assert.match(await terminal.shows('[7]'), `started with --resume ${OLDER}`)
    }))

  for (const key of ['q', 'C-c']) {
    it(`starts no agent when that is left with ${key}`, () => withTerminal(
      'git bitloops resume --run', goOn, async (terminal) => {
        await terminal.shows('Which session goes on?')
        terminal.press(key)
        assert.not.match(await terminal.shows('[0]'), 'started with')
      }))
  }

  it('takes the newest where no screen can be drawn', () => withTerminal(
    'TERM=dumb git bitloops resume --run', goOn, async (terminal) => {
      const said = await terminal.shows('[7]')
      assert.match(said, `Going on with ${NEWER}, the newest.\nstarted with --resume ${NEWER}`)
    }))

  for (const [keys, code] of [[['n', 'Enter'], '[1]'], [['C-c'], '[130]']] as const) {
    it(`goes back behind commits of people only after a yes, and leaves all as it is with ${code}`, () => withTerminal(
      'git bitloops resume', async (repository, claude) => {
        await repository.commit('By hand', { 'c.txt': 'c\n' })
        await repository.sh(`rm '${claude.transcript.path}'`)
      }, async (terminal, repository, claude) => {
        assert.match(await terminal.shows('Go on with it? [Y/n]'), '1 commit without one came after it.')
        terminal.press(...keys)
        const said = await terminal.shows(code)
        assert.not.match(said, 'claude --resume')
        assert.not.match(said, 'fatal')
        assert.not.ok(filesBelow(join(repository.home, '.claude')).includes(claude.transcript.path))
      }))
  }

  it('switches to a named branch after a yes, and goes on here after a no', () => withTerminal(
    'git bitloops resume main; git bitloops resume main', onTopic, async (terminal, repository) => {
      await terminal.shows('Switch to main? [Y/n]')
      terminal.press('n', 'Enter')
      await terminal.shows(/--resume[^]*Switch to main\? \[Y\/n\]/)
      assert.is(await repository.git('branch', '--show-current'), '')
      terminal.press('Enter')
      await terminal.shows('[0]')
      assert.is(await repository.git('branch', '--show-current'), 'main')
    }))

  it('stays on its branch when that question is left', () => withTerminal(
    'git bitloops resume main', onTopic, async (terminal, repository) => {
      await terminal.shows('Switch to main? [Y/n]')
      terminal.press('C-c')
      assert.not.match(await terminal.shows('[130]'), 'fatal')
      assert.is(await repository.git('branch', '--show-current'), '')
    }))

  it('keeps a transcript that only the agent has unless the answer is yes, and then a copy of it', () => withTerminal(
    'git bitloops resume; git bitloops resume', async (_repository, claude) => {
      const [first] = linesOf(claude.transcript.path)
      writeFileSync(claude.transcript.path, `${first!.replace(/"uuid":"[^"]*"/, '"uuid":"mine"')}\n`)
    }, async (terminal, _repository, claude) => {
      const question = 'Put that of the checkpoints in its place, and keep a copy? [y/N]'
      const asked = await terminal.shows(question)
      assert.match(asked, 'the agent\'s own transcript ends:')
      terminal.press('Enter')
      await terminal.shows(/--force puts[^]*\[y\/N\]/)
      assert.match(readFileSync(claude.transcript.path, 'utf8'), '"mine"')
      terminal.press('y', 'Enter')
      await terminal.shows(/what was there is kept: [^]*\[0\]/)
      assert.match(readFileSync(claude.transcript.path, 'utf8'), 'A line will do.')
    }))
})
