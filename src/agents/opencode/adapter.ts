// The adapter of OpenCode (1.18). Its plugin tells what happens, its database keeps the whole conversation.

import type { SessionId } from '../../model/ids.ts'
import type { AgentAdapter, Environment } from '../agent.ts'
import { wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { parseHook } from './hooks.ts'
import { sessionIdOf } from './ids.ts'
import { parseRowLine } from './rows.ts'
import { READ_ONLY_TOOLS, SHELL_TOOLS } from './tools.ts'
import { parseTranscript } from './transcript.ts'

export const opencode: AgentAdapter = {
  name: 'opencode',
  title: 'OpenCode',
  transcript: 'sqlite',
  parseHook,
  parseTranscript,
  // Set by our plugin.
  sessionOf: (env) => sessionIdOf(env['BITLOOPS_OPENCODE_SESSION']),
  isShellOf: (env) => env['OPENCODE'] === '1',
  // One folder for all sessions: each is asked where it was started.
  transcriptFolders: (_cwd, home, env) => [{ path: dataFolder(home, env), depth: 0 }],
  sessionOfTranscript,
  transcriptOf: (session, home, env) => `${databaseOf(home, env)}#${session}`,
  startedIn: (lines) => wordsOf(sessionIn(lines)?.['directory']),
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: SHELL_TOOLS,
  // The sessions of subagents are rows like all others.
  subagentFolder: () => '',
  subagentOfTranscript: (): SessionId | undefined => undefined,
}

function dataFolder(home: string, env: Environment): string {
  const configured = env['XDG_DATA_HOME']
  return `${configured === undefined || configured === '' ? `${home}/.local/share` : configured}/opencode`
}

/** Preview versions call theirs `opencode-<channel>.db`: which one a session is in, only the plugin knows. */
function databaseOf(home: string, env: Environment): string {
  const configured = env['OPENCODE_DB']
  const name = configured === undefined || configured === '' ? 'opencode.db' : configured
  return name.startsWith('/') ? name : `${dataFolder(home, env)}/${name}`
}

/** Lines that were kept in a file tell it as well; those of a subagent's session are not a session's of its own. */
function sessionOfTranscript(path: string, lines: readonly string[] = []): SessionId | undefined {
  const info = sessionIn(lines)
  if (info === undefined) return sessionIdOf(/\.db#(ses_[^#]+)$/.exec(path)?.[1])
  return info['parentID'] === undefined ? sessionIdOf(info['id']) : undefined
}

const sessionIn = (lines: readonly string[]): JsonObject | undefined =>
  lines.map(parseRowLine).find((row) => row?.kind === 'session')?.info
