// Builds transcript lines as Claude Code writes them, and reads them.

import type { TranscriptReading, TranscriptState } from '../../src/agents/agent.ts'
import { parseTranscript } from '../../src/agents/claude-code/transcript.ts'
import type { Event } from '../../src/model/event.ts'
import type { SessionId } from '../../src/model/ids.ts'
import { linesOf } from './recordings.ts'

const session = 's1' as SessionId
export const AT = '2026-11-20T16:11:19.103Z'

export type Fields = Readonly<Record<string, unknown>>

/** A line as the client writes it; `uuid` and `parent` are its place in the tree. */
export const lineOf = (type: string, uuid: string, parent: string | null, fields: Fields = {}): string =>
  JSON.stringify({ parentUuid: parent, type, uuid, timestamp: AT, sessionId: 's1', version: '2.1.329',
    gitBranch: 'main', ...fields })

export const user = (uuid: string, parent: string | null, content: unknown, fields: Fields = {}): string =>
  lineOf('user', uuid, parent, { message: { role: 'user', content }, ...fields })

export const prompt = (uuid: string, text: string, fields: Fields = {}): string =>
  user(uuid, null, text, { promptId: `p-${uuid}`, turnOrigin: 'human', ...fields })

export function assistant(uuid: string, parent: string, block: unknown, message: Fields = {},
  fields: Fields = {}): string {
  const usage = { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 }
  return lineOf('assistant', uuid, parent,
    { message: { id: `msg_${uuid}`, model: 'claude-x', content: [block], stop_reason: 'end_turn', usage, ...message },
      ...fields })
}

export const said = (text: string): Fields => ({ type: 'text', text })
export const calls = (tool: string, id: string, input: Fields = {}): Fields =>
  ({ type: 'tool_use', name: tool, id, input })

export const resultOf = (uuid: string, parent: string, call: string, content: unknown, block: Fields = {},
  fields: Fields = {}): string =>
  user(uuid, parent, [{ type: 'tool_result', tool_use_id: call, content, ...block }], fields)

export const read = (lines: readonly string[], subagent?: string, state?: TranscriptState): TranscriptReading =>
  parseTranscript(
  linesOf(lines.map((line) => `${line}\n`).join('')), { session, ...(subagent === undefined ? {} : { subagent }) },
    state)

export const eventsOf = (lines: readonly string[], subagent?: string): readonly Event[] =>
  read(lines, subagent).observations.map(({ event }) => event)

export const brief = (events: readonly Event[]): readonly string[] => events.filter((event) => event.kind !== 'usage')
  .map((event) => `${event.turn ?? '-'} ${event.id}`)
