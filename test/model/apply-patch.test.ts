// Patches as the models write them, one statement each.

import * as assert from 'uvu/assert'
import { parseApplyPatch } from '../../src/model/apply-patch.ts'
import { describe } from '../support/suite.ts'

const patch = (...lines: readonly string[]): string => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n')

describe('parseApplyPatch', (it) => {
  it('reads several files in their order', () => {
    const files = parseApplyPatch(patch(
      '*** Update File: src/a.ts', '@@', '-const a = 1', '+const a = 2',
      '*** Add File: src/c.ts', '+const c = 3', '+',
      '*** Delete File: src/d.ts'))
    assert.equal(files, [
      {
        path: 'src/a.ts', change: 'modify',
        hunks: [{ oldStart: 0, oldLines: 1, newStart: 0, newLines: 1, lines: ['-const a = 1', '+const a = 2'] }],
      },
      {
        path: 'src/c.ts', change: 'create',
        hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2, lines: ['+const c = 3', '+'] }],
      },
      { path: 'src/d.ts', change: 'delete', hunks: [] },
    ])
  })

  it('reads a file that moves, with and without changes', () => {
    const move = ['*** Update File: src/b.ts', '*** Move to: lib/b.ts']
    const [changed] = parseApplyPatch(patch(...move, '@@', '-b = 1', '+b = 2', ' keep'))
    assert.equal(changed, {
      path: 'lib/b.ts', from: 'src/b.ts', change: 'rename',
      hunks: [{ oldStart: 0, oldLines: 2, newStart: 0, newLines: 2, lines: ['-b = 1', '+b = 2', ' keep'] }],
    })
    assert.equal(parseApplyPatch(patch(...move, '@@', ' keep')).map(({ hunks }) => hunks), [[]])
  })

  it('reads hunks with headings, without a first @@, and at the end of a file', () => {
    const [file] = parseApplyPatch(patch('*** Update File: a.py', '-x', '+y', '@@ class A', '@@     def f(self):',
      ' before', '', '+added', '*** End of File'))
    assert.equal(file?.hunks.map(({ oldLines, newLines, lines }) => ({ oldLines, newLines, lines })), [
      { oldLines: 1, newLines: 1, lines: ['-x', '+y'] },
      { oldLines: 2, newLines: 3, lines: [' before', ' ', '+added'] },
    ])
  })

  it('takes for lines of a file what only looks like the patch', () => {
    const [added, ...others] = parseApplyPatch(patch('*** Add File: notes.md', '+*** End Patch',
      '+*** Delete File: x', '+@@', '+-- list'))
    assert.equal(added?.hunks[0]?.lines, ['+*** End Patch', '+*** Delete File: x', '+@@', '+-- list'])
    assert.equal(others, [])
    const [updated] = parseApplyPatch(patch('*** Update File: notes.md', '@@', ' *** Add File: y', '--- x', '+++ y'))
    assert.equal(updated?.hunks[0]?.lines, [' *** Add File: y', '--- x', '+++ y'])
  })

  it('finds the patch in a heredoc, between carriage returns, and where it breaks off', () => {
    const body = patch('*** Add File: a b.txt', '+one')
    const paths = (text: string): readonly unknown[] =>
      parseApplyPatch(text).map(({ path, hunks }) => [path, hunks[0]?.lines])
    assert.equal(paths(`cd sub && apply_patch <<'EOF'\n${body}\nEOF\n+after`), [['a b.txt', ['+one']]])
    assert.equal(paths(body.replaceAll('\n', '\r\n')), [['a b.txt', ['+one']]])
    assert.equal(paths(body.slice(0, body.indexOf('\n*** End'))), [['a b.txt', ['+one']]])
  })

  it('gives nothing for other texts', () => {
    for (const text of ['', 'ls -la', '*** Add File: a\n+one', patch(), patch('+stray', '*** Move to: b')]) {
      assert.equal(parseApplyPatch(text), [], text)
    }
  })
})
