// How OpenCode gets a session back: it takes a file in by a command of its own, and keeps it in its database.

import type { Millis } from '../../model/event.ts'
import type { SessionId } from '../../model/ids.ts'
import { mapStrings } from '../../model/json-strings.ts'
import type { AgentPlace, AgentResume, SessionLines } from '../resume.ts'
import { numberOf, objectOf, sha256 } from '../json.ts'
import { parseRowLine } from './rows.ts'
import type { RowLine } from './rows.ts'

export const openCodeResume: AgentResume = {
  agent: 'opencode',
  command: (session) => ['opencode', '--session', session],
  finds: 'by-session',
  restore({ session, lines }: SessionLines, place: AgentPlace) {
    const path = `${place.scratch}/opencode-${session}.json`
    return {
      transcript: { path, text: exportOf(lines) },
      subagents: [], beside: [], steps: [['opencode', 'import', path]],
    }
  },
  keyOf(line) {
    const row = parseRowLine(line)
    return row?.kind === 'message' ? String(row.info['id']) : undefined
  },
  timeOf(line) {
    const { created, completed, updated } = objectOf(parseRowLine(line)?.info['time'])
    const times = [created, completed, updated].map(numberOf).filter((at) => at !== undefined)
    return times.length === 0 ? undefined : Math.max(...times) as Millis
  },
  sealed: new Set(['signature', 'encryptedContent', 'reasoningEncryptedContent']),
  newSession: (uuid) => `ses_${uuid.replaceAll('-', '').slice(0, 26)}` as SessionId,
  copyInto: (lines, from, to) => lines.map((line) => {
    const row = parseRowLine(line)
    // Ids of messages and parts are unique in the database: the copy has its own, in the same order.
    return row === undefined ? line : JSON.stringify(mapStrings(row, (text) =>
      text === from ? to : /^(?:msg|prt)_[A-Za-z0-9]{20,}$/.test(text) ? renew(text, to) : text))
  }),
}

/** What `opencode export` writes. Of lines that were told again, the last one counts; the order is that of ids. */
function exportOf(lines: readonly string[]): string {
  let info: RowLine['info'] = {}
  const messages = new Map<string, Pick<RowLine, 'info' | 'parts'>>()
  for (const row of lines.map(parseRowLine)) {
    if (row?.kind === 'session') info = row.info
    else if (row !== undefined) messages.set(String(row.info['id']), { info: row.info, parts: row.parts })
  }
  const ordered = [...messages].sort(([left], [right]) => left < right ? -1 : 1).map(([, message]) => message)
  return `${JSON.stringify({ info, messages: ordered }, undefined, 2)}\n`
}

/** The first part of an id tells its time, which keeps the order. */
const TIME_DIGITS = 16

const renew = (id: string, session: SessionId): string =>
  id.slice(0, TIME_DIGITS) + sha256(`${session} ${id}`).slice(0, id.length - TIME_DIGITS)
