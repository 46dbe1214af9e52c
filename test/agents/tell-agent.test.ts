// Whose payload it is, though it came by Claude Code's settings.

import * as assert from 'uvu/assert'
import { tellAgent } from '../../src/agents/tell-agent.ts'
import { describe } from '../support/suite.ts'

const CLAUDE = { session_id: 's', transcript_path: '/home/dev/.claude/projects/-home-dev-p/s.jsonl' }

describe('tellAgent', (it) => {
  it('believes what the hook was registered for', () => {
    for (const agent of ['codex', 'gemini', 'opencode', 'copilot', 'cursor', 'claude-code']) {
      assert.is(tellAgent(agent, undefined, CLAUDE), agent)
    }
  })
  it('knows Cursor by its conversation', () => {
    assert.is(tellAgent('claude-code', 'cursor', { conversation_id: 'c', hook_event_name: 'stop' }), 'cursor')
    assert.is(tellAgent('claude-code', undefined, { conversation_id: 'c', transcript_path: null }), 'cursor')
  })
  it('knows Copilot by its transcript, and by its environment where there is none', () => {
    const cli = '/home/dev/.copilot/session-state/0b/events.jsonl'
    const code = '/home/dev/.config/Code/User/workspaceStorage/1/GitHub.copilot-chat/transcripts/2.jsonl'
    for (const transcript_path of [cli, code]) {
      assert.is(tellAgent('claude-code', undefined, { session_id: 's', transcript_path }), 'copilot')
    }
    assert.is(tellAgent('claude-code', 'copilot', { session_id: 's', hook_event_name: 'SessionStart' }), 'copilot')
  })
  it('is not misled by Claude Code in a shell of Copilot or Cursor', () => {
    assert.is(tellAgent('claude-code', 'copilot', CLAUDE), 'claude-code')
    assert.is(tellAgent('claude-code', 'cursor', CLAUDE), 'claude-code')
  })
  it('takes nonsense as it was registered', () => {
    for (const payload of [null, 7, [], { transcript_path: 3 }]) {
      assert.is(tellAgent('claude-code', undefined, payload), 'claude-code')
    }
  })
})
