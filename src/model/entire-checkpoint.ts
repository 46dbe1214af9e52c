// Reads what Entire keeps of a session in a checkpoint (github.com/entireio/cli, docs/architecture): `metadata.json`
// and `prompt.txt`. The agent's own lines beside them, `full.jsonl`, are read by the agent's adapter.

import { createHash } from 'node:crypto'
import type { Event, Millis, TokenUsage } from './event.ts'
import { agentOf, sessionIdOf } from './foreign-record.ts'
import type { ForeignSession } from './foreign-record.ts'
import type { AgentName, EventId, SessionId, TurnId } from './ids.ts'

/** A whole id: 12 hex digits on the branch, a ULID with a ref of its own. */
export const isEntireId = (text: string): boolean => /^(?:[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25})$/.test(text)

/** Where a checkpoint lies in the tree of the branch. */
export const entirePath = (id: string): string => `${id.slice(0, 2)}/${id.slice(2)}`

/** The ids that the trailers of a commit's message name. */
export const parseEntireTrailers = (values: readonly string[]): readonly string[] =>
  [...new Set(values.map((value) => value.trim()).filter(isEntireId))]

export interface EntireMetadata {
  readonly agent: AgentName
  readonly session: SessionId
  readonly models: readonly string[]
  readonly branch?: string
  readonly createdAt?: Millis
  readonly files: readonly string[]
  /** The line of the transcript at which the checkpoint begins; those before belong to earlier ones. */
  readonly firstLine: number
  readonly usage?: TokenUsage
}

type Json = Readonly<Record<string, unknown>>

/** A session's metadata.json; undefined where it names no session. */
export function parseEntireMetadata(text: string): EntireMetadata | undefined {
  const json = parseObject(text)
  const session = textOf(json['session_id'])
  if (session === undefined) return undefined
  const createdAt = Date.parse(textOf(json['created_at']) ?? '')
  const [model, branch] = [textOf(json['model']), textOf(json['branch'])]
  const usage = readUsage(json['token_usage'])
  return {
    // Until Entire knew several agents it knew one.
    agent: agentOf(textOf(json['agent']) ?? 'claude-code'),
    session: sessionIdOf(session),
    models: model === undefined ? [] : [model],
    ...branch === undefined ? {} : { branch },
    ...Number.isNaN(createdAt) ? {} : { createdAt },
    files: Array.isArray(json['files_touched'])
      ? json['files_touched'].filter((path) => typeof path === 'string') : [],
    firstLine: countOf(json['checkpoint_transcript_start'] ?? json['transcript_lines_at_start']),
    ...usage === undefined ? {} : { usage },
  }
}

const BETWEEN_PROMPTS = '\n\n---\n\n'

/** The session by its prompts alone, where its transcript is not there or is not to be read. */
export function readEntirePrompts(text: string, at: Millis): Pick<ForeignSession, 'events' | 'turns'> {
  const prompts = text.split(BETWEEN_PROMPTS).map((prompt) => prompt.trim()).filter(Boolean)
  const events = prompts.map((prompt, index): Event => {
    const id = `entire:${createHash('sha256').update(`${index} ${prompt}`).digest('hex').slice(0, 16)}`
    return { id: id as EventId, turn: id as string as TurnId, at, kind: 'prompt', text: prompt, origin: 'human' }
  })
  return { events, turns: events.map(({ turn }, index) => ({ turn: turn!, number: index + 1, startedAt: at })) }
}

function readUsage(value: unknown): TokenUsage | undefined {
  const json = asObject(value)
  const usage = {
    input: countOf(json['input_tokens']), output: countOf(json['output_tokens']),
    cacheRead: countOf(json['cache_read_tokens']), cacheWrite: countOf(json['cache_creation_tokens']),
  }
  return Object.values(usage).some((count) => count > 0) ? usage : undefined
}

const countOf = (value: unknown): number => Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0

function parseObject(text: string): Json {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return {}
  }
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {}
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined
