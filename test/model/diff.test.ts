// Reading git's raw and patch output, with the names people give to files.

import * as assert from 'uvu/assert'
import { parsePatch, parseRawDiff, unquote } from '../../src/model/diff.ts'
import { describe } from '../support/suite.ts'

const A = 'a'.repeat(40)
const Z = '0'.repeat(40)

describe('parseRawDiff', (it) => {
  it('tells what happened to each path', () => {
    const raw = [
      `:000000 100644 ${Z} ${A} A\tnew`, `:100644 000000 ${A} ${Z} D\tgone`,
      `:100644 100644 ${A} ${A} R095\told name\tnew name`, `:100644 120000 ${A} ${A} T\tlink`, '',
    ].join('\n')
    assert.equal(parseRawDiff(raw), [
      { path: 'new', change: 'create', oid: A }, { path: 'gone', change: 'delete' },
      { path: 'new name', from: 'old name', change: 'rename', oid: A }, { path: 'link', change: 'type', oid: A },
    ])
  })
  it('keeps newlines, quotes, tabs and colons in names', () => {
    const raw = `:000000 100644 ${Z} ${A} A\t"a\\n\\"b\\"\\t"\n:000000 100644 ${Z} ${A} A\t:x y\n`
    assert.equal(parseRawDiff(raw).map(({ path }) => path), ['a\n"b"\t', ':x y'])
  })
  it('leaves out submodules', () => {
    assert.equal(parseRawDiff(`:160000 160000 ${A} ${A} M\tsub\n:000000 160000 ${Z} ${A} A\tnew\n`), [])
  })
})

describe('parsePatch', (it) => {
  it('gives the lines and headings of each file', () => {
    const files = parsePatch([
      'diff --git a/x.ts b/x.ts', 'index 1..2 100644', '--- a/x.ts', '+++ b/x.ts',
      '@@ -3 +3,2 @@ export function login() {',
      '-  old', '+  new\r', '+--- not a header', '\\ No newline at end of file', '',
    ].join('\n'))
    assert.equal(files.get('x.ts'), {
      path: 'x.ts', added: ['  new', '--- not a header'], removed: ['  old'],
      headings: ['export function login() {'], binary: false,
    })
  })
  it('understands quoted names, renames, deletions and binary files', () => {
    const files = parsePatch([
      'diff --git "a/t\\tab" "b/t\\tab"', 'new file mode 100644', '--- /dev/null', '+++ "b/t\\tab"',
      '@@ -0,0 +1 @@', '+x',
      'diff --git a/old b/new', 'similarity index 100%', 'rename from old', 'rename to new',
      'diff --git a/gone b/gone', 'deleted file mode 100644', '--- a/gone', '+++ /dev/null', '@@ -1 +0,0 @@', '-y',
      'diff --git a/p.png b/p.png', 'Binary files a/p.png and b/p.png differ',
      'diff --git a/with space b/with space', '--- a/with space\t', '+++ b/with space\t', '@@ -1 +1 @@', '+s', '',
    ].join('\n'))
    assert.equal([...files].map(([path, { added, removed, binary }]) => [path, added, removed, binary]), [
      ['t\tab', ['x'], [], false], ['new', [], [], false], ['gone', [], ['y'], false], ['p.png', [], [], true],
      ['with space', ['s'], [], false],
    ])
  })
})

describe('unquote', (it) => {
  it('undoes git\'s quoting', () => {
    assert.is(unquote('"a\\303\\244\\"\\\\\\n"'), 'aä"\\\n')
    assert.is(unquote('"ü x"'), 'ü x')
    assert.is(unquote('plain'), 'plain')
  })
})
