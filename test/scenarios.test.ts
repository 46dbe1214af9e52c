// Plays every scenario of fixtures/scripts through the built program and real git.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { PROJECT } from './support/sandbox.ts'
import { matchesOutput, parseScenario, playScenario } from './support/scenario.ts'
import { describe } from './support/suite.ts'

const SCRIPTS = join(PROJECT, 'fixtures', 'scripts')

describe('parseScenario', (it) => {
  const text = [
    '# Says hello.', '$ echo hello', 'hello', '', '# It fails.', '$ false', 'exits 1', 'claude> write a.txt',
    '-- a.txt --', 'one', 'two', '-- b/c.txt --', '',
  ].join('\n')

  it('reads commands with what they print and steps of the agent', () => {
    assert.equal(parseScenario(text).steps, [
      { kind: 'command', line: 2, command: 'echo hello', expected: ['hello', ''], code: 0 },
      { kind: 'command', line: 6, command: 'false', expected: [], code: 1 },
      { kind: 'claude', line: 8, verb: 'write', rest: 'a.txt' },
    ])
  })
  it('reads the files behind the script', () => {
    assert.equal([...parseScenario(text).files], [['a.txt', 'one\ntwo\n'], ['b/c.txt', '']])
  })
})

describe('matchesOutput', (it) => {
  it('wants every line', () => {
    assert.ok(matchesOutput('one\ntwo\n', ['one', 'two', '']))
    assert.not(matchesOutput('one\ntwo\nthree\n', ['one', 'two']))
    assert.not(matchesOutput('one\n', []))
  })
  it('takes ... for any lines', () => {
    assert.ok(matchesOutput('one\ntwo\nthree\n', ['one', '...']))
    assert.ok(matchesOutput('one\n', ['one', '...']))
    assert.not(matchesOutput('one\ntwo\n', ['...', 'three']))
  })
  it('takes placeholders for what differs from run to run, within the line', () => {
    assert.ok(matchesOutput('[main 1a2b3c4] Begin\n', ['[main <oid>] Begin']))
    assert.not(matchesOutput('[main none] Begin\n', ['[main <oid>] Begin']))
    assert.ok(matchesOutput('active (started 2m ago)\n', ['active (started <time> ago)']))
  })
})

describe('scenario', (it) => {
  for (const file of readdirSync(SCRIPTS).filter((name) => name.endsWith('.txtar')).sort()) {
    it(file.replace(/\.txtar$/, ''), () => playScenario(join(SCRIPTS, file)))
  }
})
