// Numbers of added lines, and the ranges they make.

import * as assert from 'uvu/assert'
import { parseAddedLines, rangesOf } from '../../src/model/added-lines.ts'
import { describe } from '../support/suite.ts'

const patch = [
  'diff --git a/a.ts b/a.ts', 'index 1..2 100644', '--- a/a.ts', '+++ b/a.ts',
  '@@ -1,0 +2 @@ heading', '+two\r', '@@ -4,2 +6,2 @@', '-old', '-older', '+six', '+@@ -1 +99 @@ seven',
  'diff --git a/b.bin b/b.bin', 'index 1..2 100644', 'Binary files a/b.bin and b/b.bin differ',
  'diff --git "a/\\303\\244 b.ts" "b/\\303\\244 b.ts"', 'new file mode 100644',
  '--- /dev/null', '+++ "b/\\303\\244 b.ts"',
  '@@ -0,0 +1,2 @@', '+one\rdiff --git a/x b/x', '+\u2028two', '\\ No newline at end of file', '',
].join('\n')

describe('parseAddedLines', (it) => {
  it('numbers the lines of each file as the commit leaves it, whatever is in them', () => {
    assert.equal([...parseAddedLines(patch)], [
      ['a.ts', [{ number: 2, text: 'two' }, { number: 6, text: 'six' }, { number: 7, text: '@@ -1 +99 @@ seven' }]],
      ['ä b.ts', [{ number: 1, text: 'one\rdiff --git a/x b/x' }, { number: 2, text: '\u2028two' }]],
    ])
    assert.is(parseAddedLines('').size, 0)
  })
})

describe('rangesOf', (it) => {
  it('joins neighbours, in any order and each once', () => {
    assert.equal(rangesOf([5, 1, 2, 3, 5, 9]), [{ start: 1, end: 3 }, { start: 5, end: 5 }, { start: 9, end: 9 }])
  })
})
