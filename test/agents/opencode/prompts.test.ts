// What of a user's message the user typed.

import * as assert from 'uvu/assert'
import { promptOf } from '../../../src/agents/opencode/prompts.ts'
import { describe } from '../../support/suite.ts'

const typed = (text: string): string | undefined => promptOf([{ type: 'text', text }])?.text

describe('a prompt of the command line', (it) => {
  it('AGT-12 has no quotes around it', () => {
    assert.is(typed('"two words"'), 'two words')
    assert.is(typed('"say \\"hi\\" to them"'), 'say "hi" to them')
    assert.is(typed('"two words"\nand what was piped "in"'), 'two words\nand what was piped "in"')
  })

  it('keeps the quotes that are part of it', () => {
    for (const text of ['say "hi"', '"hi" he said', '"a" and "b"', '"', '""x', '"open', 'word']) {
      assert.is(typed(text), text)
    }
  })
})

describe('a message of the user', (it) => {
  it('that holds an image alone is a prompt', () => {
    assert.equal(promptOf([{ type: 'file', mime: 'image/png' }]), { text: '', origin: 'human', images: 1 })
  })

  it('that says nothing is none', () => {
    assert.is(promptOf([]), undefined)
    assert.is(promptOf([{ type: 'compaction', auto: true }]), undefined)
    assert.is(promptOf([{ type: 'text', text: 'for the eyes only', ignored: true }]), undefined)
  })

  it('of the client is told as such', () => {
    assert.equal(promptOf([{ type: 'text', text: 'Continue', synthetic: true }]),
      { text: 'Continue', origin: 'client', images: 0 })
  })
})
