// What each agent is told: by the rules that were found out with the real clients, where a broken hook takes some down.

import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { HOOK_FORMS, HOOK_STEPS } from '../../src/agents/hook-forms.ts'
import { ALL_HOOK_FILES, mentionsUs } from '../../src/agents/hook-places.ts'
import { agentHookCommand } from '../../src/model/agent-command.ts'
import type { SettingsForm } from '../../src/model/agent-command.ts'
import { addAgentHooks } from '../../src/model/agent-settings.ts'
import { AGENT_NAMES } from '../../src/model/ids.ts'
import type { AgentName } from '../../src/model/ids.ts'
import { describe } from '../support/suite.ts'

interface Hook {
  readonly type: string
  readonly command?: string
  readonly bash?: string
  readonly timeout?: number
  readonly timeoutSec?: number
  readonly name?: string
}

const formOf = (agent: AgentName): SettingsForm => {
  const form = HOOK_FORMS[agent]
  if (form.kind !== 'settings') throw new Error(`${agent} has no settings`)
  return form
}

const eventsOf = (agent: AgentName): readonly string[] => formOf(agent).entries.map(({ event }) => event)

/** The one hook of each entry, in a group or not. */
const hooksOf = (agent: AgentName): readonly Hook[] => formOf(agent).entries.map(({ item }) =>
  ((item['hooks'] as Hook[] | undefined)?.[0] ?? item) as unknown as Hook)

/** The whole list; one name that is not in it voids the file. */
const CURSOR_KNOWS = [
  'sessionStart', 'sessionEnd', 'beforeSubmitPrompt', 'preToolUse', 'postToolUse', 'postToolUseFailure',
  'beforeShellExecution', 'afterShellExecution', 'beforeMCPExecution', 'afterMCPExecution', 'beforeReadFile',
  'afterFileEdit', 'beforeTabFileRead', 'afterTabFileEdit', 'afterAgentResponse', 'afterAgentThought', 'stop',
  'preCompact', 'subagentStart', 'subagentStop', 'workspaceOpen',
]

/** Events at which an agent asks whether it may go on, and takes a failure for a no. */
const DECIDES = /^(permission|before(Tool|Model|ReadFile|Shell|MCP)|afterModel|preMcp)/i

describe('HOOK_FORMS', (it) => {
  it('registers the nine events that Claude Code, old and new, knows, and no other', () => {
    assert.equal([...eventsOf('claude-code')].sort(), [
      'PostToolUse', 'PreCompact', 'PreToolUse', 'SessionEnd', 'SessionStart', 'Stop', 'SubagentStart', 'SubagentStop',
      'UserPromptSubmit',
    ])
  })

  it('registers none that decides about a tool, a permission or a call of the model', () => {
    for (const agent of ['codex', 'copilot', 'cursor', 'gemini'] as const) {
      assert.equal(eventsOf(agent).filter((event) => DECIDES.test(event) || /^preToolUse$/i.test(event)), [], agent)
    }
  })

  it('registers with Cursor only what it knows', () => {
    assert.equal(eventsOf('cursor').filter((event) => !CURSOR_KNOWS.includes(event)), [])
    assert.is(formOf('cursor').version, 1)
  })

  it('AGT-08: registers with Gemini CLI nothing that comes with each call of the model', () => {
    assert.equal(eventsOf('gemini'), ['SessionStart', 'BeforeAgent', 'AfterTool', 'AfterAgent', 'SessionEnd'])
  })

  it('gives every hook a short limit, in the unit of the agent', () => {
    assert.ok(hooksOf('claude-code').every(({ timeout }) => timeout === 10))
    assert.ok(hooksOf('cursor').every(({ timeout }) => timeout === 10))
    assert.ok(hooksOf('copilot').every(({ timeoutSec }) => timeoutSec === 10))
    assert.ok(hooksOf('gemini').every(({ timeout, name }) => timeout === 10_000 && name === 'git-bitloops'))
    eventsOf('codex').forEach((event, at) => {
      assert.is(hooksOf('codex')[at]!.timeout, ['Interrupt', 'SessionEnd'].includes(event) ? 3 : 10, event)
    })
  })

  it('tells Copilot\'s events apart by the command; all others say theirs themselves', () => {
    hooksOf('copilot').forEach(({ bash }, at) => {
      assert.is(bash, agentHookCommand('copilot', eventsOf('copilot')[at]!))
    })
    for (const agent of ['claude-code', 'codex', 'cursor', 'gemini'] as const) {
      assert.ok(hooksOf(agent).every(({ command }) => command === agentHookCommand(agent)), agent)
    }
  })

  it('never changes for Codex, which trusts entries by their hashes: all users would have to trust them again', () => {
    const hash = createHash('sha256').update(JSON.stringify(formOf('codex'))).digest('hex')
    assert.is(hash, '4678e24399af5c2fdbec1e0a90c2e486e4b0751f03a5a8edfd8443de177d22c3')
  })

  it('is known for ours in the text of every file', () => {
    for (const agent of AGENT_NAMES) {
      const made = addAgentHooks(undefined, HOOK_FORMS[agent])
      assert.ok(made.kind === 'write' && mentionsUs(made.text), agent)
    }
    assert.not.ok(mentionsUs('{"hooks":{"stop":[{"command":"bitloops hooks cursor stop"}]}}'))
  })

  it('says what each agent still needs of the user', () => {
    assert.equal(Object.keys(HOOK_STEPS), ['codex', 'copilot', 'cursor', 'gemini'])
    assert.is(new Set(ALL_HOOK_FILES).size, 8)
  })
})
