// The adapter of GitHub Copilot: the command line (measured on 1.0.102) and the agent of VS Code (by what others
// recorded of it). Both write the same kind of log.

import type { AgentAdapter } from '../agent.ts'
import { sessionIdOf } from '../event-ids.ts'
import { parseHook } from './hooks.ts'
import { rootOf, sessionOfPath, startedIn, transcriptFolders } from './places.ts'
import { READ_ONLY_TOOLS, SHELL_TOOLS } from './tools.ts'
import { parseTranscript } from './transcript.ts'

export const copilot: AgentAdapter = {
  name: 'copilot',
  title: 'GitHub Copilot',
  transcript: 'jsonl',
  parseHook,
  parseTranscript,
  sessionOf: (env) => sessionIdOf(env['COPILOT_AGENT_SESSION_ID']),
  isShellOf: (env) => env['COPILOT_CLI'] === '1' || sessionIdOf(env['COPILOT_AGENT_SESSION_ID']) !== undefined,
  transcriptFolders,
  sessionOfTranscript: sessionOfPath,
  transcriptOf: (session, home, env) => `${rootOf(home, env)}/session-state/${session}/events.jsonl`,
  startedIn,
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: SHELL_TOOLS,
  // Subagents write into the transcript of their session: there are no others.
  subagentFolder: (transcriptPath) => `${transcriptPath.replace(/[^\\/]*$/, '')}subagents`,
  subagentOfTranscript: () => undefined,
}
