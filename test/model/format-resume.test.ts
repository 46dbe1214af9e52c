// Commands for a shell, and times for a person.

import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { formatCommand, formatConflict } from '../../src/model/format-resume.ts'
import { describe } from '../support/suite.ts'

describe('formatCommand', (it) => {
  it('is read by a shell as it was meant, whatever the folder is called', () => {
    assert.is(formatCommand(['claude', '--resume', 'abc']), 'claude --resume abc')
    const strange = 'it\'s $(here) "and" there\n\\'
    const said = execFileSync('sh', ['-c', formatCommand(['printf', '%s|', strange, 'b'], '/')], { encoding: 'utf8' })
    assert.is(said, `${strange}|b|`)
    assert.is(formatCommand(['a'], '/with space'), 'cd \'/with space\' && a')
  })
})

describe('formatConflict', (it) => {
  it('shows both times, also where one is not known', () => {
    assert.equal(formatConflict({ ours: Date.UTC(2026, 10, 20, 16, 11, 19) }), [
      'the agent\'s own transcript ends: unknown', 'that of the checkpoints ends:    2026-11-20 16:11:19Z',
    ])
  })
})
