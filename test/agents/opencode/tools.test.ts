// What OpenCode's editing tools tell of files, in the shapes of clients old and new.

import * as assert from 'uvu/assert'
import { sha256 } from '../../../src/agents/json.ts'
import { changesOf, isKnownTool, readsOf } from '../../../src/agents/opencode/tools.ts'
import type { FileChange } from '../../../src/model/event.ts'
import { describe } from '../../support/suite.ts'

type Fields = Readonly<Record<string, unknown>>

const PATH = '/home/dev/project/a.ts'

const changes = (tool: string, input: Fields, metadata: Fields): readonly FileChange[] =>
  changesOf({ tool, call: 'prt_1', input, metadata, cwd: '/home/dev/project' })

const linesOf = (change: FileChange | undefined): readonly string[] | undefined =>
  change?.hunks?.flatMap(({ lines }) => lines)

const diff = (...lines: readonly string[]): string => {
  const count = (sign: string): number => lines.filter((line) => !line.startsWith(sign)).length
  const heading = `@@ -4,${count('+')} +4,${count('-')} @@`
  return [`Index: ${PATH}`, '='.repeat(67), `--- ${PATH}`, `+++ ${PATH}`, heading, ...lines, ''].join('\n')
}

describe('the edit tool', (it) => {
  const edit = (oldString: string, newString: string, patch: string): FileChange | undefined =>
    changes('edit', { filePath: PATH, oldString, newString }, { filediff: { file: PATH, patch }, diff: patch })[0]

  it('tells the lines where they stand', () => {
    const change = edit('b\n', 'c\n', diff(' a', '-b', '+c'))
    assert.equal(change, { kind: 'file-change', path: PATH, change: 'modify', tool: 'edit', call: 'prt_1',
      evidence: 'tool', hunks: [{ oldStart: 4, oldLines: 2, newStart: 4, newLines: 2, lines: [' a', '-b', '+c'] }] })
  })

  it('gets back the indentation that the client cut', () => {
    const change = edit('    if (a) {\n      b()\n', '    if (a) {\n      c()\n',
      diff(' x', ' if (a) {', '-  b()', '+  c()', ' ', ' }'))
    assert.equal(linesOf(change), ['     x', '     if (a) {', '-      b()', '+      c()', ' ', '     }'])
  })

  it('tells no lines where it cannot know what was cut', () => {
    assert.is(linesOf(edit('> 3', '> 10', diff('-return a > 3', '+return a > 10'))), undefined)
  })

  it('makes a file of nothing', () => {
    const change = edit('', 'a\nb\n', diff('+a', '+b'))
    assert.equal([change?.change, change?.before, linesOf(change)], ['create', null, ['+a', '+b']])
  })

  it('told whole texts in 2025', () => {
    const [change] = changes('edit', { filePath: PATH, oldString: 'a', newString: 'b' },
      { diff: diff('-a', '+b'), filediff: { file: PATH, before: 'a\n', after: 'b\n' } })
    assert.equal([change?.before, change?.after, linesOf(change)], [sha256('a\n'), sha256('b\n'), ['-a', '+b']])
  })

  it('AGT-09 may come several at a time', () => {
    const result = (from: string, to: string): Fields =>
      ({ filediff: { file: PATH }, diff: diff(`-${from}`, `+${to}`) })
    const told = changes('multiedit', { filePath: PATH, edits: [
      { oldString: 'a', newString: 'b' }, { oldString: 'c', newString: 'd' },
    ] }, { results: [result('a', 'b'), result('c', 'd')] })
    assert.equal(told.map(linesOf), [['-a', '+b'], ['-c', '+d']])
  })
})

describe('the write tool', (it) => {
  it('tells a new file as a whole, and of an old one what it holds now', () => {
    const [made] = changes('write', { filePath: 'a.ts', content: 'a\n' }, { exists: false, filepath: PATH })
    assert.equal([made?.path, made?.change, made?.before, made?.after, linesOf(made)],
      [PATH, 'create', null, sha256('a\n'), ['+a']])
    const [changed] = changes('write', { filePath: 'a.ts', content: 'a\n' }, { exists: true })
    assert.equal([changed?.path, changed?.change, changed?.before, changed?.after, linesOf(changed)],
      [PATH, 'modify', undefined, sha256('a\n'), undefined])
  })
})

describe('the apply_patch tool', (it) => {
  const patchText = [
    '*** Begin Patch', '*** Add File: n.ts', '+new', '*** Update File: a.ts', '@@', '   x', '-  b', '+  c',
    '*** Update File: m.ts', '*** Move to: to.ts', '@@', '-o', '+p', '*** Delete File: d.ts', '*** End Patch',
  ].join('\n')
  const below = (name: string): string => `/home/dev/project/${name}`

  it('AGT-09 tells each file', () => {
    const told = changes('apply_patch', { patchText }, { files: [
      { filePath: below('n.ts'), type: 'add', patch: diff('+new') },
      { filePath: below('a.ts'), type: 'update', patch: diff(' x', '-b', '+c') },
      { filePath: below('m.ts'), movePath: below('to.ts'), type: 'move', patch: diff('-o', '+p') },
      { filePath: below('d.ts'), type: 'delete', patch: diff('-gone') },
    ] })
    assert.equal(told.map(({ change, path, from, before, after }) => [change, path, from, before, after]), [
      ['create', below('n.ts'), undefined, null, undefined],
      ['modify', below('a.ts'), undefined, undefined, undefined],
      ['rename', below('to.ts'), below('m.ts'), undefined, undefined],
      ['delete', below('d.ts'), undefined, undefined, null],
    ])
    assert.equal(told.map(linesOf), [['+new'], ['   x', '-  b', '+  c'], ['-o', '+p'], undefined])
  })

  it('AGT-09 told what was asked alone, once', () => {
    const told = changes('patch', { patchText }, { diff: '' })
    assert.equal(told.map(({ change, path, from }) => [change, path, from]), [
      ['create', below('n.ts'), undefined], ['modify', below('a.ts'), undefined],
      ['rename', below('to.ts'), below('m.ts')], ['delete', below('d.ts'), undefined],
    ])
  })
})

describe('the other tools', (it) => {
  it('change nothing that they tell', () => assert.equal(changes('bash', { command: 'rm a.ts' }, {}), []))

  it('read what they name', () => {
    assert.equal(readsOf('read', { filePath: PATH }), [PATH])
    assert.equal(readsOf('bash', { filePath: PATH }), undefined)
  })

  it('are known by name, those of MCP servers by their form', () => {
    assert.equal(['bash', 'edit', 'github_search', 'teleport'].map(isKnownTool), [true, true, true, false])
  })
})
