// Taking edits back out of a text.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { textsBefore } from '../../src/model/restore-text.ts'
import { patchOf } from '../support/patch.ts'
import { describe } from '../support/suite.ts'

describe('textsBefore', (it) => {
  it('gives the text from before an edit back', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '', 'ü'), { maxLength: 12 }).map((lines) =>
      lines.map((line) => `${line}\n`).join(''))
    fc.assert(fc.property(text, text, (before, after) => {
      assert.ok(textsBefore(after, patchOf(before, after)).includes(before))
    }))
  })
  it('gives nothing where the text is another one', () => {
    const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+b'] }
    assert.equal(textsBefore('x\ny\n', [hunk]), [])
  })
})
