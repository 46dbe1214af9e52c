// What a rollout of Codex tells: JSON lines, appended while the client works. Read in slices of whole lines; where the
// slices are cut makes no difference.

import type { TurnId } from '../../model/ids.ts'
import type { TranscriptLine, TranscriptSource } from '../agent.ts'
import { turnIdOf } from '../event-ids.ts'
import {
  readCompacted, readEvent, readResponseItem, readSessionMeta, readTurnContext,
} from './lines.ts'
import { keep, recall } from './memory.ts'
import type { Line, Reader } from './reader.ts'
import { readUsageRecord } from './usage.ts'
import { digestOf, given, objectOf, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { parseTyped, parserOf, report } from '../transcript-reader.ts'

export const parseTranscript = parserOf({ recall, readLine, keep })

const READERS: Readonly<Record<string, (reader: Reader, line: Line) => void>> = {
  session_meta: readSessionMeta,
  turn_context: readTurnContext,
  event_msg: readEvent,
  response_item: readResponseItem,
  token_usage_record: readUsageRecord,
  compacted: readCompacted,
}

const BOOKKEEPING: ReadonlySet<string> =
  new Set(['inter_agent_communication', 'inter_agent_communication_metadata', 'security_risk_score', 'world_state'])

/** True for a line that a resumed session needs: a fork counts the bytes of its origin, so that is all of them. */
function readLine(reader: Reader, { offset, text }: TranscriptLine): boolean {
  if (text.trim() === '') return false
  const parsed = parseTyped(reader, text)
  if (parsed === undefined) return false
  const { raw, type } = parsed
  const line = placeInTurn(reader, raw, type, offset)
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (read !== undefined) read(reader, line)
  else if (!BOOKKEEPING.has(type)) report(reader, `line:${type}`)
  return true
}

/** Lines of other turns may come late, such as the end of a command that outlived its turn: they open none. */
function placeInTurn(reader: Reader, raw: JsonObject, type: string, offset: number): Line {
  const { memory, source } = reader
  const payload = objectOf(raw['payload'])
  const time = Date.parse(textOf(raw['timestamp']) ?? '')
  if (!Number.isNaN(time)) memory.at = time
  const named = turnIdOf(payload['turn_id'])
    ?? turnIdOf(objectOf(payload['internal_chat_message_metadata_passthrough'])['turn_id'])
  const kind = type === 'event_msg' ? textOf(payload['type']) : type
  if (named !== undefined) memory.named = true
  if (named !== undefined && OPENING.has(kind ?? '')) memory.turn = named
  else if (kind === 'user_message' && !memory.named) memory.turn = unnamedTurn(source, memory.at, offset)
  const root = rootOf(payload)
  if (root !== undefined) memory.root = root
  const own = named ?? memory.turn
  const turn = source.subagent === undefined ? own : memory.root
  return { payload, at: memory.at, offset, ...given('own', own), ...given('turn', turn) }
}

const OPENING: ReadonlySet<string> = new Set(['task_started', 'turn_started', 'turn_context'])

/** Old clients do not name their turns; a prompt opens one. */
const unnamedTurn = ({ session }: TranscriptSource, at: number, offset: number): TurnId =>
  digestOf(session, String(at), String(offset)) as TurnId

const rootOf = (payload: JsonObject): TurnId | undefined =>
  turnIdOf(payload['root_turn_id']) ?? turnIdOf(objectOf(payload['turn_attribution'])['root_turn_id'])
