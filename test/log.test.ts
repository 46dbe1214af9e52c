// The log of failures never fails itself.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { logPaths, openLog } from '../src/log.ts'
import { makeSandbox } from './support/sandbox.ts'
import { describe } from './support/suite.ts'

const now = (): number => Date.parse('2026-11-20T16:00:00Z')

function inHome(work: (home: string, userHome: string) => void): void {
  const sandbox = makeSandbox()
  const home = join(sandbox.folder, 'bitloops')
  mkdirSync(home)
  work(home, sandbox.home)
  sandbox.remove()
}

describe('openLog', (it) => {
  it('writes one line for each failure, without control characters', () => inHome((home) => {
    openLog({ home, env: {}, now })('post-commit', 'no\nluck\u001b[31m \u202etoday')
    assert.is(readFileSync(join(home, 'log'), 'utf8'), '2026-11-20T16:00:00.000Z\tpost-commit\tno luck [31m  today\n')
  }))

  it('keeps the newest lines, and not more than it needs', () => inHome((home) => {
    writeFileSync(join(home, 'log'), `${'x'.repeat(99)}\n`.repeat(3000))
    const log = openLog({ home, env: {}, now })
    log('drain', 'newest')
    const lines = readFileSync(join(home, 'log'), 'utf8').trimEnd().split('\n')
    assert.match(lines.at(-1)!, 'newest')
    assert.ok(lines.slice(0, -1).every((line) => line === 'x'.repeat(99)), 'whole lines only')
    assert.ok(statSync(join(home, 'log')).size < 140_000)
  }))

  it('goes to the user\'s state folder where the repository\'s cannot be written', () => inHome((home, userHome) => {
    mkdirSync(join(home, 'log'))
    openLog({ home, env: { HOME: userHome }, now })('drain', 'one')
    const state = join(userHome, 'own-state')
    openLog({ home, env: { HOME: userHome, XDG_STATE_HOME: state }, now })('drain', 'two')
    assert.match(readFileSync(join(userHome, '.local/state/git-bitloops/log'), 'utf8'), '\tone\n')
    assert.match(readFileSync(join(state, 'git-bitloops/log'), 'utf8'), '\ttwo\n')
    assert.equal(logPaths(home, { XDG_STATE_HOME: state }), [join(home, 'log'), join(state, 'git-bitloops/log')])
  }))

  it('makes no folder in a repository, and does not throw where nothing can be written', () => inHome((home) => {
    openLog({ home: join(home, 'never-initialised'), env: {}, now })('drain', 'lost')
    openLog({ home: '/proc/nowhere', env: { HOME: '/proc/nobody' }, now })('drain', 'lost')
    assert.throws(() => statSync(join(home, 'never-initialised')))
  }))
})
