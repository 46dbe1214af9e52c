// The browser of `git bitloops rewind`, in a terminal of 80 × 24, compared with the screens in fixtures/screens.

import * as assert from 'uvu/assert'
import { commitAll } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { playFiles, SECOND, startSession, withRepository } from '../support/rewind-commands.ts'
import { describe } from '../support/suite.ts'
import { hasTerminal, isGoldenScreen, openTerminal } from '../support/terminal.ts'
import type { Terminal } from '../support/terminal.ts'

/** Times, ids and commits differ from run to run. */
const settled = (screen: string): string => screen
  .replace(/\b(?:just now|\d+m ago)(?= {2,})( *)/g, '<age>   ')
  .replace(/\b(?:just now|\d+m ago)/g, '<age>')
  .replace(/\b01[0-9A-HJKMNP-TV-Z]{8,24}\b/g, '<checkpoint>')
  .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<session>')
  .replace(/\b[0-9a-f]{10}\b/g, '<commit>')

async function withTerminal(
  line: string, work: (terminal: Terminal, repository: TestRepository) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withRepository(async (repository) => {
    const claude = await startSession(repository)
    await playFiles(repository, claude, 'Limit logins', { 'limit.ts': 'export const limit = 5\n' })
    await repository.sh(commitAll('Limit logins'))
    await playFiles(repository, claude, 'Make it ten', { 'limit.ts': 'export const limit = 10\n', 'new.ts': 'new\n' })
    repository.write('README.md', '# By hand\n')
    await repository.waitForIdle()
    const terminal = openTerminal(line, { cwd: repository.root, env: { ...repository.env, ...env } })
    try {
      await work(terminal, repository)
    } finally {
      terminal.close()
    }
  })
}

describe('the browser', (it) => {
  if (!hasTerminal()) {
    console.log('skip: tmux is not installed, and the browser needs a terminal')
    return
  }

  it('shows turns, what was said and what was changed', () => withTerminal(
    'git bitloops rewind', async (terminal) => {
      isGoldenScreen('rewind-turns', settled(await terminal.shows('1  Limit logins')))
      terminal.press('Enter')
      isGoldenScreen('rewind-turn', settled(await terminal.shows('Go back to how it was before this turn')))
      terminal.press('Enter')
      isGoldenScreen('rewind-changes', settled(await terminal.shows(/\+export[^]*before this turn/)))
      assert.match(terminal.screen(true), /\x1b\[32m\+export const limit = 10/)
      terminal.press('q')
      await terminal.shows(/■ {2}Turn 2[^]*Which turn\?/)
      terminal.press('q')
      await terminal.shows('[0]')
    }))

  it('says what it will do, asks about files in question, goes back, and undoes it', () => withTerminal(
    'git bitloops rewind; git bitloops rewind --undo', async (terminal, repository) => {
      await terminal.shows('Which turn?')
      terminal.press('j', 'Enter')
      await terminal.shows('Turn 1')
      terminal.press('j', 'j', 'j', 'Enter')
      isGoldenScreen('rewind-plan', settled(await terminal.shows('What becomes of the files in question?')))
      terminal.press('Enter')
      isGoldenScreen('rewind-sure', settled(await terminal.shows('Go back? (')))
      assert.ok(repository.exists('new.ts'))
      terminal.press('Enter')
      isGoldenScreen('rewind-done', settled(await terminal.shows('Undo it? [Y/n]')))
      assert.equal([repository.exists('limit.ts'), repository.exists('new.ts'), repository.read('README.md')],
        [false, false, '# By hand\n'])
      terminal.press('y', 'Enter')
      await terminal.shows('[0]')
      assert.is(repository.read('limit.ts'), 'export const limit = 10\n')
    }))

  it('searches, and takes the conversation along', () => withTerminal(
    'git bitloops rewind --keep README.md', async (terminal, repository) => {
      await terminal.shows('Which turn?')
      terminal.press('/')
      await terminal.shows('Search:')
      terminal.press('l', 'o', 'g', 'i', 'n')
      isGoldenScreen('rewind-search', settled(await terminal.shows('(1 match)')))
      terminal.press('Enter')
      await terminal.shows('Turn 1')
      terminal.press('j', 'j', 'Enter')
      await terminal.shows('What goes back?')
      terminal.press('Enter')
      await terminal.shows('Go back? (')
      terminal.press('Enter')
      isGoldenScreen('rewind-conversation', settled(await terminal.shows('[0]')))
      assert.is(repository.read('limit.ts'), 'export const limit = 5\n')
    }))

  it('decides file by file, and writes nothing where it is left', () => withTerminal(
    'git bitloops rewind --files', async (terminal, repository) => {
      await terminal.shows('Which turn?')
      terminal.press('Enter')
      await terminal.shows('Turn 2')
      terminal.press('j', 'j', 'j', 'Enter')
      await terminal.shows('What becomes of the files in question?')
      terminal.press('k', 'Enter')
      isGoldenScreen('rewind-each', settled(await terminal.shows('README.md (')))
      terminal.press('j', 'Enter')
      await terminal.shows('Go back? (')
      terminal.press('C-c')
      await terminal.shows('[0]')
      assert.equal([repository.read('README.md'), repository.read('limit.ts')],
        ['# By hand\n', 'export const limit = 10\n'])
    }))

  it('has no colours where none are wanted', () => withTerminal(
    'git -c color.ui=false bitloops rewind', async (terminal) => {
      await terminal.shows('Which turn?')
      terminal.press('Enter')
      await terminal.shows('Turn 2')
      terminal.press('Enter')
      await terminal.shows(/\+export/)
      assert.not.match(terminal.screen(true), '\x1b[')
      terminal.press('C-c')
      await terminal.shows('[0]')
    }))

  it('is a plain list for a screen reader, and questions are one line', () => withTerminal(
    'git bitloops rewind; git bitloops rewind --to 1 --keep README.md', async (terminal, repository) => {
      const text = await terminal.shows('Go back? [Y/n]')
      isGoldenScreen('rewind-plain', settled(text))
      terminal.press('n', 'Enter')
      await terminal.shows('[1]')
      assert.ok(repository.exists('new.ts'))
    }, { ACCESSIBLE: '1', NO_COLOR: '1' }))

  it('begins with the sessions where there are several', () => withRepository(async (repository) => {
    for (const [session, prompt] of [[undefined, 'First'], [SECOND, 'Second']] as const) {
      await playFiles(repository, await startSession(repository, session), prompt, { 'a.ts': prompt })
    }
    const terminal = openTerminal('git bitloops rewind', { cwd: repository.root, env: repository.env })
    try {
      isGoldenScreen('rewind-sessions', settled(await terminal.shows('claude-code 11111111')))
      terminal.press('j', 'Enter')
      await terminal.shows('1  First')
      terminal.press('q')
      await terminal.shows(/■ {2}Which turn\?[^]*● claude-code 11111111/)
      terminal.press('C-c')
      await terminal.shows('[0]')
    } finally {
      terminal.close()
    }
  }))
})
