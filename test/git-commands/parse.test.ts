// Command lines, as people type them.

import * as assert from 'uvu/assert'
import { parseWords } from '../../git-commands/parse.ts'
import { BitloopsError } from '../../src/errors.ts'
import type { CommandSpec } from '../../src/model/command.ts'
import { describe } from '../support/suite.ts'

const COMMAND: CommandSpec = {
  name: 'try', synopsis: '', maxArgs: 2, summary: '', description: [],
  options: [
    { flag: '--json', help: '' },
    { flag: '--session <id>', help: '' },
    { flag: '--agent <name>', help: '', many: true },
    { flag: '-n, --max-count <number>', help: '' },
    { flag: '--push <mode>', help: '', values: ['auto', 'manual'] },
    { flag: '-z', help: '' },
  ],
}
const parse = (...words: readonly string[]) => parseWords(COMMAND, words)

describe('parseWords', (it) => {
  for (const [words, args, options] of [
    [[], [], {}],
    [['0012', '1e3'], ['0012', '1e3'], {}],
    [['--session', '0012345'], [], { session: '0012345' }],
    [['--session=0x10'], [], { session: '0x10' }],
    [['--session', 'true'], [], { session: 'true' }],
    [['--session', 'a', '--session', 'b'], [], { session: 'b' }],
    [['--session=a=b'], [], { session: 'a=b' }],
    [['--agent', '1', '--agent', '2'], [], { agent: ['1', '2'] }],
    [['--agent', 'one'], [], { agent: ['one'] }],
    [['--json', 'HEAD'], ['HEAD'], { json: true }],
    [['HEAD', '--json'], ['HEAD'], { json: true }],
    [['--json', 'false'], ['false'], { json: true }],
    [['-n', '5'], [], { maxCount: '5' }],
    [['-n5'], [], { maxCount: '5' }],
    [['--max-count=007'], [], { maxCount: '007' }],
    [['-z', '--', '--json', '-n'], ['--json', '-n'], { z: true }],
    [['--push', 'auto'], [], { push: 'auto' }],
  ] as const) {
    it(`understands ${words.join(' ') || 'nothing'}`, () => {
      assert.equal(parse(...words), { args, options })
    })
  }

  for (const words of [
    ['--bogus'], ['-x'], ['--session'], ['--session', '--json'], ['--session.x=1'], ['a', 'b', 'c'],
    ['--push', 'never'], ['--push='], ['--agent'],
  ]) {
    it(`refuses ${words.join(' ')}`, () => {
      assert.throws(() => parse(...words), (error: unknown) => error instanceof BitloopsError && error.code === 'usage')
    })
  }
})
