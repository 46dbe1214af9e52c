// Unified diffs as agents record them.

import * as assert from 'uvu/assert'
import { parseUnifiedHunks } from '../../src/model/unified-hunks.ts'
import { describe } from '../support/suite.ts'

describe('parseUnifiedHunks', (it) => {
  it('reads hunks with their places', () => {
    assert.equal(parseUnifiedHunks('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n@@ -9,2 +9,3 @@ f()\n c\n+d\n e\n'), [
      { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+b'] },
      { oldStart: 9, oldLines: 2, newStart: 9, newLines: 3, lines: [' c', '+d', ' e'] },
    ])
  })

  it('takes for lines of the file what looks like a header', () => {
    assert.equal(parseUnifiedHunks('@@ -1,2 +1 @@\n--- x\n @@ -1 +1 @@\n')[0]?.lines, ['--- x', ' @@ -1 +1 @@'])
  })

  it('leaves out the note on the last line, and keeps empty lines that lost their blank', () => {
    const note = '\\ No newline at end of file'
    assert.equal(parseUnifiedHunks(`@@ -1,2 +1,2 @@\n\n-a\n${note}\n+b\n${note}\n`)[0]?.lines, [' ', '-a', '+b'])
  })

  it('leaves out what is no hunk, and one that was cut', () => {
    assert.equal(parseUnifiedHunks(''), [])
    assert.equal(parseUnifiedHunks('+a\n-b\n'), [])
    assert.equal(parseUnifiedHunks('@@ -0,0 +1 @@\n+a\n@@ -5,9 +6,9 @@\n b').length, 1)
  })
})
