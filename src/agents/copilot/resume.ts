// How Copilot CLI gets a session back: a folder named by the session, with its events and a few facts beside them.

import type { SessionId } from '../../model/ids.ts'
import type { AgentPlace, AgentResume, SessionLines } from '../resume.ts'
import { folderOf, millisOf, newestIn, renameSession, textOfLines } from '../resume.ts'
import { objectOf, parseObject, textOf, wordsOf } from '../json.ts'

export const copilotResume: AgentResume = {
  agent: 'copilot',
  command: (session) => ['copilot', `--resume=${session}`],
  finds: 'by-session',
  restore(restored: SessionLines, place: AgentPlace) {
    const root = folderOf(place.env, 'COPILOT_HOME', `${place.home}/.copilot`)
    const folder = `${root}/session-state/${restored.session}`
    return {
      transcript: { path: `${folder}/events.jsonl`, text: textOfLines(restored.lines) },
      // What subagents did stands among the session's own events.
      subagents: [],
      beside: [{ path: `${folder}/workspace.yaml`, text: workspaceOf(restored, place) }],
      steps: [],
    }
  },
  keyOf: (line) => textOf(parseObject(line)?.['id']),
  timeOf: (line) => millisOf(parseObject(line)?.['timestamp']),
  sealed: new Set(['encryptedContent', 'reasoningOpaque', 'signature']),
  newSession: (uuid) => uuid as SessionId,
  copyInto: (lines, from, to) => lines.map((line) => renameSession(line, from, to)),
}

const MAX_NAME = 80

/** The client lists sessions by this file. Strings of JSON are strings of YAML. */
function workspaceOf({ session, lines }: SessionLines, place: AgentPlace): string {
  const began = lines.map(millisOfStart).find((at) => at !== undefined) ?? 0
  const prompt = lines.map(promptIn).find((text) => text !== undefined) ?? 'Resumed session'
  const fields = {
    id: session, cwd: place.cwd, git_root: place.root,
    ...place.branch === undefined ? {} : { branch: place.branch },
    client_name: 'github/cli', name: prompt.replace(/\s+/g, ' ').slice(0, MAX_NAME),
    user_named: false, summary_count: 0, fork_count: 0,
    created_at: new Date(began).toISOString(),
    updated_at: new Date(newestIn(copilotResume, lines) ?? began).toISOString(),
  }
  return Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join('')
}

function millisOfStart(line: string): number | undefined {
  const raw = parseObject(line)
  return raw?.['type'] === 'session.start' ? millisOf(objectOf(raw['data'])['startTime']) : undefined
}

function promptIn(line: string): string | undefined {
  const raw = parseObject(line)
  return raw?.['type'] === 'user.message' ? wordsOf(objectOf(raw['data'])['content']) : undefined
}
