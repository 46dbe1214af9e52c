// How Claude Code gets a session back: a file named by the session, in a folder named by the one it was started in.

import type { SessionId } from '../../model/ids.ts'
import type { AgentPlace, AgentResume, SessionLines } from '../resume.ts'
import { folderOf, millisOf, textOfLines } from '../resume.ts'
import { objectOf, parseObject, textOf } from '../json.ts'

export const claudeCodeResume: AgentResume = {
  agent: 'claude-code',
  command: (session) => ['claude', '--resume', session],
  finds: 'by-folder',
  restore({ session, lines, subagents }: SessionLines, place: AgentPlace) {
    const project = `${folderOf(place.env, 'CLAUDE_CONFIG_DIR', `${place.home}/.claude`)}/projects/${slugOf(place.cwd)}`
    return {
      transcript: { path: `${project}/${session}.jsonl`, text: textOfLines(lines) },
      subagents: [...subagents].map(([id, said]) =>
        ({ path: `${project}/${session}/subagents/agent-${id}.jsonl`, text: textOfLines(said) })),
      beside: [], steps: [],
    }
  },
  keyOf: (line) => textOf(parseObject(line)?.['uuid']),
  timeOf: (line) => millisOf(parseObject(line)?.['timestamp']),
  // The text of a thinking block is what its signature speaks for; `data` is a redacted one.
  sealed: new Set(['thinking', 'signature', 'data']),
  newSession: (uuid) => uuid as SessionId,
  copyInto: (lines, from, to) => lines.map((line) => copyLine(line, from, to)),
}

const slugOf = (cwd: string): string => cwd.replace(/[^A-Za-z0-9]/g, '-')

/** As the client's own `/branch` does: every line under the new id, and where it was copied from. */
function copyLine(line: string, from: SessionId, to: SessionId): string {
  const raw = parseObject(line)
  if (raw === undefined) return line
  const uuid = textOf(raw['uuid'])
  const origin = uuid === undefined || textOf(objectOf(raw['forkedFrom'])['messageUuid']) !== undefined ? {}
    : { forkedFrom: { sessionId: from, messageUuid: uuid } }
  return JSON.stringify({ ...raw, ...raw['sessionId'] === undefined ? {} : { sessionId: to }, ...origin })
}
