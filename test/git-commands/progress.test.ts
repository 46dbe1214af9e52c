// The line for who waits at a terminal.

import * as assert from 'uvu/assert'
import type { Io } from '../../git-commands/io.ts'
import { openProgress } from '../../git-commands/progress.ts'
import { describe } from '../support/suite.ts'

/** What is shown when told at these times. */
function shownAt(times: readonly number[], isTerminal: boolean): string {
  let now = 0
  let shown = ''
  const progress = openProgress({ isTerminal, now: () => now, err: (text) => { shown += text } } as Io)
  for (const time of times) {
    now = time
    progress.tell(`at ${time}`)
  }
  progress.end()
  return shown
}

describe('openProgress', (it) => {
  it('says nothing in the first second, then what is new, and leaves nothing behind', () => {
    assert.is(shownAt([0, 500, 999], true), '')
    assert.is(shownAt([500, 1000, 1100, 1200], true), '\rat 1000\u001b[K\rat 1200\u001b[K\r\u001b[K')
  })
  it('says nothing where nobody looks', () => {
    assert.is(shownAt([0, 5000], false), '')
  })
})
