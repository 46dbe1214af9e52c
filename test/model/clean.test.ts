// What a terminal would obey, or a reader would not see, must be gone; everything else must stay.

import * as assert from 'uvu/assert'
import { cleanForTerminal, cleanLine } from '../../src/model/clean.ts'
import { describe } from '../support/suite.ts'

const ESC = '\x1b'

const TEXTS: readonly (readonly [what: string, text: string, clean: string])[] = [
  ['plain text, tabs and lines', 'a\tb\n\nc', 'a\tb\n\nc'],
  ['other scripts and emoji', 'żółć 漢字 עברית 👩‍👩‍👧 é', 'żółć 漢字 עברית 👩‍👩‍👧 é'],
  ['colours', `${ESC}[31;1mred${ESC}[0m`, 'red'],
  ['cursor moves and clearing', `a${ESC}[2J${ESC}[1;1Hb${ESC}[?25l`, 'ab'],
  ['a link, closed by ST', `${ESC}]8;;https://evil.test${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
  ['a link, closed by BEL', `${ESC}]8;;https://evil.test\x07text${ESC}]8;;\x07`, 'text'],
  ['a window title', `${ESC}]0;title\x07x`, 'x'],
  ['a device control string', `${ESC}P$q"p${ESC}\\x`, 'x'],
  ['a string left open, but not what follows', `${ESC}]0;title\nx`, '0;title\nx'],
  ['a sequence cut off', `x${ESC}[31`, 'x'],
  ['a lone escape', `x${ESC}`, 'x'],
  ['short escapes', `a${ESC}cb${ESC}(Bc${ESC}7d`, 'abcd'],
  ['C1 sequences', 'a\x9b31mb\x9d0;t\x9cc\x85d', 'abcd'],
  ['C0 controls and DEL', 'a\0\x01\x07\b\v\f\x0e\x7fb', 'ab'],
  ['carriage returns', 'a\r\nb\rc', 'a\nb\nc'],
  ['bidi controls', 'a\u202e\u202a\u2066\u2069\u200e\u200f\u061cb', 'ab'],
  ['zero-width space, BOM, soft hyphen', 'a\u200b\ufeff\u00ad\u2060b', 'ab'],
  ['tag characters', `a${String.fromCodePoint(0xe0041, 0xe0042)}b`, 'ab'],
  ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
  ['lone surrogates', 'a\ud800b\udc00c', 'a\ufffdb\ufffdc'],
  ['an escape split by an invisible character', `${ESC}\u200b[31mx`, '[31mx'],
]

describe('cleanForTerminal', (it) => {
  for (const [what, text, clean] of TEXTS) {
    it(`treats ${what}`, () => assert.is(cleanForTerminal(text), clean))
  }

  it('leaves no control for any code unit behind any start of a sequence', () => {
    for (const start of ['', ESC, `${ESC}[`, `${ESC}]`, '\x9b']) {
      for (let unit = 0; unit < 0x3000; unit++) {
        const clean = cleanForTerminal(`${start}${String.fromCharCode(unit)}x`)
        assert.not.match(clean, /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/)
      }
    }
  })

  it('changes nothing the second time', () => {
    for (const [, text] of TEXTS) assert.is(cleanForTerminal(cleanForTerminal(text)), cleanForTerminal(text))
  })

  it('takes time in proportion to the size', () => {
    for (const unit of [ESC, `${ESC}[`, `${ESC}]`, '\x9d', '\x9b', `${ESC}]a`, '\ud800', '\r']) {
      const from = performance.now()
      cleanForTerminal(unit.repeat(1_000_000))
      assert.ok(performance.now() - from < 3000, JSON.stringify(unit))
    }
  })
})

const LINES: readonly (readonly [text: string, maxChars: number, line: string])[] = [
  ['short', 10, 'short'],
  ['  a \t b\n\n c  ', 10, 'a b c'],
  ['exactly', 7, 'exactly'],
  ['one more', 7, 'one mo…'],
  ['cut at a blank', 5, 'cut…'],
  [`${ESC}[31mred${ESC}[0m\r\nline`, 20, 'red line'],
  ['a\u2028b\u00a0c\u3000d', 20, 'a b c d'],
  ['👍👍👍👍', 4, '👍👍👍👍'],
  ['👍👍👍👍', 3, '👍👍…'],
  ['ab👩‍👩‍👧cd', 4, 'ab…'],
  ['ab👩‍👩‍👧cd', 8, 'ab👩‍👩‍👧…'],
  ['e\u0301e\u0301e\u0301', 4, 'e\u0301…'],
  ['🇩🇪🇫🇷🇮🇹', 4, '🇩🇪…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
  ['', 5, ''],
  [' \n ', 5, ''],
]

describe('cleanLine', (it) => {
  for (const [text, maxChars, line] of LINES) {
    it(`makes ${JSON.stringify(line)} of ${JSON.stringify(text)} in ${maxChars}`, () => {
      assert.is(cleanLine(text, maxChars), line)
    })
  }

  it('never gives more code points than asked for', () => {
    const text = 'ab 👩‍👩‍👧 e\u0301 🇩🇪 z'.repeat(3)
    for (let max = 0; max < 60; max++) assert.ok(Array.from(cleanLine(text, max)).length <= max)
  })

  it('is quick for a long text', () => {
    const from = performance.now()
    cleanLine('word '.repeat(400_000), 80)
    assert.ok(performance.now() - from < 2000)
  })
})
