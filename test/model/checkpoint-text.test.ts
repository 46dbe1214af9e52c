// Reading what others wrote: nothing may throw, whatever it is.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { parseCheckpointRecord, parseLink, parseTranscript } from '../../src/model/checkpoint-text.ts'
import { explainCheckpoints } from '../../src/model/explanation.ts'
import { formatExplanation, formatShort } from '../../src/model/format-explanation.ts'
import { formatTranscript } from '../../src/model/format-transcript.ts'
import { PLAIN } from '../../src/model/style.ts'
import type { CheckpointRecord } from '../../src/model/checkpoint.ts'
import type { Oid } from '../../src/model/ids.ts'
import { checkpointId, checkpointRecord, entry } from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

const COMMIT = 'a'.repeat(40) as Oid
const COMMIT_SUMMARY = {
  oid: COMMIT, parents: [], subject: 's', author: { name: 'a', email: 'e' }, authoredAt: 0, committedAt: 0,
}
const LAYOUT = { style: PLAIN, width: 80, now: 0, full: true }

/** Everything that is said of a record. */
function show(record: CheckpointRecord): void {
  const link = { schema: 1, commit: COMMIT, checkpoint: checkpointId(1), evidence: 'commit', by: 'x' } as const
  const explained = explainCheckpoints([{ kind: 'found', link, record, folder: '', entries: [] }])
  formatExplanation(COMMIT_SUMMARY, explained, LAYOUT)
  formatShort(COMMIT_SUMMARY, explained, LAYOUT)
}

describe('parseCheckpointRecord', (it) => {
  it('gives back what was written, with fields that only a newer version knows', () => {
    const record = { ...checkpointRecord(COMMIT), mood: 'good' }
    assert.equal(parseCheckpointRecord(JSON.stringify(record)), { kind: 'value', value: record })
  })

  it('says what is wrong, and of which version it is', () => {
    assert.equal(parseCheckpointRecord('{'), { kind: 'unreadable', reason: 'it is not JSON' })
    assert.equal(parseCheckpointRecord('[]'), { kind: 'unreadable', reason: 'it has no schema number' })
    assert.equal(parseCheckpointRecord('{"schema":2}'), { kind: 'newer', schema: 2 })
    assert.equal(parseCheckpointRecord('{"schema":1,"id":"x"}'),
      { kind: 'unreadable', reason: 'session.json has no checkpoint id' })
  })

  it('makes something that can be shown of anything', () => {
    const keys = ['sessions', 'files', 'symbols', 'statements', 'evidence', 'redactions', 'note', 'seq', 'kind']
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (garbage) => {
      const record = { schema: 1, id: checkpointId(1), origin: { commit: COMMIT }, ...garbage }
      const reading = parseCheckpointRecord(JSON.stringify(record))
      if (reading.kind !== 'value') throw new Error('it was well formed')
      show(reading.value)
    }))
  })

  it('survives holes in every place of a good record', () => {
    const paths = pathsOf(checkpointRecord(COMMIT))
    for (const path of paths) {
      for (const hole of [null, 7, 'x', [], {}]) {
        const text = JSON.stringify(replaceAt(checkpointRecord(COMMIT), path, hole))
        const reading = parseCheckpointRecord(text)
        if (reading.kind === 'value') show(reading.value)
      }
    }
  })
})

describe('parseLink', (it) => {
  const good = { schema: 1, commit: COMMIT, checkpoint: checkpointId(1), evidence: 'commit', by: 'promotion' }
  it('believes only what fits its place', () => {
    assert.is(parseLink(JSON.stringify(good), COMMIT, checkpointId(1)).kind, 'value')
    assert.is(parseLink(JSON.stringify(good), 'b'.repeat(40), checkpointId(1)).kind, 'unreadable')
    assert.is(parseLink(JSON.stringify({ ...good, from: '../x' }), COMMIT, checkpointId(1)).kind, 'unreadable')
    assert.is(parseLink(JSON.stringify({ ...good, schema: 9 }), COMMIT, checkpointId(1)).kind, 'newer')
  })
})

describe('parseTranscript', (it) => {
  it('leaves out what makes no sense', () => {
    const line = entry({ kind: 'reasoning', text: 'Because.' })
    const text = `{\n\n[]\n{"kind":"reasoning"}\n${JSON.stringify(line)}\n`
    assert.equal(parseTranscript(text), [line])
    assert.equal(parseTranscript(text, (each) => !each.includes('Because')), [])
  })

  it('gives entries that can be shown, whatever is in them', () => {
    const kinds = [
      'prompt', 'response', 'reasoning', 'tool-call', 'tool-result', 'decision', 'compaction', 'notice',
      'subagent-start', 'subagent-end', 'session-start', 'session-end', 'turn-end', 'file-change', 'usage', 'other',
    ]
    const event = { id: 'e', session: 's', agent: 'claude-code', at: '2026-11-20T16:01:00.000Z' }
    const fields = fc.constantFrom('text', 'input', 'output', 'tool', 'call', 'outcome', 'turn', 'why', 'summary')
    fc.assert(fc.property(fc.constantFrom(...kinds), fc.dictionary(fields, fc.jsonValue()), (kind, body) => {
      formatTranscript(parseTranscript(JSON.stringify({ ...body, ...event, kind })), LAYOUT)
    }))
  })
})

type Path = readonly (string | number)[]
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

function replaceAt(value: unknown, [key, ...rest]: Path, hole: unknown): unknown {
  if (key === undefined) return hole
  const copy = (Array.isArray(value) ? [...value] : { ...value as object }) as Record<string | number, unknown>
  copy[key] = replaceAt(copy[key], rest, hole)
  return copy
}
