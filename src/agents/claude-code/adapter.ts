// The adapter of Claude Code (2.0.76 to 2.1.329). Every claim about the client was measured on the client itself.

import type { SessionId } from '../../model/ids.ts'
import type { AgentAdapter, Environment, SubagentTranscript, TranscriptFolder } from '../agent.ts'
import { parseHook } from './hooks.ts'
import { sessionIdOf } from '../event-ids.ts'
import { READ_ONLY_TOOLS } from './tools.ts'
import { parseTranscript } from './transcript.ts'
import { parseObject, wordsOf } from '../json.ts'

export const claudeCode: AgentAdapter = {
  name: 'claude-code',
  title: 'Claude Code',
  transcript: 'jsonl',
  parseHook,
  parseTranscript,
  sessionOf: (env) => sessionIdOf(env['CLAUDE_CODE_SESSION_ID']),
  isShellOf: (env) => env['CLAUDECODE'] === '1',
  transcriptFolders,
  sessionOfTranscript,
  startedIn,
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: new Set(['Bash']),
  subagentFolder: (transcriptPath) => `${transcriptPath.replace(/\.jsonl$/, '')}/subagents`,
  subagentOfTranscript,
  subagentIn,
}

/** Each character that is no ASCII letter or digit becomes a dash: `/home/dev/a.b` → `-home-dev-a-b`. */
function transcriptFolders(cwd: string | undefined, home: string, env: Environment): readonly TranscriptFolder[] {
  const configured = env['CLAUDE_CONFIG_DIR']
  const projects = `${configured === undefined || configured === '' ? `${home}/.claude` : configured}/projects`
  if (cwd === undefined) return [{ path: projects, depth: 1 }]
  return [{ path: `${projects}/${cwd.replace(/[^A-Za-z0-9]/g, '-')}`, depth: 0 }]
}

/** Different folders may share a slug: the lines say it plainly. */
function startedIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const cwd = wordsOf(parseObject(line)?.['cwd'])
    if (cwd !== undefined) return cwd
  }
  return undefined
}

/** Session files are named by their UUID; subagents of old clients lie beside them as `agent-<id>.jsonl`. */
function sessionOfTranscript(path: string): SessionId | undefined {
  const name = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i.exec(nameOf(path))?.[1]
  return sessionIdOf(name)
}

function subagentOfTranscript(path: string): string | undefined {
  return /^agent-([A-Za-z0-9_-]+)\.jsonl$/.exec(nameOf(path))?.[1]
}

/** Those of old clients lie beside their sessions, which their lines name. */
function subagentIn(lines: readonly string[], path: string): SubagentTranscript | undefined {
  const subagent = subagentOfTranscript(path)
  const session = sessionIdOf(parseObject(lines[0] ?? '')?.['sessionId'])
  return subagent === undefined || session === undefined ? undefined : { session, subagent }
}

const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
