// What doctor says of checkpoints and notes.

import * as assert from 'uvu/assert'
import type { Check } from '../../src/model/check.ts'
import { diagnoseCheckpoints } from '../../src/model/diagnose-checkpoints.ts'
import type { CheckpointsFacts, Place } from '../../src/model/diagnose-checkpoints.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { describe } from '../support/suite.ts'

const complete: CheckpointsFacts =
  { ref: 'readable', made: 3, version: 1, commits: 3, broken: [], dangling: [], unnoted: [] }
const place: Place = { commit: 'a'.repeat(40) as Oid, checkpoint: '01J9Z3NDEKTSV4RRFFQ69G5FAV' as CheckpointId }

const states = (facts: Partial<CheckpointsFacts>): readonly string[] =>
  diagnoseCheckpoints({ ...complete, ...facts }).map(({ id, state }: Check) => `${state} ${id}`)

describe('diagnoseCheckpoints', (it) => {
  it('is content with what is complete, and with nothing where nothing was made', () => {
    assert.equal(states({}), ['ok checkpoints'])
    assert.equal(states({ ref: 'absent', made: 0, commits: 0 }), ['ok checkpoints'])
  })

  it('fails for a ref that is gone, unreadable or newer', () => {
    assert.equal(states({ ref: 'absent', commits: 0 }), ['fail checkpoints'])
    assert.equal(states({ ref: 'unreadable' }), ['fail checkpoints'])
    assert.equal(states({ version: 2 }), ['fail checkpoints'])
  })

  it('fails for what is missing, and warns of what is only not shown', () => {
    assert.equal(states({ broken: [{ ...place, why: 'is gone' }], dangling: [place], unnoted: [place] }),
      ['fail checkpoints', 'fail notes', 'warn notes'])
  })

  it('names the first three of many', () => {
    const checks = diagnoseCheckpoints({ ...complete, dangling: Array.from({ length: 20 }, () => place) })
    assert.is(checks.length, 3)
    assert.match(checks[2]!.message, /\(and 17 more like it\)$/)
  })

  it('never claims to have looked at all', () => {
    assert.match(diagnoseCheckpoints(complete)[0]!.message, /of the newest 3 commits/)
  })
})
