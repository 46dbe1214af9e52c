// The adapter of Cursor, its editor and its command line. Its hooks were measured on the engine that both share
// (@cursor/sdk 1.0.32), not on the programs themselves.

import type { SessionId } from '../../model/ids.ts'
import type { AgentAdapter, TranscriptFolder } from '../agent.ts'
import { idOf, sessionIdOf } from '../event-ids.ts'
import { parseHook } from './hooks.ts'
import { READ_ONLY_TOOLS, SHELL_TOOLS } from './tools.ts'
import { parseTranscript } from './transcript.ts'

export const cursor: AgentAdapter = {
  name: 'cursor',
  title: 'Cursor',
  transcript: 'jsonl',
  hooksTellAll: true,
  parseHook,
  parseTranscript,
  sessionOf: (env) => sessionIdOf(env['CURSOR_CONVERSATION_ID']),
  isShellOf: (env) => env['CURSOR_AGENT'] === '1',
  transcriptFolders,
  sessionOfTranscript,
  startedIn: () => undefined,
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: SHELL_TOOLS,
  subagentFolder: (transcriptPath) => `${transcriptPath.replace(/[\\/][^\\/]*$/, '')}/subagents`,
  subagentOfTranscript: (path) => idOf(/[\\/]subagents[\\/]([^\\/]+)\.jsonl$/.exec(path)?.[1]),
}

/** `/home/dev/a.b` → `home-dev-a-b`, as in the client's own code. Files lie there, or in a folder for each session. */
function transcriptFolders(cwd: string | undefined, home: string): readonly TranscriptFolder[] {
  const projects = `${home}/.cursor/projects`
  if (cwd === undefined) return [{ path: projects, depth: 3 }]
  const slug = cwd.replace(/[^a-zA-Z0-9]/g, '-').replace(/-+/g, '-').replace(/^-+|-+$/g, '')
  return [{ path: `${projects}/${slug}/agent-transcripts`, depth: 1 }]
}

function sessionOfTranscript(path: string): SessionId | undefined {
  const [, folder, name] = /[\\/]agent-transcripts[\\/](?:([^\\/]+)[\\/])?([^\\/]+)\.jsonl$/.exec(path) ?? []
  return folder === undefined || folder === name ? sessionIdOf(name) : undefined
}
