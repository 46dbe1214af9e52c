// What a transcript of Copilot tells: the events of the client's own log, one a line, those of subagents among them.
// Read in slices of whole lines; where the slices are cut makes no difference.

import type { TranscriptLine } from '../agent.ts'
import { idOf } from '../event-ids.ts'
import {
  readAbort, readAssistant, readCompaction, readContext, readError, readHookStart, readModelChange, readShutdown,
  readStart, readStep, readSubagentEnd, readSubagentStart, readUsageRecord, readUser,
} from './lines.ts'
import { keep, recall } from './memory.ts'
import type { Line, Reader } from './reader.ts'
import { readCall, readResult, readUserCall } from './results.ts'
import { digestOf, objectOf, textOf } from '../json.ts'
import { parseTyped, parserOf, report } from '../transcript-reader.ts'

const READERS: Readonly<Record<string, (reader: Reader, line: Line) => void>> = {
  'session.start': readStart,
  'session.resume': readStart,
  'session.shutdown': readShutdown,
  'session.model_change': readModelChange,
  'session.context_changed': readContext,
  'session.usage_record': readUsageRecord,
  'session.compaction_complete': readCompaction,
  'session.error': readError,
  'user.message': readUser,
  'assistant.message': readAssistant,
  'assistant.turn_start': readStep,
  'assistant.turn_end': readStep,
  'tool.user_requested': readUserCall,
  'tool.execution_start': readCall,
  'tool.execution_complete': readResult,
  'subagent.started': readSubagentStart,
  'subagent.completed': readSubagentEnd,
  'subagent.failed': readSubagentEnd,
  'hook.start': readHookStart,
  abort: readAbort,
}

/** Bookkeeping of the client, by the schema that comes with 1.0.102. */
const KNOWN = new RegExp(`^(?:${[
  String.raw`assistant\.(?:reasoning|fusion_\w+)`, String.raw`hook\.\w+`, String.raw`human_response\.\w+`,
  String.raw`mcp\.\w+`, String.raw`model\.\w+`, String.raw`permission\.\w+`, String.raw`skill\.\w+`,
  String.raw`subagent\.(?:configured|selected|deselected)`, String.raw`system\.(?:message|notification)`,
  String.raw`tool_search\.\w+`, String.raw`external_tool\.\w+`,
  String.raw`session\.(?:autopilot_objective_changed|binary_asset|canvas\.\w+|compaction_start|completion_receipt)`,
  String.raw`session\.(?:context_cleared|fusion_\w+|handoff|info|mode_\w+|model_deselected|permission_recovery)`,
  String.raw`session\.(?:permissions_changed|plan_changed|remote_steerable_changed|request_body_\w+|schedule_\w+)`,
  String.raw`session\.(?:session_limits_changed|task_complete|truncation|usage_checkpoint|warning)`,
  String.raw`session\.(?:auto_mode_resolved|workspace_file_changed)`,
].join('|')})$`)

/** The client's log of the request that wrote a compaction's summary: the whole conversation, twice. */
const REQUEST_LOG = /^\{"type":"model\./

export const parseTranscript = parserOf({ recall, readLine, keep })

/** True for a line that a resumed session needs. */
function readLine(reader: Reader, { offset, text }: TranscriptLine): boolean {
  if (text.trim() === '' || REQUEST_LOG.test(text)) return false
  const parsed = parseTyped(reader, text)
  if (parsed === undefined) return false
  const { raw, type } = parsed
  const { memory } = reader
  const data = objectOf(raw['data'])
  const time = Date.parse(textOf(raw['timestamp']) ?? '')
  const at = Number.isNaN(time) ? memory.at : time
  // VS Code names a subagent by the call that started it.
  const subagent = idOf(raw['agentId']) ?? idOf(data['parentToolCallId'])
  const id = idOf(raw['id']) ?? digestOf(type, String(offset))
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (read === undefined && !KNOWN.test(type)) report(reader, `line:${type}`)
  read?.(reader, { type, id, at, offset, data, subagent })
  memory.at = at
  return true
}
