// Reads a note of git-ai below `refs/notes/ai` (Git AI Standard 3.0.0, github.com/git-ai-project/git-ai): paths with
// the line ranges of each session, a line `---`, and JSON that describes the sessions. What makes no sense is left out.

import { createHash } from 'node:crypto'
import type { LineRange } from './added-lines.ts'
import type { Event, EventBody, Millis } from './event.ts'
import { agentOf, sessionIdOf } from './foreign-record.ts'
import type { ForeignFile, ForeignSession } from './foreign-record.ts'
import type { EventId, TurnId } from './ids.ts'

export type GitAiNote =
  | { readonly kind: 'note'; readonly sessions: readonly ForeignSession[] }
  | { readonly kind: 'unreadable'; readonly reason: string }

type Json = Readonly<Record<string, unknown>>

/** `at`: when the commit was made; messages without a time of their own are taken for as old. */
export function parseGitAiNote(text: string, at: Millis): GitAiNote {
  const lines = text.split('\n')
  const divider = lines.findIndex((line) => line.trimEnd() === '---')
  if (divider < 0) return { kind: 'unreadable', reason: 'it has no line of three dashes' }
  const metadata = parseObject(lines.slice(divider + 1).join('\n'))
  if (metadata === undefined) return { kind: 'unreadable', reason: 'what comes after the dashes is no JSON' }
  const version = metadata['schema_version']
  if (typeof version !== 'string' || !version.startsWith('authorship/3.')) {
    return { kind: 'unreadable', reason: `its format is ${JSON.stringify(version) ?? 'not told'}` }
  }
  const written = readAttestations(lines.slice(0, divider))
  // Since 1.5 sessions stand apart from prompts; their messages are kept elsewhere.
  const described = new Map([metadata['prompts'], metadata['sessions']].flatMap((each) =>
    Object.entries(asObject(each)).map(([key, session]) => [key, asObject(session)] as const)))
  const sessions = [...described].flatMap(([key, session]) => readSession(session, written.get(key) ?? [], at))
  return sessions.length > 0 ? { kind: 'note', sessions: uniteSessions(sessions) }
    : { kind: 'unreadable', reason: 'it describes no session of an agent' }
}

/** Files by the key of the session that wrote in them. */
function readAttestations(lines: readonly string[]): ReadonlyMap<string, readonly ForeignFile[]> {
  const written = new Map<string, ForeignFile[]>()
  let path = ''
  for (const line of lines) {
    if (line.trim() === '') continue
    // A key is a prompt's digest, or `s_<session>` with `::t_<call>` behind it; `h_` is a person's.
    const [, key, ranges] = /^\s+([^\s:]+)(?:::\S*)?\s+([\d,-]+)\s*$/.exec(line) ?? []
    if (key === undefined || ranges === undefined) {
      if (!/^\s/.test(line)) path = unquote(line.trimEnd())
      continue
    }
    const parsed = ranges.split(',').flatMap(parseRange)
    if (path !== '' && parsed.length > 0) written.set(key, [...written.get(key) ?? [], { path, lines: parsed }])
  }
  return written
}

const unquote = (path: string): string => /^".*"$/.test(path) ? path.slice(1, -1) : path

function parseRange(text: string): LineRange[] {
  const [, start = '', end = start] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? []
  return Number(start) > 0 && Number(end) >= Number(start) ? [{ start: Number(start), end: Number(end) }] : []
}

function readSession(session: Json, files: readonly ForeignFile[], at: Millis): ForeignSession[] {
  const agent = asObject(session['agent_id'])
  const [tool, id, model] = [textOf(agent['tool']), textOf(agent['id']), textOf(agent['model'])]
  if (tool === undefined || id === undefined) return []
  const messages = Array.isArray(session['messages']) ? session['messages'].map(asObject) : []
  const models = model === undefined || model === 'unknown' ? [] : [model]
  return [{ agent: agentOf(tool), session: sessionIdOf(id), models, ...readMessages(messages, at), files }]
}

/** One conversation may have several keys, those of older and of newer versions. */
function uniteSessions(sessions: readonly ForeignSession[]): readonly ForeignSession[] {
  const united = new Map<string, ForeignSession>()
  for (const session of sessions) {
    const known = united.get(session.session)
    const [more, less] = known === undefined || session.events.length > known.events.length
      ? [session, known] : [known, session]
    united.set(session.session, {
      ...more,
      models: [...new Set([...known?.models ?? [], ...session.models])],
      files: [...more.files, ...less?.files ?? []],
    })
  }
  return [...united.values()]
}

const CONTENT = ['type', 'timestamp', 'text', 'name', 'input']

/** Each prompt begins a turn. */
function readMessages(messages: readonly Json[], at: Millis): Pick<ForeignSession, 'events' | 'turns'> {
  const events: Event[] = []
  const turns: { turn: TurnId; number: number; startedAt: Millis }[] = []
  const counts = new Map<string, number>()
  let now = Math.min(at, ...messages.flatMap((message) => timeOf(message) ?? []))
  for (const message of messages) {
    now = Math.max(now, timeOf(message) ?? now)
    // The same message is in the notes of all later commits of its session: it is named by what it says.
    const content = JSON.stringify(CONTENT.map((field) => message[field]))
    const count = (counts.get(content) ?? 0) + 1
    counts.set(content, count)
    const id = digestOf(`${count} ${content}`)
    const body = bodyOf(message, id)
    if (body === undefined) continue
    if (body.kind === 'prompt') turns.push({ turn: `git-ai:${id}` as TurnId, number: turns.length + 1, startedAt: now })
    const turn = turns.at(-1)?.turn
    events.push({ id: `git-ai:${id}` as EventId, ...turn === undefined ? {} : { turn }, at: now, ...body })
  }
  return { events, turns }
}

function bodyOf(message: Json, id: string): EventBody | undefined {
  const text = textOf(message['text'])
  switch (message['type']) {
    case 'user': return text === undefined ? undefined : { kind: 'prompt', text, origin: 'human' }
    case 'assistant': case 'plan': return text === undefined ? undefined : { kind: 'response', text }
    case 'thinking': return text === undefined ? undefined : { kind: 'reasoning', text }
    case 'tool_use': {
      const tool = textOf(message['name'])
      return tool === undefined ? undefined : { kind: 'tool-call', tool, call: id, input: message['input'] ?? null }
    }
    default: return undefined
  }
}

function timeOf(message: Json): Millis | undefined {
  const time = Date.parse(textOf(message['timestamp']) ?? '')
  return Number.isNaN(time) ? undefined : time
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : undefined
  } catch {
    return undefined
  }
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {}
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined
