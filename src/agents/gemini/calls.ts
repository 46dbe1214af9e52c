// What the client's record of a tool call tells: the call, its result, the file it changed, the subagent it started.

import {
  callEvent, changeEvent, idOf, resultEvent, subagentEndEvent, subagentStartEvent,
} from './ids.ts'
import { report, tell } from './reader.ts'
import type { Message, Reader } from './reader.ts'
import { changeOf, isKnownTool, outcomeOf, outputOf, readsOf } from './tools.ts'
import { boundedDepth, given, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

const STATUSES: ReadonlySet<unknown> = new Set(['success', 'error', 'cancelled'])

/** A record of a call that is still under way tells the call alone. */
export function readToolCall(reader: Reader, message: Message, raw: JsonObject): void {
  const call = idOf(raw['id'])
  const tool = wordsOf(raw['name'])
  if (call === undefined || tool === undefined) return report(reader, 'line:gemini with a call without id or name')
  if (!isKnownTool(tool)) report(reader, `tool:${tool}`)
  const time = Date.parse(textOf(raw['timestamp']) ?? '')
  const at = Number.isNaN(time) ? message.at : time
  // A call that was cancelled may stand in a message of its own, made afterwards.
  const calledAt = Math.min(message.at, at)
  const reads = readsOf(tool, raw['args'])
  tell(reader, calledAt, callEvent(call), {
    kind: 'tool-call', tool, call, input: boundedDepth(raw['args'] ?? {}), ...(reads.length === 0 ? {} : { reads }),
  })
  if (!STATUSES.has(raw['status'])) return report(reader, `status:${textOf(raw['status']) ?? 'none'}`)
  reader.memory.at = Math.max(reader.memory.at, at)
  const output = outputOf(raw)
  tell(reader, at, resultEvent(call), { kind: 'tool-result', tool, call, outcome: outcomeOf(raw, output), output })
  const change = changeOf(tool, call, raw)
  if (change !== undefined) tell(reader, at, changeEvent(call), change)
  readSubagent(reader, calledAt, at, call, raw, output)
}

function readSubagent(
  reader: Reader, from: number, to: number, call: string, raw: JsonObject, output: unknown,
): void {
  const subagent = idOf(raw['agentId'])
  if (subagent === undefined) return
  const display = objectOf(raw['resultDisplay'])
  const agentType = wordsOf(objectOf(raw['args'])['agent_name']) ?? wordsOf(display['agentName']) ?? 'unknown'
  tell(reader, from, subagentStartEvent(subagent), { kind: 'subagent-start', agentType, call }, subagent)
  const said = textOf(output)?.replace(/^Subagent '[^']*' finished\.\nTermination Reason: \w+\nResult:\n/, '')
  tell(reader, to, subagentEndEvent(subagent),
    { kind: 'subagent-end', agentType, ...given('text', wordsOf(said)) }, subagent)
}
