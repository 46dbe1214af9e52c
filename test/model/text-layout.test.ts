// Wrapping, widths, and short words for times and amounts.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { formatAge, formatAmount, widthOf, wrap } from '../../src/model/text-layout.ts'
import { describe } from '../support/suite.ts'

describe('wrap', (it) => {
  for (const [text, width, lines] of [
    ['', 10, ['']],
    ['one two three', 8, ['one two', 'three']],
    ['one\n\ntwo', 8, ['one', '', 'two']],
    ['- one two three', 9, ['- one two', '  three']],
    ['10. one two three', 11, ['10. one two', '    three']],
    ['  indented words here', 12, ['  indented', '  words here']],
    ['averyveryverylongword', 8, ['averyveryverylongword']],
    ['a averyveryverylongword b', 8, ['a', 'averyveryverylongword', 'b']],
    ['日本語 日本語', 8, ['日本語', '日本語']],
    ['```\na long line of code\n```\na long line', 8, ['```', 'a long line of code', '```', 'a long', 'line']],
    ['\tone two', 9, ['    one', '    two']],
  ] as const) {
    it(`makes ${lines.length} lines of ${JSON.stringify(text)}`, () => { assert.equal(wrap(text, width), lines) })
  }

  it('never loses a word, and is never too wide where it can help it', () => {
    const someWords = fc.array(fc.stringMatching(/^[a-z]{1,9}$/))
    fc.assert(fc.property(someWords, fc.integer({ min: 10, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width)
      assert.equal(lines.join(' ').split(' '), words.length === 0 ? [''] : words)
      assert.ok(lines.every((line) => line.length <= width))
    }))
  })
})

describe('widthOf', (it) => {
  it('counts columns, not characters', () => {
    assert.equal(['abc', 'é', 'e\u0301', '日本', '🙂', '–'].map(widthOf), [3, 1, 1, 4, 2, 1])
  })
})

describe('formatAge', (it) => {
  const [minute, hour] = [60_000, 3_600_000]
  for (const [ago, words] of [
    [-hour, 'just now'], [59_000, 'just now'], [minute, '1m ago'], [59 * minute, '59m ago'], [hour, '1h ago'],
    [47 * hour, '47h ago'], [48 * hour, '2d ago'], [59 * 24 * hour, '59d ago'], [60 * 24 * hour, 'on 1969-11-02'],
  ] as const) {
    it(`says ${words}`, () => { assert.is(formatAge(-ago, 0), words) })
  }
})

describe('formatAmount', (it) => {
  it('is short', () => {
    assert.equal([0, 999, 1000, 12_345, 999_949, 999_950, 3_400_000].map(formatAmount),
      ['0', '999', '1.0k', '12.3k', '999.9k', '1.0M', '3.4M'])
  })
})
