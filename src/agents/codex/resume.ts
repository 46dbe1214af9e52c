// How Codex gets a session back: a rollout in the folder of the day it began, found by the id in its name.

import type { SessionId } from '../../model/ids.ts'
import type { AgentPlace, AgentResume, SessionLines } from '../resume.ts'
import { folderOf, millisOf, renameSession, textOfLines } from '../resume.ts'
import { objectOf, parseObject, textOf } from '../json.ts'

export const codexResume: AgentResume = {
  agent: 'codex',
  command: (session) => ['codex', 'resume', session],
  finds: 'by-session',
  restore({ session, lines, subagents }: SessionLines, place: AgentPlace) {
    const folder = `${folderOf(place.env, 'CODEX_HOME', `${place.home}/.codex`)}/sessions`
    return {
      transcript: { path: `${folder}/${rolloutName(session, lines)}`, text: textOfLines(lines) },
      subagents: [...subagents].map(([id, said]) =>
        ({ path: `${folder}/${rolloutName(id, said)}`, text: textOfLines(said) })),
      beside: [], steps: [],
    }
  },
  keyOf(line) {
    const { timestamp, ordinal, type } = parseObject(line) ?? {}
    return textOf(timestamp) === undefined ? undefined : `${String(timestamp)} ${String(ordinal)} ${String(type)}`
  },
  timeOf: (line) => millisOf(parseObject(line)?.['timestamp']),
  sealed: new Set(['encrypted_content', 'signature']),
  opensTurn: (line) => objectOf(parseObject(line)?.['payload'])['type'] === 'task_started',
  newSession: (uuid) => uuid as SessionId,
  copyInto: (lines, from, to) => lines.map((line) => copyLine(line, from, to)),
}

/** `YYYY/MM/DD/rollout-<time>-<id>.jsonl`, by the time in the first line; the client's own is in local time. */
function rolloutName(id: string, lines: readonly string[]): string {
  const meta = parseObject(lines[0] ?? '')
  const began = millisOf(objectOf(meta?.['payload'])['timestamp']) ?? millisOf(meta?.['timestamp']) ?? 0
  const time = new Date(began).toISOString().slice(0, 19)
  return `${time.slice(0, 10).replaceAll('-', '/')}/rollout-${time.replaceAll(':', '-')}-${id}.jsonl`
}

/** The lines are copied, not referred to as the client's own fork does: it must not need the file it came from. */
function copyLine(line: string, from: SessionId, to: SessionId): string {
  const copy = renameSession(line, from, to)
  const raw = copy.includes('"session_meta"') ? parseObject(copy) : undefined
  if (raw?.['type'] !== 'session_meta') return copy
  return JSON.stringify({ ...raw, payload: { ...objectOf(raw['payload']), forked_from_id: from } })
}
