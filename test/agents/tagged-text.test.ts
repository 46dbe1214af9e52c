// That marked parts are found, and that a text full of open tags costs no time.

import * as assert from 'uvu/assert'
import { taggedParts, withoutTagged } from '../../src/agents/tagged-text.ts'
import { describe } from '../support/suite.ts'

describe('tagged texts', (it) => {
  it('give their parts', () => {
    assert.equal(taggedParts('<q>\na</q> b <q>c</q>', 'q'), ['\na', 'c'])
    assert.equal(taggedParts('<q>a', 'q'), [])
  })

  it('leave what is outside of them', () => {
    assert.is(withoutTagged('<x id="1">a</x>b<y>c</y><z>d</z><xy>e', ['x', 'y']), 'b<z>d</z><xy>e')
    assert.is(withoutTagged('<x>a <x>b</x> c', ['x']), ' c')
    assert.is(withoutTagged('<x>a', ['x']), '<x>a')
  })

  it('take time that grows with the text', () => {
    const open = '<x>'.repeat(400_000)
    const begun = performance.now()
    assert.equal(taggedParts(open, 'x'), [])
    assert.is(withoutTagged(open, ['x', 'y']), open)
    assert.is(performance.now() - begun < 2000, true)
  })
})
