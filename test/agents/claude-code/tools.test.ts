// The file changes that the results of editing tools tell.

import * as assert from 'uvu/assert'
import { changeOf } from '../../../src/agents/claude-code/tools.ts'
import { sha256 } from '../../../src/agents/json.ts'
import type { FileChange } from '../../../src/model/event.ts'
import { describe } from '../../support/suite.ts'

const change = (tool: string, result: object, input: object = {}): FileChange | undefined =>
  changeOf(tool, 't1', input, result)

const PATCH = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-a', '+b'] }

describe('changeOf', (it) => {
  it('keeps the hunks of an edit, and knows the text before and after', () => {
    const told = change('Edit',
      { filePath: '/p/f', oldString: 'a', newString: 'b', originalFile: 'a\n', structuredPatch: [PATCH] })
    assert.equal([told?.change, told?.hunks], ['modify', [PATCH]])
    assert.equal([told?.before, told?.after], [sha256('a\n'), sha256('b\n')])
  })

  it('replaces once, or everywhere, and reads no patterns in the new text', () => {
    const edit = (replaceAll: boolean): string | null | undefined => change('Edit',
      { filePath: '/p/f', oldString: 'a', newString: '$&$1', originalFile: 'a a', structuredPatch: [PATCH],
        replaceAll })?.after
    assert.is(edit(false), sha256('$&$1 a'))
    assert.is(edit(true), sha256('$&$1 $&$1'))
  })

  it('does not claim a text after that the user changed, or that does not follow from the edit', () => {
    const edit = { filePath: '/p/f', oldString: 'a', newString: 'b', originalFile: 'a', structuredPatch: [PATCH] }
    assert.is(change('Edit', { ...edit, userModified: true })?.after, undefined)
    assert.is(change('Edit', { ...edit, oldString: 'not there' })?.after, undefined)
  })

  it('applies the edits of MultiEdit in turn', () => {
    const told = change('MultiEdit', { filePath: '/p/f', originalFileContents: 'a\n', structuredPatch: [PATCH],
      edits: [{ old_string: 'a', new_string: 'b' }, { old_string: 'b', new_string: 'c' }] })
    assert.equal([told?.before, told?.after, told?.hunks], [sha256('a\n'), sha256('c\n'), [PATCH]])
  })

  it('takes an edit of nothing, where no file was, for its creation', () => {
    const told = change('Edit',
      { filePath: '/p/f', oldString: '', newString: 'x\n', originalFile: null, structuredPatch: [] })
    assert.equal([told?.change, told?.before, told?.after], ['create', null, sha256('x\n')])
    assert.equal(told?.hunks, [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, lines: ['+x'] }])
  })

  it('tells a notebook as a whole while it is small', () => {
    const notebook = (before: string, after: string): FileChange | undefined =>
      change('NotebookEdit', { notebook_path: '/p/n.ipynb', original_file: before, updated_file: after, error: '' })
    assert.equal(notebook('1\n', '2\n')?.hunks,
      [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-1', '+2'] }])
    const large = notebook('1\n'.repeat(150), '2\n'.repeat(150))
    assert.equal([large?.path, large?.hunks, large?.after], ['/p/n.ipynb', undefined, sha256('2\n'.repeat(150))])
    assert.equal(notebook('1\n', '1\n')?.hunks, [])
  })

  it('tells no line for a new empty file, and no note on missing line ends', () => {
    assert.equal(change('Write', { type: 'create', filePath: '/p/f', content: '', structuredPatch: [] })?.hunks, [])
    const noEnd = { ...PATCH, lines: ['-a', '\\ No newline at end of file', '+b'] }
    assert.equal(change('Edit', { filePath: '/p/f', structuredPatch: [noEnd] })?.hunks, [PATCH])
  })

  it('knows the path of the call where the result names none', () => {
    assert.is(change('Write', { type: 'update', content: 'x' }, { file_path: '/p/f' })?.path, '/p/f')
    assert.is(change('Write', { type: 'update', content: 'x' }), undefined)
  })

  it('tells nothing of failures, of other tools and of results that are no object', () => {
    assert.is(change('NotebookEdit', { notebook_path: '/p/n', error: 'no cell' }), undefined)
    assert.is(change('Read', { filePath: '/p/f' }), undefined)
    for (const result of ['Error: no', 7, null, undefined, []]) assert.is(changeOf('Edit', 't1', { file_path: '/p/f' },
      result), undefined)
  })
})
