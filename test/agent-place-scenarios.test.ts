// An agent that is started in another agent's shell finds that one's environment. Its session stays where it works.

import * as assert from 'uvu/assert'
import { findAdapter } from '../src/agents/registry.ts'
import { AGENT_NAMES } from '../src/model/ids.ts'
import { openLiveStore } from '../src/store/live.ts'
import { CASES, explainOne } from './support/agent-cases.ts'
import { rowsOf } from './support/recorder.ts'
import { replay } from './support/replay.ts'
import { makeRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

describe('a session that is started in the shell of Claude Code', (it) => {
  for (const agent of AGENT_NAMES) {
    it(`of another worktree works in its own: ${agent}`, async () => {
      const repository = await makeRepository()
      await repository.commit('Begin', { 'README.md': '# Example\n' })
      const { code, output } = await repository.bitloops('init', '--agent', agent)
      assert.is(code, 0, output)
      const other = await repository.worktree('other')
      const inside = { ...repository, env: { ...repository.env, CLAUDE_PROJECT_DIR: other.root } }
      const { capture, rounds, model: _model, foreign: _foreign, tracked: _tracked, ...options } = CASES[agent]
      await replay(inside, findAdapter(agent)!, capture, options).round()
      await repository.git('add', '--', ...rounds[0]!.files)
      await repository.git('commit', '--quiet', '-m', 'One')

      const { session } = await explainOne(repository, 'HEAD')
      assert.is(session.agent, agent)
      const store = await openLiveStore(repository.bitloopsHome, { busyTimeoutMs: 1500 })
      assert.equal(rowsOf(store, 'SELECT DISTINCT worktree FROM sessions'), [[repository.root]])
      store.close()
      repository.remove()
    })
  }
})
