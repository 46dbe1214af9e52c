// Slices of transcripts, and how they fit together.

import * as assert from 'uvu/assert'
import { assembleSlices, chainDigest } from '../../src/model/slices.ts'
import type { StoredSlice } from '../../src/model/slices.ts'
import { describe } from '../support/suite.ts'

/** Slices of these lines, one behind the other. */
function chain(...texts: readonly string[]): StoredSlice[] {
  let digest = ''
  let from = 0
  return texts.map((text, at) => {
    digest = chainDigest(digest, text)
    const slice = { from, to: from + text.split('\n').length - 1, digest, text, at: at + 1 }
    from = slice.to
    return slice
  })
}

describe('assembleSlices', (it) => {
  it('puts slices together, in whatever order they come, each once', () => {
    const slices = chain('a\nb\n', 'c\n', 'd\ne\nf\n')
    const { slices: used, lines, digest, missing } = assembleSlices([slices[2]!, slices[0]!, slices[1]!, slices[0]!])
    assert.equal([used.map(({ text }) => text).join(''), lines, missing], ['a\nb\nc\nd\ne\nf\n', 6, undefined])
    assert.is(digest, slices[2]!.digest)
  })

  it('tells what is missing at the beginning, in the middle, and of what was changed', () => {
    const [first, second, third] = chain('a\nb\n', 'c\n', 'd\n')
    assert.equal(assembleSlices([second!]).missing, { from: 0, to: 2 })
    assert.equal(assembleSlices([first!, third!]).missing, { from: 2, to: 3 })
    assert.equal(assembleSlices([first!, { ...second!, text: 'forged\n' }]).missing, { from: 2, to: 3 })
    assert.equal(assembleSlices([]), { slices: [], lines: 0, digest: '' })
  })

  it('goes on with what was said last where the conversation parted', () => {
    const [first, second] = chain('a\n', 'b\nc\n')
    const other = chain('a\n', 'later\n')[1]!
    const { slices, missing } = assembleSlices([first!, second!, { ...other, at: 9 }])
    assert.equal([slices.map(({ text }) => text), missing], [['a\n', 'later\n'], undefined])
  })
})
