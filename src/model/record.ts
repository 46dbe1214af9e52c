// Builds a checkpoint out of what was decided and the redacted events: session.json, summary.md, transcript.jsonl,
// native lines. The same input gives the same bytes.

import { callsFirst } from './call-order.ts'
import type {
  CheckpointRecord, Evidence, FileRecord, Origin, SessionRecord, Statement, SymbolRecord, Timestamp, TranscriptEntry,
  TurnRecord,
} from './checkpoint.ts'
import { FORMAT_VERSION } from './checkpoint.ts'
import type { Event, Millis, TokenUsage } from './event.ts'
import type { CheckpointId, Oid } from './ids.ts'
import { formatNote } from './note.ts'
import { redactIds } from './redact-ids.ts'
import type { SessionDraft } from './session-draft.ts'
import { formatSummary } from './summary.ts'
import { checkpointIdOf } from './ulid.ts'

export interface CheckpointDraft {
  readonly kind: CheckpointRecord['kind']
  readonly continues?: CheckpointId
  readonly seq: number
  readonly commit: Oid
  readonly committedAt: Millis
  readonly origin: Origin
  readonly sessions: readonly SessionDraft[]
  readonly files: readonly FileRecord[]
  readonly symbols: readonly SymbolRecord[]
  readonly evidence: readonly Evidence[]
  readonly redactions: Readonly<Record<string, number>>
}

export interface BuiltCheckpoint {
  readonly record: CheckpointRecord
  /** Path below the checkpoint → text. */
  readonly files: Readonly<Record<string, string>>
}

/** Blobs stay below this many UTF-16 units; longer transcripts go on in `transcript.2.jsonl` and so on. */
const MAX_BLOB = 8 * 1024 * 1024

export function buildCheckpoint(draft: CheckpointDraft): BuiltCheckpoint {
  const sessions = draft.sessions.map(redactIds).map((session) => ({ ...session, events: callsFirst(session.events) }))
    .sort((left, right) => startOf(left) - startOf(right) || compare(left.session, right.session))
  const transcript = sessions.flatMap((session) => session.events.map((event) => entryOf(session, event)))
    .map((entry, at) => ({ entry, at }))
    .sort((left, right) => compare(left.entry.at, right.entry.at) || left.at - right.at)
    .map(({ entry }) => `${JSON.stringify(entry)}\n`)
  const native = sessions.flatMap((session) => session.native)
  const content = {
    schema: FORMAT_VERSION as typeof FORMAT_VERSION,
    kind: draft.kind,
    ...(draft.continues === undefined ? {} : { continues: draft.continues }),
    seq: draft.seq,
    origin: draft.origin,
    sessions: sessions.map(sessionRecordOf),
    files: draft.files,
    symbols: draft.symbols,
    statements: sessions.flatMap(statementsOf),
    evidence: draft.evidence,
    redactions: draft.redactions,
  }
  const body = JSON.stringify(content) + transcript.join('') + native.map(({ text }) => text).join('')
  const id = checkpointIdOf(draft.commit, draft.committedAt, body)
  const { schema, ...rest } = content
  const unsigned = { schema, id, ...rest }
  const record: CheckpointRecord = { ...unsigned, note: formatNote(unsigned) }
  return {
    record,
    files: {
      'session.json': `${JSON.stringify(record, undefined, 2)}\n`,
      'summary.md': formatSummary(record),
      ...split('transcript', transcript),
      ...Object.fromEntries(native.map(({ path, text }) => [path, text])),
    },
  }
}

export const timestamp = (at: Millis): Timestamp => new Date(at).toISOString()

const startOf = (session: SessionDraft): Millis => session.events[0]?.at ?? 0
const compare = (left: string, right: string): number => left < right ? -1 : left > right ? 1 : 0

/** The number of the turn an event belongs to: its own, else the one under way when it was; a start is before one. */
export function turnNumberOf(session: Pick<SessionDraft, 'turns'>, event: Event): number | undefined {
  const own = session.turns.find(({ turn }) => turn === event.turn)
  if (event.kind === 'session-start') return own?.number
  return (own ?? session.turns.findLast(({ startedAt }) => startedAt <= event.at))?.number
}

function entryOf(session: SessionDraft, event: Event): TranscriptEntry {
  const { id, turn: _turn, subagent, at, ...body } = event
  const number = turnNumberOf(session, event)
  return {
    id, agent: session.agent, session: session.session,
    ...(number === undefined ? {} : { turn: number }),
    ...(subagent === undefined ? {} : { subagent }),
    at: timestamp(at),
    ...body,
  } as TranscriptEntry
}

