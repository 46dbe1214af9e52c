// Which lines a trace says which conversation wrote.

import * as assert from 'uvu/assert'
import type { AddedLine } from '../../src/model/added-lines.ts'
import { METADATA_KEY, traceOf } from '../../src/model/agent-trace.ts'
import type { TraceRecord } from '../../src/model/agent-trace.ts'
import type { CheckpointRecord, FileRecord, LinkRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { FileChange } from '../../src/model/event.ts'
import type { ReadCheckpoint } from '../../src/model/explanation.ts'
import type { Oid } from '../../src/model/ids.ts'
import {
  OTHER_SESSION, SESSION, checkpointId, checkpointRecord, entry, sessionRecord,
} from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

const COMMIT = 'a'.repeat(40) as Oid
const link: LinkRecord = { schema: 1, commit: COMMIT, checkpoint: checkpointId(1), evidence: 'commit', by: 'promotion' }

const numbered = (...lines: readonly (readonly [number, string])[]): readonly AddedLine[] =>
  lines.map(([number, text]) => ({ number, text }))
const edit = (path: string, lines: readonly string[] | undefined, given: Partial<FileChange> = {}): FileChange => ({
  kind: 'file-change', path, change: 'modify', tool: 'Edit', evidence: 'tool', ...given,
  ...lines === undefined ? {} : {
    hunks: [{ oldStart: 1, oldLines: 0, newStart: 1, newLines: lines.length, lines: lines.map((line) => `+${line}`) }],
  },
})
const file = (given: Partial<FileRecord> = {}): FileRecord =>
  ({ path: 'a.ts', change: 'modify', evidence: 'tool', sessions: [SESSION], ...given })

function trace(
  files: readonly FileRecord[], added: Readonly<Record<string, readonly AddedLine[]>>,
  entries: readonly TranscriptEntry[], given: Partial<CheckpointRecord> = {},
): TraceRecord {
  const record = checkpointRecord(COMMIT, { files, ...given })
  const checkpoint: ReadCheckpoint = { kind: 'found', link, folder: '', record, entries }
  return traceOf({ oid: COMMIT, added: new Map(Object.entries(added)) }, [checkpoint], '1.2.3')
}

/** `ai claude-opus-4-5 1-2,4` for each conversation of each file. */
const told = ({ files }: TraceRecord): Record<string, readonly string[]> =>
  Object.fromEntries(files.map(({ path, conversations }) => [path, conversations.map(({ contributor, ranges }) =>
    [contributor.type, ...contributor.model_id === undefined ? [] : [contributor.model_id],
      ranges.map(({ start_line: start, end_line: end }) => `${start}-${end}`).join()].join(' '))]))

describe('traceOf', (it) => {
  it('gives each conversation the lines that its recorded edits wrote, as numbered in the commit', () => {
    const added = { 'a.ts': numbered([4, 'const a = 1'], [5, 'const b = 2'], [9, 'const c = 3']) }
    const entries = [entry(edit('/home/dev/project/a.ts', ['const c = 3', 'const a = 1', 'const b = 2']))]
    assert.equal(told(trace([file()], added, entries)), { 'a.ts': ['ai anthropic/claude-opus-4-5 4-5,9-9'] })
  })

  it('calls lines of nobody human, and mixed right among those of an agent', () => {
    const added = { 'a.ts': numbered([1, 'agent'], [2, 'edited by hand'], [7, 'by hand']) }
    assert.equal(told(trace([file()], added, [entry(edit('/p/a.ts', ['agent']))])),
      { 'a.ts': ['ai anthropic/claude-opus-4-5 1-1', 'mixed 2-2', 'human 7-7'] })
  })

  it('counts a line as often as it was written, and leaves it with its neighbour', () => {
    const sessions = [sessionRecord(), sessionRecord({ session: OTHER_SESSION, agent: 'codex', models: ['gpt-5.2'] })]
    const entries = [
      entry(edit('/p/a.ts', ['first', '}'])),
      entry(edit('/p/a.ts', ['second', '}']), { session: OTHER_SESSION, agent: 'codex' }),
    ]
    const added = { 'a.ts': numbered([1, 'first'], [2, '}'], [3, 'second'], [4, '}'], [9, '}']) }
    assert.equal(told(trace([file({ sessions: [SESSION, OTHER_SESSION] })], added, entries, { sessions })),
      { 'a.ts': ['ai anthropic/claude-opus-4-5 1-2', 'ai openai/gpt-5.2 3-4', 'human 9-9'] })
  })

  it('tells the models of one conversation apart', () => {
    const entries = [
      entry({ kind: 'response', text: '…', model: 'claude-opus-4-5' }), entry(edit('/p/a.ts', ['one'])),
      entry({ kind: 'response', text: '…', model: 'claude-haiku-4-5' }), entry(edit('/p/a.ts', ['two'])),
    ]
    assert.equal(told(trace([file()], { 'a.ts': numbered([1, 'one'], [2, 'two']) }, entries)),
      { 'a.ts': ['ai anthropic/claude-opus-4-5 1-1', 'ai anthropic/claude-haiku-4-5 2-2'] })
  })

  it('gives what a shell wrote to the one session that had a part in it', () => {
    const added = { 'a.ts': numbered([1, 'one'], [2, 'two']) }
    const mute = entry(edit('/p/a.ts', undefined, { evidence: 'inferred', tool: 'worktree' }))
    const ai = { 'a.ts': ['ai anthropic/claude-opus-4-5 1-2'] }
    assert.equal(told(trace([file({ evidence: 'inferred' })], added, [mute])), ai)
    assert.equal(told(trace([file({ evidence: 'inferred' })], added, [])), ai)
    assert.equal(told(trace([file({ evidence: 'inferred', sessions: [SESSION, OTHER_SESSION] })], added, [])),
      { 'a.ts': ['unknown 1-2'] })
  })

  it('does not say more than is known', () => {
    const added = { 'a.ts': numbered([1, 'one']), 'b.ts': numbered([1, 'one']), 'mine.ts': numbered([1, 'one']) }
    const replaced = file({ path: 'b.ts', evidence: 'replaced' })
    const files = [file({ evidence: 'unknown' }), replaced, file({ path: 'gone.ts' })]
    assert.equal(told(trace(files, added, [])), { 'a.ts': ['unknown 1-1'], 'b.ts': ['mixed 1-1'] })
  })

  it('finds a renamed file, and of two paths the one that was said', () => {
    const files = [file({ path: 'lib/new.ts', from: 'lib/old.ts', change: 'rename' }), file({ path: 'a.ts' }),
      file({ path: 'src/a.ts' })]
    const added = { 'lib/new.ts': numbered([3, 'x']), 'a.ts': numbered([1, 'x']), 'src/a.ts': numbered([2, 'x']) }
    const entries = [entry(edit('/p/lib/old.ts', ['x'])), entry(edit('C:\\p\\src\\a.ts', ['x']))]
    assert.equal(told(trace(files, added, entries)), {
      'lib/new.ts': ['ai anthropic/claude-opus-4-5 3-3'], 'a.ts': ['unknown 1-1'],
      'src/a.ts': ['ai anthropic/claude-opus-4-5 2-2'],
    })
  })

  it('names records by their content, and sessions in the metadata', () => {
    const one = trace([file()], {}, [])
    assert.is(one.id, trace([file()], {}, []).id)
    assert.is.not(one.id, trace([file()], {}, [], { id: checkpointId(2) }).id)
    assert.match(one.id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal([one.timestamp, one.tool], ['2026-11-20T16:15:00.000Z', { name: 'git-bitloops', version: '1.2.3' }])
    const text = JSON.stringify(one.metadata[METADATA_KEY])
    assert.match(text, 'Limit how often somebody can try to log in.')
    assert.match(text, `urn:git-bitloops:session:claude-code:${SESSION}`)
  })
})
