// Which options of `rewind` go together.

import * as assert from 'uvu/assert'
import { readRewindWords, wishOf } from '../../git-commands/rewind-words.ts'
import { describe } from '../support/suite.ts'

const isRefused = (options: Readonly<Record<string, unknown>>): void => {
  assert.throws(() => readRewindWords(options), /cannot be used|are about files/, JSON.stringify(options))
}

describe('readRewindWords', (it) => {
  it('browses, unless there is something to do without', () => {
    assert.is(readRewindWords({}).act, 'browse')
    assert.is(readRewindWords({ json: true }).act, 'list')
    assert.equal([readRewindWords({ to: '3^' }).act, readRewindWords({ to: '3^' }).to], ['to', '3^'])
  })
  it('takes both parts where none or both are named', () => {
    assert.equal(wishOf(readRewindWords({ to: '1' })),
      { files: true, conversation: 'may', choice: { keep: [], force: false, reset: false } })
    assert.is(readRewindWords({ to: '1', files: true, conversation: true }).part, 'both')
    assert.is(wishOf(readRewindWords({ to: '1', files: true })).conversation, 'no')
    const { files, conversation } = wishOf(readRewindWords({ to: '1', conversation: true }))
    assert.equal([files, conversation], [false, 'must'])
  })
  it('refuses what makes no sense together', () => {
    isRefused({ list: true, undo: true })
    isRefused({ undo: true, continue: true })
    isRefused({ undo: true, keep: ['a'] })
    isRefused({ list: true, reset: true })
    isRefused({ continue: true, force: true })
    isRefused({ continue: true, json: true })
    isRefused({ dryRun: true })
    isRefused({ to: '1', conversation: true, reset: true })
  })
})
