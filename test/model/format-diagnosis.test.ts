// How a diagnosis reads.

import * as assert from 'uvu/assert'
import { fail, ok, warn } from '../../src/model/check.ts'
import { diagnosisJson, formatDiagnosis } from '../../src/model/format-diagnosis.ts'
import { COLOURED, PLAIN } from '../../src/model/style.ts'
import { describe } from '../support/suite.ts'

const checks = [
  ok('a', 'this is fine'),
  warn('b', 'that is worth knowing, and it takes more than one line to say so', { fix: 'do it' }),
  fail('c', 'this does not work', { fix: 'git bitloops doctor --fix mends it', repair: 'install' }),
]

describe('formatDiagnosis', (it) => {
  it('puts the state first, the remedy below, the sum last', () => {
    const mended = [{ message: 'hooks are back', isDone: true }, { message: 'no luck', isDone: false }]
    assert.is(formatDiagnosis(mended, checks, PLAIN, 50), [
      'fixed hooks are back',
      'FAIL  no luck',
      'ok    this is fine',
      'warn  that is worth knowing, and it takes more',
      '      than one line to say so',
      '      → do it',
      'FAIL  this does not work',
      '      → git bitloops doctor --fix mends it',
      '',
      '1 problem, 1 warning.',
      '',
    ].join('\n'))
  })

  it('says nothing more where all is fine', () => {
    assert.is(formatDiagnosis([], [ok('a', 'fine')], PLAIN, 80), 'ok    fine\n')
  })

  it('keeps its columns in colour', () => {
    const plain = formatDiagnosis([], checks, COLOURED, 50).replace(/\u001b\[\d+m/g, '')
    assert.is(plain, formatDiagnosis([], checks, PLAIN, 50))
  })
})

describe('diagnosisJson', (it) => {
  it('has a schema, one answer and no more than the promised fields', () => {
    assert.equal(diagnosisJson(undefined, checks.slice(1)), {
      schema: 1, ok: false, checks: [
        { id: 'b', state: 'warn', message: checks[1]!.message, fix: 'do it' },
        { id: 'c', state: 'fail', message: 'this does not work', fix: 'git bitloops doctor --fix mends it' },
      ],
    })
    assert.equal(diagnosisJson([], checks.slice(0, 2)), {
      schema: 1, ok: true, mended: [], checks: [
        { id: 'a', state: 'ok', message: 'this is fine' },
        { id: 'b', state: 'warn', message: checks[1]!.message, fix: 'do it' },
      ],
    })
  })
})
