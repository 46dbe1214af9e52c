// The adapter of Gemini CLI (0.61.0). Every claim about the client was measured on the client itself.

import type { SessionId } from '../../model/ids.ts'
import type { AgentAdapter, Environment, TranscriptFolder } from '../agent.ts'
import { parseHook } from './hooks.ts'
import { idOf, sessionIdOf } from './ids.ts'
import { spokenText } from './prompts.ts'
import { READ_ONLY_TOOLS, SHELL_TOOLS } from './tools.ts'
import { isHeader, parseTranscript } from './transcript.ts'
import { listOf, objectOf, parseObject, sha256, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

export const gemini: AgentAdapter = {
  name: 'gemini',
  title: 'Gemini CLI',
  transcript: 'jsonl',
  parseHook,
  parseTranscript,
  // Its shell does not say which session it is of. No git hook runs there anyway.
  sessionOf: () => undefined,
  isShellOf: (env) => env['GEMINI_CLI'] === '1',
  transcriptFolders,
  sessionOfTranscript,
  startedIn,
  readOnlyTools: READ_ONLY_TOOLS,
  shellTools: SHELL_TOOLS,
  subagentFolder: (transcriptPath, session) => `${folderOf(transcriptPath)}/${session ?? ''}`,
  subagentOfTranscript,
}

/** `tmp/<name of the project>/chats`: which name a project has, a file of the client tells, so all are looked at. */
function transcriptFolders(_cwd: string | undefined, home: string, env: Environment): readonly TranscriptFolder[] {
  const configured = env['GEMINI_CLI_HOME']
  const root = configured === undefined || configured === '' ? home : configured
  return [{ path: `${root}/.gemini/tmp`, depth: 2 }]
}

/**
 * The name holds the first eight characters of the session's id, the header all of it. A file without messages is what
 * the client leaves behind when it resumes a session, whose messages go on in another file.
 */
function sessionOfTranscript(path: string, lines: readonly string[] = []): SessionId | undefined {
  if (!/^session-.+\.jsonl$/.test(nameOf(path))) return undefined
  const records = lines.map(parseObject).filter((record) => record !== undefined)
  const header = records.find(isHeader)
  const holdsMessages = records.some((record) => idOf(record['id']) !== undefined)
  return header?.['kind'] === 'subagent' || !holdsMessages ? undefined : sessionIdOf(header?.['sessionId'])
}

/** The header holds a digest of the folder, and the client tells the model the folder's name, among others. */
function startedIn(lines: readonly string[]): string | undefined {
  const records = lines.map(parseObject).filter((record) => record !== undefined)
  const digest = textOf(records.find(isHeader)?.['projectHash'])
  return records.flatMap(foldersOf).find((folder) => sha256(folder) === digest)
}

/** The folders that a record names: those of a subagent's header, and those in the first words to the model. */
function foldersOf(record: JsonObject): readonly string[] {
  const messages = [record, ...listOf(objectOf(record['$set'])['messages']).map(objectOf)]
  const told = messages.map((message) => spokenText(message['content'])).filter((text) => text.includes(DIRECTORIES))
    .flatMap((text) => text.slice(text.indexOf(DIRECTORIES) + DIRECTORIES.length).split('\n'))
  const named = told.flatMap((line) => /^ {2}- (.+)$/.exec(line)?.[1] ?? [])
  return [...listOf(record['directories']).filter((folder) => typeof folder === 'string'), ...named]
}

const DIRECTORIES = '- **Workspace Directories:**\n'

/** `chats/<session>/<subagent>.jsonl`, beside the transcripts of sessions. */
function subagentOfTranscript(path: string): string | undefined {
  const name = /^([A-Za-z0-9_-]{1,100})\.jsonl$/.exec(nameOf(path))?.[1]
  return name === undefined || name.startsWith('session-') || nameOf(folderOf(path)) === 'chats' ? undefined : name
}

const endOfFolder = (path: string): number => Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
const nameOf = (path: string): string => path.slice(endOfFolder(path) + 1)
const folderOf = (path: string): string => path.slice(0, Math.max(endOfFolder(path), 0))
