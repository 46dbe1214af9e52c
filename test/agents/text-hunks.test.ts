// Hunks of texts that an agent told without a diff.

import * as assert from 'uvu/assert'
import { createdHunks, replacedHunks } from '../../src/agents/text-hunks.ts'
import { describe } from '../support/suite.ts'

const linesOf = (before: string, after: string): unknown => replacedHunks(before, after).map(({ lines }) => lines)

describe('hunks of texts', (it) => {
  it('keep what both texts begin and end with as context', () => {
    assert.equal(linesOf('a\nb\nc\n', 'a\nx\ny\nc\n'), [[' a', '-b', '+x', '+y', ' c']])
    assert.equal(linesOf('a\na\n', 'a\na\na\n'), [[' a', ' a', '+a']])
    assert.equal(linesOf('a\n', ''), [['-a']])
    assert.equal(linesOf('a', 'a'), [])
  })

  it('count the lines of both sides', () => {
    const [hunk] = replacedHunks('a\nb\n', 'a\nc\nd\n')
    assert.equal([hunk?.oldLines, hunk?.newLines, hunk?.oldStart], [2, 3, 0])
  })

  it('tell all of a new file, but not one that is too long', () => {
    assert.equal(createdHunks('a\n\n'), [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2, lines: ['+a', '+'] }])
    assert.equal(createdHunks(''), [])
    assert.equal(createdHunks('a\n'.repeat(30_000)), [])
  })
})
