// The adapter of OpenAI Codex. Every claim about the client was measured on 0.169.0; what is said of older ones, which
// record no finished items and no tokens of single calls, was not.

import type { SessionId } from '../../model/ids.ts'
import type { AgentAdapter, Environment, SubagentTranscript, TranscriptFolder } from '../agent.ts'
import { idOf, sessionIdOf } from '../event-ids.ts'
import { parseHook } from './hooks.ts'
import { READ_ONLY_TOOLS, SHELL_TOOLS } from './tools.ts'
import { parseTranscript } from './transcript.ts'
import { isObject, objectOf, parseObject, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

export const codex: AgentAdapter = {
  name: 'codex',
  title: 'Codex',
  transcript: 'jsonl',
  parseHook,
  parseTranscript,
  sessionOf: (env) => sessionIdOf(env['CODEX_SESSION_ID']) ?? sessionIdOf(env['CODEX_THREAD_ID']),
  isShellOf: (env) => [env['CODEX_SESSION_ID'], env['CODEX_THREAD_ID']].some((id) => id !== undefined && id !== ''),
  transcriptFolders,
  sessionOfTranscript,
  startedIn: (lines) => {
    const meta = metaOf(lines)
    return meta === undefined || isSubagent(meta) ? undefined : wordsOf(meta['cwd'])
  },
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: SHELL_TOOLS,
  // Subagents lie among the sessions, by the day: hooks name their transcripts, and their first lines their parents.
  subagentFolder: (transcriptPath) => `${transcriptPath.replace(/\.jsonl$/, '')}/subagents`,
  subagentOfTranscript: () => undefined,
  subagentIn: codexSubagentOf,
}

/** All sessions lie together, by the day on which they began; those that the user put away lie flat. */
function transcriptFolders(_cwd: string | undefined, home: string, env: Environment): readonly TranscriptFolder[] {
  const configured = env['CODEX_HOME']
  const folder = configured === undefined || configured === '' ? `${home}/.codex` : configured
  return [{ path: `${folder}/sessions`, depth: 3 }, { path: `${folder}/archived_sessions`, depth: 0 }]
}

const ROLLOUT = /^rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i

/** By the name alone a subagent's is like any other. */
function sessionOfTranscript(path: string, lines: readonly string[] = []): SessionId | undefined {
  const meta = metaOf(lines)
  if (meta !== undefined && isSubagent(meta)) return undefined
  return sessionIdOf(ROLLOUT.exec(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1))?.[1])
}

/** The subagent whose transcript begins with these lines, and the session that it works for. */
export function codexSubagentOf(lines: readonly string[]): SubagentTranscript | undefined {
  const meta = metaOf(lines)
  if (meta === undefined || !isSubagent(meta)) return undefined
  const session = sessionIdOf(meta['session_id']) ?? sessionIdOf(meta['parent_thread_id'])
  const subagent = idOf(meta['id'])
  return session === undefined || subagent === undefined || session === subagent ? undefined : { session, subagent }
}

const isSubagent = (meta: JsonObject): boolean =>
  meta['thread_source'] === 'subagent' || (isObject(meta['source']) && meta['source']['subagent'] !== undefined)

function metaOf(lines: readonly string[]): JsonObject | undefined {
  for (const line of lines) {
    const raw = parseObject(line)
    if (raw?.['type'] === 'session_meta') return objectOf(raw['payload'])
  }
  return undefined
}
