// Redacted bodies are made once for each event and version of the rules.

import * as assert from 'uvu/assert'
import { redactDrafts, redactedBodies } from '../../src/store/redactions.ts'
import { makeRecorder, payloads, rowsOf } from '../support/recorder.ts'
import type { Recorder } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'

const SECRET = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`

async function withPrompts(
  count: number, work: (recorder: Recorder, rows: readonly number[]) => Promise<void>,
): Promise<void> {
  const recorder = await makeRecorder()
  try {
    const told = payloads(recorder.repository.root)
    await recorder.tell(...Array.from({ length: count },
      (_, index) => told.prompt(`t${index}`, `Use ${SECRET} in ${index}`)))
    await work(recorder, rowsOf(recorder.store, 'SELECT id FROM events ORDER BY id').flat() as number[])
  } finally {
    recorder.close()
  }
}

describe('redactedBodies', (it) => {
  it('gives each row its redacted body and counts what was replaced', () => withPrompts(3, async (recorder, rows) => {
    const bodies = await redactedBodies(recorder.store, rows)
    assert.equal([...bodies.keys()].sort(), [...rows])
    const { body, counts } = bodies.get(rows[1]!)!
    assert.ok(body.kind === 'prompt' && /^Use \[REDACTED:[a-z-]+\] in 1$/.test(body.text))
    assert.equal(Object.values(counts), [1])
    assert.not.ok(JSON.stringify(rowsOf(recorder.store, 'SELECT body FROM redactions')).includes(SECRET))
  }))

  it('uses what it kept, unless other rules made it', () => withPrompts(2, async (recorder, rows) => {
    await redactedBodies(recorder.store, rows)
    recorder.store.run(`UPDATE redactions SET body = '{"kind":"prompt","text":"kept","origin":"human"}'`)
    recorder.store.run('UPDATE redactions SET rules = 0 WHERE event = ?', rows[1]!)
    const bodies = await redactedBodies(recorder.store, rows)
    const texts = rows.map((row) => JSON.stringify(bodies.get(row)!.body))
    assert.match(texts[0]!, '"kept"')
    assert.match(texts[1]!, 'REDACTED')
  }))

  it('skips rows that are gone', () => withPrompts(1, async (recorder, rows) => {
    assert.equal([...(await redactedBodies(recorder.store, [...rows, 999])).keys()], [...rows])
  }))
})

describe('redactDrafts', (it) => {
  it('does all drafts of a session, however many, and no claimed event',
    () => withPrompts(450, async (recorder, rows) => {
    recorder.store.run(`UPDATE events SET checkpoint = 'K' WHERE id = ?`, rows[0]!)
    await redactDrafts(recorder.store, [1])
    assert.equal(rowsOf(recorder.store, 'SELECT count(*) FROM redactions'), [[449]])
  }))
})
