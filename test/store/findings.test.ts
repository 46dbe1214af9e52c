// What doctor must tell of agents is in their words, and no secret.

import * as assert from 'uvu/assert'
import { countFinding, readFindings } from '../../src/store/findings.ts'
import { makeRecorder } from '../support/recorder.ts'
import { GITHUB } from '../support/secrets.ts'
import { describe } from '../support/suite.ts'

describe('findings', (it) => {
  it('are counted, and told redacted', async () => {
    const recorder = await makeRecorder()
    countFinding(recorder.store, 'line', `line:${GITHUB}`, `codex ${GITHUB}`, 1)
    countFinding(recorder.store, 'line', `line:${GITHUB}`, `codex ${GITHUB}`, 2)
    const mark = '[REDACTED:github-token]'
    assert.equal(readFindings(recorder.store),
      [{ kind: 'line', what: `line:${mark}`, detail: `codex ${mark}`, count: 2, firstAt: 1, lastAt: 2 }])
    recorder.close()
  })
})
