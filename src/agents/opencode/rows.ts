// What the lines look like that the store makes of the rows of OpenCode's database: a session, or a message with its
// parts, each as `opencode export` writes it, so that `opencode import` takes them back.

import { boundedDepth, listOf, objectOf, parseObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { promptOf } from './prompts.ts'

export interface RowLine {
  readonly kind: 'session' | 'message'
  readonly info: JsonObject
  readonly parts: readonly JsonObject[]
  /** In a subagent's session: the turn of the main one in which a message of the user was sent. */
  readonly turn?: string
}

/** A row of the table `message` or `part`; `data` is the JSON without the ids. */
export interface DataRow {
  readonly id: string
  readonly data: unknown
}

/** The row of the table `session`, whatever columns it has. */
export function sessionLine(row: JsonObject): RowLine {
  const { id, slug, title, version, directory, path, agent, cost } = row
  return { kind: 'session', parts: [], info: {
    id, slug, projectID: row['project_id'], directory, path, parentID: row['parent_id'], title, agent,
    model: jsonOf(row['model']), version, cost,
    summary: row['summary_files'] === null ? null : {
      additions: row['summary_additions'], deletions: row['summary_deletions'], files: row['summary_files'],
    },
    tokens: {
      input: row['tokens_input'], output: row['tokens_output'], reasoning: row['tokens_reasoning'],
      cache: { read: row['tokens_cache_read'], write: row['tokens_cache_write'] },
    },
    permission: jsonOf(row['permission']), revert: jsonOf(row['revert']),
    time: { created: row['time_created'], updated: row['time_updated'] },
  } }
}

export function messageLine(session: string, message: DataRow, parts: readonly DataRow[]): RowLine {
  return {
    kind: 'message',
    info: { ...dataOf(message), id: message.id, sessionID: session },
    parts: parts.map((part) => ({ ...dataOf(part), id: part.id, messageID: message.id, sessionID: session })),
  }
}

export const formatRowLine = ({ kind, turn, info, parts }: RowLine): string =>
  JSON.stringify(kind === 'session' ? { kind, info: withoutNulls(info) } : { kind, turn, info, parts })

const withoutNulls = (info: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(info).filter(([, value]) => value !== null))

/** Undefined for what is no such line. */
export function parseRowLine(text: string): RowLine | undefined {
  const { kind, info, parts, turn } = parseObject(text) ?? {}
  if (kind !== 'session' && kind !== 'message') return undefined
  return {
    kind, info: objectOf(info), parts: listOf(parts).map(objectOf), ...(typeof turn === 'string' ? { turn } : {}),
  }
}

/** True while the client still changes a message: it streams, or a tool runs. One that it left may stay so for ever. */
export function isUnderWay({ info, parts }: RowLine): boolean {
  if (info['role'] !== 'assistant') return false
  const { completed } = objectOf(info['time'])
  return (completed === undefined && info['error'] === undefined) || parts.some((part) => {
    const status = part['type'] === 'tool' ? objectOf(part['state'])['status'] : undefined
    return status === 'pending' || status === 'running'
  })
}

/** True for a message by which a user begins a turn. */
export const beginsTurn = ({ info, parts }: RowLine): boolean =>
  info['role'] === 'user' && promptOf(parts)?.origin === 'human'

const dataOf = ({ data }: DataRow): JsonObject => objectOf(boundedDepth(jsonOf(data)))

function jsonOf(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined
  } catch {
    return undefined
  }
}
