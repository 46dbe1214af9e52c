// Lines as evidence.

import * as assert from 'uvu/assert'
import { bagOf, countIn, isContained, linesOfHunks, reaches } from '../../src/model/line-match.ts'
import { describe } from '../support/suite.ts'

const bags = (
  added: string[], removed: string[] = [],
): { added: ReturnType<typeof bagOf>; removed: ReturnType<typeof bagOf> } =>
  ({ added: bagOf(added), removed: bagOf(removed) })

describe('linesOfHunks', (it) => {
  it('parts added from removed and drops carriage returns, which filters add and remove', () => {
    const hunk = { oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [' same', '-old\r', '+new\r'] }
    assert.equal(linesOfHunks([hunk]), { added: ['new'], removed: ['old'] })
  })
  it('knows nothing where the tool tells nothing', () => { assert.is(linesOfHunks(undefined), undefined) })
})

describe('countIn', (it) => {
  it('uses each place once', () => {
    assert.is(countIn(['a', 'a', 'b'], bagOf(['a', 'b', 'b'])), 2)
  })
})

describe('reaches', (it) => {
  it('needs a telling line in common', () => {
    assert.ok(reaches({ added: ['let x', '}'], removed: [] }, bags(['let x'])))
    assert.not(reaches({ added: ['let x', '}'], removed: [] }, bags(['}'])))
  })
  it('takes what there is when no line tells anything', () => {
    assert.ok(reaches({ added: ['}'], removed: [] }, bags(['}'])))
  })
  it('counts removed lines', () => { assert.ok(reaches({ added: [], removed: ['gone'] }, bags([], ['gone']))) })
  it('tells letters of any script', () => { assert.not(reaches({ added: ['日本', '{'], removed: [] }, bags(['{']))) })
})

describe('isContained', (it) => {
  it('is true only when all telling lines are there', () => {
    assert.ok(isContained({ added: ['a', '}'], removed: [] }, bagOf(['a'])))
    assert.not(isContained({ added: ['a', 'b'], removed: [] }, bagOf(['a'])))
  })
})
