// The marker that makes post-commit ask.

import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import type { AgentName, SessionId } from '../../src/model/ids.ts'
import { pendingMarker, updatePendingMarker } from '../../src/store/pending.ts'
import { closeTurn, openTurn, seeSession } from '../../src/store/sessions.ts'
import { withRecorder } from '../support/recorder.ts'
import { describe } from '../support/suite.ts'

describe('updatePendingMarker', (it) => {
  const marks = (agent: AgentName, heardMsAgo: number, isOver: boolean): Promise<boolean> => new Promise((resolve) => {
    void withRecorder(({ store, context }) => {
      const at = Date.now() - heardMsAgo
      const session = seeSession(store, { agent, session: 's' as SessionId, at, foundBy: 'hook' })
      openTurn(store, session, 't1')
      if (isOver) closeTurn(store, session, 't1')
      updatePendingMarker(store, context.repository.home)
      resolve(existsSync(pendingMarker(context.repository.home)))
      return Promise.resolve()
    })
  })

  it('marks a turn under way of an agent whose edits only the transcript tells', async () => {
    for (const agent of ['copilot', 'gemini', 'opencode'] as const) assert.is(await marks(agent, 1000, false), true)
    assert.is(await marks('claude-code', 1000, false), false, 'its hooks tell')
  })
  it('does not mark one that is over, or that nobody heard of for long', async () => {
    assert.is(await marks('gemini', 1000, true), false)
    assert.is(await marks('gemini', 2 * 3_600_000, false), false)
  })
})
