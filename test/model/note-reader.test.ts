// Notes as merging leaves them.

import * as assert from 'uvu/assert'
import { findIntent, parseNote } from '../../src/model/note-reader.ts'
import { checkpointId } from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

describe('parseNote', (it) => {
  it('keeps every known line once, in order, whatever merging made of it', () => {
    const [one, two] = [checkpointId(1), checkpointId(2)]
    const note = [
      '', `${two} 00 head two`, '', 'Reviewed-by: somebody', `${one} 30 decision Yes`, `${one} 00 head one\r`,
      `${one} 30 decision Yes`, '01ABC 00 short', '',
    ]
    assert.equal(parseNote(note.join('\n')), [
      { checkpoint: one, ordinal: 0, text: 'head one' },
      { checkpoint: one, ordinal: 30, text: 'decision Yes' },
      { checkpoint: two, ordinal: 0, text: 'head two' },
    ])
  })
  it('finds the intent', () => {
    assert.is(findIntent(parseNote(`${checkpointId(1)} 10 intent    Limit logins`)), 'Limit logins')
    assert.is(findIntent(parseNote(`${checkpointId(1)} 00 head`)), undefined)
  })
})
