// What the record of a tool call of Gemini CLI tells.

import * as assert from 'uvu/assert'
import { changeOf, outcomeOf, outputOf, readsOf } from '../../../src/agents/gemini/tools.ts'
import { sha256 } from '../../../src/agents/json.ts'
import { describe } from '../../support/suite.ts'

const display = (fields: object = {}): object => ({
  filePath: '/p/a.ts', originalContent: 'one\ntwo\n', newContent: 'one\nthree\n', isNewFile: false,
  fileDiff: 'Index: a.ts\n====\n--- a.ts\tCurrent\n+++ a.ts\tProposed\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n',
  ...fields,
})
const edit = (fields: object = {}): Record<string, unknown> =>
  ({ name: 'replace', status: 'success', args: { file_path: 'a.ts' }, resultDisplay: display(), ...fields })
const shell = (output: string, status = 'success'): Record<string, unknown> =>
  ({ name: 'run_shell_command', status, result: [{ functionResponse: { response: { output } } }] })

describe('the record of a tool call of Gemini CLI', (it) => {
  it('tells the change of a file with its lines and both its texts', () => {
    assert.equal(changeOf('replace', 'c1', edit()), {
      kind: 'file-change', path: '/p/a.ts', change: 'modify', tool: 'replace', call: 'c1', evidence: 'tool',
      hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [' one', '-two', '+three'] }],
      before: sha256('one\ntwo\n'), after: sha256('one\nthree\n'),
    })
    const created = changeOf('write_file', 'c1', edit({ resultDisplay: display({ isNewFile: true }) }))
    assert.equal([created?.change, created?.before], ['create', null])
    const bare = changeOf('replace', 'c1', edit({ resultDisplay: undefined }))
    assert.equal([bare?.path, bare?.hunks, bare?.before, bare?.after], ['a.ts', undefined, undefined, undefined])
  })

  it('tells no change of a call that failed, was cancelled or only read', () => {
    assert.is(changeOf('replace', 'c1', edit({ status: 'error' })), undefined)
    assert.is(changeOf('replace', 'c1', edit({ status: 'cancelled' })), undefined)
    assert.is(changeOf('read_file', 'c1', edit()), undefined)
  })

  it('tells how the call went', () => {
    const outcome = (call: Record<string, unknown>): string => outcomeOf(call, outputOf(call))
    const ran = (told: string): Record<string, unknown> =>
      shell(`<untrusted_context>\nOutput: ${told}\n</untrusted_context>`)
    assert.is(outcome(ran('ok\nProcess Group PGID: 1')), 'ok')
    assert.is(outcome(ran('(empty)\nExit Code: 3\nProcess Group PGID: 298')), 'failed')
    assert.is(outcome(ran('\nExit Code: 3\nis what I print')), 'ok')
    assert.is(outcome(shell('[Operation Cancelled] Reason: User denied execution.', 'cancelled')), 'refused')
    assert.is(outcome(shell('[Operation Cancelled] Reason: Operation cancelled by user', 'cancelled')), 'interrupted')
    assert.is(outcome(shell('x', 'error')), 'failed')
  })

  it('does not repeat the file that an editing tool shows to the model', () => {
    const output = 'Successfully modified file: /p/a.ts (1 replacements). Here is the updated code:\none\nthree\n'
    assert.is(outputOf({ ...shell(output), name: 'replace' }), 'Successfully modified file: /p/a.ts (1 replacements).')
    assert.is(outputOf(shell(output)), output)
    assert.equal(outputOf({ result: [{ functionResponse: { response: { rows: 1 } } }] }), { rows: 1 })
    assert.is(outputOf({ result: null }), '')
  })

  it('names the files that were read', () => {
    assert.equal(readsOf('read_file', { file_path: 'src/a.ts' }), ['src/a.ts'])
    assert.equal(readsOf('read_file', { absolute_path: '/p/a.ts' }), ['/p/a.ts'])
    assert.equal(readsOf('write_file', { file_path: 'src/a.ts' }), [])
  })
})
