// Where Copilot keeps its sessions: the command line in a folder each, VS Code in a file each for the workspace's hash.

import type { SessionId } from '../../model/ids.ts'
import type { Environment, TranscriptFolder } from '../agent.ts'
import { sessionIdOf } from '../event-ids.ts'
import { objectOf, parseObject, wordsOf } from '../json.ts'

const CLI_TRANSCRIPT = /[\\/]session-state[\\/]([^\\/]+)[\\/]events\.jsonl$/
const VSCODE_TRANSCRIPT = /[\\/]GitHub\.copilot-chat[\\/]transcripts[\\/]([^\\/]+)\.jsonl$/
/** The folder of sessions with its name left out, as a copy may lie anywhere. */
const BARE_TRANSCRIPT = /[\\/]([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[\\/]events\.jsonl$/i

export function sessionOfPath(path: string): SessionId | undefined {
  const found = CLI_TRANSCRIPT.exec(path) ?? VSCODE_TRANSCRIPT.exec(path) ?? BARE_TRANSCRIPT.exec(path)
  return sessionIdOf(found?.[1])
}

export function rootOf(home: string, env: Environment): string {
  const configured = env['COPILOT_HOME']
  return configured === undefined || configured === '' ? `${home}/.copilot` : configured
}

/** Of all sessions: neither place says in its name for which folder a session is. */
export function transcriptFolders(
  _cwd: string | undefined, home: string, env: Environment,
): readonly TranscriptFolder[] {
  const settings = env['XDG_CONFIG_HOME']
  const config = settings === undefined || settings === '' ? `${home}/.config` : settings
  const users = [config, `${home}/Library/Application Support`]
    .flatMap((folder) => [`${folder}/Code/User`, `${folder}/Code - Insiders/User`])
  users.push(`${home}/.vscode-server/data/User`)
  return [
    { path: `${rootOf(home, env)}/session-state`, depth: 1 },
    // Below: <hash>/GitHub.copilot-chat/transcripts/<session>.jsonl
    ...users.map((user) => ({ path: `${user}/workspaceStorage`, depth: 3 })),
  ]
}

/** VS Code does not say. */
export function startedIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const { type, data } = objectOf(parseObject(line))
    if (type === 'session.start') return wordsOf(objectOf(objectOf(data)['context'])['cwd'])
  }
  return undefined
}
