// The times capture was off.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { isOutside, noteSwitch, readGaps } from '../../src/store/gaps.ts'
import { describe } from '../support/suite.ts'

describe('gaps', (it) => {
  it('are none where capture was never off', () => {
    assert.equal(readGaps(join(tmpdir(), 'not-there')), [])
  })
  it('run from off to on, the last one until now', () => {
    const home = mkdtempSync(join(tmpdir(), 'bitloops-gaps-'))
    for (const [enabled, at] of [[false, 10], [false, 12], [true, 20], [true, 25], [false, 30]] as const) {
      noteSwitch(home, enabled, at)
    }
    assert.equal(readGaps(home), [{ from: 10, to: 20 }, { from: 30, to: Number.POSITIVE_INFINITY }])
    assert.equal([9, 10, 19, 20, 29, 30, 99].map((at) => isOutside(readGaps(home), at)),
      [true, false, false, true, true, false, false])
  })
})