function sessionRecordOf(session: SessionDraft): SessionRecord {
  const turns = turnsOf(session)
  const subagents = session.events.flatMap((event) => event.kind === 'subagent-start' && event.subagent !== undefined
    ? [{ id: event.subagent, agentType: event.agentType }] : [])
  return {
    agent: session.agent,
    ...(session.agentVersion === undefined ? {} : { agentVersion: session.agentVersion }),
    session: session.session,
    models: [...new Set([...modelsOf(session.events), ...session.models ?? []])],
    turns,
    startedAt: timestamp(startOf(session)),
    endedAt: timestamp(session.events.at(-1)?.at ?? 0),
    durationMs: turns.reduce((sum, turn) => sum + Date.parse(turn.endedAt) - Date.parse(turn.startedAt), 0),
    ...usageOf(session.events),
    ...(session.slice === undefined ? {} : { transcript: session.slice }),
    foundBy: session.foundBy,
    subagents,
  }
}

function turnsOf(session: SessionDraft): TurnRecord[] {
  const groups = new Map<number, Event[]>()
  for (const event of session.events) {
    const number = turnNumberOf(session, event)
    if (number === undefined) continue
    const group = groups.get(number)
    if (group === undefined) groups.set(number, [event])
    else group.push(event)
  }
  // That the client was closed after a turn that an earlier checkpoint has is nothing of that turn.
  const told = [...groups].filter(([, events]) => events.some(({ kind }) => kind !== 'session-end'))
  return told.sort(([left], [right]) => left - right).map(([number, events]) => {
    const main = events.filter((event) => event.subagent === undefined)
    const prompts = main.flatMap((event) => event.kind === 'prompt' && event.origin === 'human' ? [event.text] : [])
    const response = main.findLast((event) => event.kind === 'response')
    const end = main.findLast((event) => event.kind === 'turn-end')
    const turn = session.turns.find((one) => one.number === number)?.turn
    return {
      ...(turn === undefined ? {} : { turn }),
      number,
      ...(prompts.length === 0 ? {} : { prompt: prompts.join('\n\n') }),
      ...(response === undefined ? {} : { response: (response as { text: string }).text }),
      ...(end === undefined ? {} : { outcome: (end as { outcome: 'completed' | 'interrupted' | 'failed' }).outcome }),
      startedAt: timestamp(events[0]!.at),
      endedAt: timestamp(events.at(-1)!.at),
    }
  })
}

function modelsOf(events: readonly Event[]): string[] {
  const models = new Set<string>()
  for (const event of events) {
    if ('model' in event && typeof event.model === 'string' && event.subagent === undefined) models.add(event.model)
  }
  return [...models]
}

/** Tokens of all messages, each message once; nothing where nobody told of any. */
function usageOf(events: readonly Event[]): Pick<SessionRecord, 'usage'> {
  const messages = new Map(events.flatMap((event) =>
    event.kind === 'usage' ? [[event.message, event.tokens] as const] : []))
  const sum = (of: (tokens: TokenUsage) => number): number =>
    [...messages.values()].reduce((total, one) => total + of(one), 0)
  return messages.size === 0 ? {} : {
    usage: {
      input: sum((one) => one.input),
      output: sum((one) => one.output),
      cacheRead: sum((one) => one.cacheRead),
      cacheWrite: sum((one) => one.cacheWrite),
    },
  }
}

const statementsOf = (session: SessionDraft): Statement[] => session.events.flatMap((event) =>
  event.kind === 'decision' || event.kind === 'constraint' || event.kind === 'rejected'
    ? [{
      kind: event.kind, text: event.text, ...(event.why === undefined ? {} : { why: event.why }),
      session: session.session, turn: turnNumberOf(session, event) ?? 0,
    }]
    : [])

/**
 * The lines in files of at most MAX_BLOB: `transcript.jsonl`, `transcript.2.jsonl` … A single longer line stays
 * whole.
 */
function split(name: string, lines: readonly string[]): Record<string, string> {
  const files: string[][] = [[]]
  let size = 0
  for (const line of lines) {
    if (size > 0 && size + line.length > MAX_BLOB) {
      files.push([])
      size = 0
    }
    files.at(-1)!.push(line)
    size += line.length
  }
  return Object.fromEntries(files.map((part, at) => [`${name}${at === 0 ? '' : `.${at + 1}`}.jsonl`, part.join('')]))
}
