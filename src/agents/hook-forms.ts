// What each agent is told so that it calls us, and what the user has to do so that it does.

import type { AgentName } from '../model/ids.ts'
import { agentHookCommand } from '../model/agent-command.ts'
import type { HookEntry, HookForm } from '../model/agent-command.ts'
import { openCodePlugin } from './opencode/plugin.ts'

/** No hook of ours takes longer; where an agent asks for less, the entry says so. */
const TIMEOUT_SECONDS = 10

/**
 * Claude Code 2.0.76 throws the whole file away for one name it does not know, so this list may only grow by events
 * that every supported client has.
 */
const CLAUDE_CODE_EVENTS = [
  'SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SubagentStart', 'SubagentStop',
  'PreCompact', 'SessionEnd',
]

/** None that decides about a tool, and none that fires at every call of the model. */
const CODEX_EVENTS = [
  'SessionStart', 'UserPromptSubmit', 'PostToolUse', 'PreCompact', 'SubagentStart', 'SubagentStop', 'Stop',
  'Interrupt', 'SessionEnd',
]
/** Codex cuts these to three seconds, and complains of more. */
const CODEX_SHORT = new Set(['Interrupt', 'SessionEnd'])

/** Never `preToolUse` and `permissionRequest`: where they fail, Copilot denies every tool. */
const COPILOT_EVENTS = [
  'sessionStart', 'userPromptSubmitted', 'postToolUse', 'postToolUseFailure', 'errorOccurred', 'preCompact',
  'subagentStop', 'agentStop', 'sessionEnd',
]

/**
 * Cursor throws the whole file away for one name it does not know. None that asks whether a tool may run; what
 * `postToolUse` tells of shells and MCP is not asked twice. Its command differs from the one for Claude Code, which
 * Cursor may run as well: payloads that come twice count once, and each says whose it is.
 */
const CURSOR_EVENTS = [
  'sessionStart', 'beforeSubmitPrompt', 'postToolUse', 'postToolUseFailure', 'afterFileEdit', 'afterAgentThought',
  'afterAgentResponse', 'preCompact', 'subagentStart', 'subagentStop', 'stop', 'sessionEnd',
]

/** Not the events around each call of the model, and not `PreCompress`, which comes before each of them. */
const GEMINI_EVENTS = ['SessionStart', 'BeforeAgent', 'AfterTool', 'AfterAgent', 'SessionEnd']

const settings = (events: readonly string[], itemOf: (event: string) => HookEntry['item'], version?: 1): HookForm => ({
  kind: 'settings', ...version === undefined ? {} : { version },
  entries: events.map((event) => ({ event, item: itemOf(event) })),
})

const claudeCode = settings(CLAUDE_CODE_EVENTS, () =>
  ({ hooks: [{ type: 'command', command: agentHookCommand('claude-code'), timeout: TIMEOUT_SECONDS }] }))

const codex = settings(CODEX_EVENTS, (event) => ({
  hooks: [{
    type: 'command', command: agentHookCommand('codex'), timeout: CODEX_SHORT.has(event) ? 3 : TIMEOUT_SECONDS,
  }],
}))

/** Its payloads do not say which event they tell. */
const copilot = settings(COPILOT_EVENTS, (event) =>
  ({ type: 'command', bash: agentHookCommand('copilot', event), timeoutSec: TIMEOUT_SECONDS }), 1)

const cursor = settings(CURSOR_EVENTS, () =>
  ({ type: 'command', command: agentHookCommand('cursor'), timeout: TIMEOUT_SECONDS }), 1)

const gemini = settings(GEMINI_EVENTS, () => ({
  matcher: '*',
  hooks: [{
    name: 'git-bitloops', type: 'command', command: agentHookCommand('gemini'), timeout: TIMEOUT_SECONDS * 1000,
  }],
}))

export const HOOK_FORMS: Readonly<Record<AgentName, HookForm>> = {
  'claude-code': claudeCode, codex, copilot, cursor, gemini,
  opencode: { kind: 'own-file', text: openCodePlugin() },
}

/** What the user has to know or do once the hooks are there, so that the agent runs them; in sentences. */
export const HOOK_STEPS: Readonly<Partial<Record<AgentName, string>>> = {
  codex: 'Codex runs no hook that you have not trusted: start codex here and choose "Trust all", or use its /hooks; ' +
    'until then nothing of it is recorded, and it does not say so',
  copilot: 'Copilot runs the hooks of folders that you trust: answer yes when copilot asks about this one',
  cursor: 'Cursor runs the hooks of workspaces that you trust: answer yes when it asks about this one',
  gemini: 'Gemini CLI runs the hooks of folders that you trust, and only when it is started at the top of the ' +
    'repository; at its next start it warns once of hooks called git-bitloops',
}
