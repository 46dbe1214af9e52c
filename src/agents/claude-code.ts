// The adapter of Claude Code (2.0.76 to 2.1.329). Every claim about the client was measured on the client itself.

import type { SessionId } from '../model/ids.ts'
import type { AgentAdapter } from './agent.ts'
import { parseHook } from './claude-code-hooks.ts'
import { sessionIdOf } from './claude-code-ids.ts'
import { READ_ONLY_TOOLS } from './claude-code-tools.ts'
import { parseTranscript } from './claude-code-transcript.ts'

type Environment = Readonly<Record<string, string | undefined>>

export const claudeCode: AgentAdapter = {
  name: 'claude-code',
  title: 'Claude Code',
  parseHook,
  parseTranscript,
  sessionOf: (env) => sessionIdOf(env['CLAUDE_CODE_SESSION_ID']),
  isShellOf: (env) => env['CLAUDECODE'] === '1',
  transcriptFolder,
  sessionOfTranscript,
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: new Set(['Bash']),
  subagentFolder: (transcriptPath) => `${transcriptPath.replace(/\.jsonl$/, '')}/subagents`,
  subagentOfTranscript: (path) => /^agent-([A-Za-z0-9_-]+)\.jsonl$/.exec(nameOf(path))?.[1],
}

/** Each character that is no ASCII letter or digit becomes a dash: `/home/dev/a.b` → `-home-dev-a-b`. */
function transcriptFolder(cwd: string, home: string, env: Environment): string {
  const configured = env['CLAUDE_CONFIG_DIR']
  const root = configured === undefined || configured === '' ? `${home}/.claude` : configured
  return `${root}/projects/${cwd.replace(/[^A-Za-z0-9]/g, '-')}`
}

/** Session files are named by their UUID; subagents of old clients lie beside them as `agent-<id>.jsonl`. */
function sessionOfTranscript(path: string): SessionId | undefined {
  const name = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i.exec(nameOf(path))?.[1]
  return sessionIdOf(name)
}

const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
