// What the client's record of a tool call tells: the call, its result, the file it changed, the subagent it started.

import { eventId } from '../event-ids.ts'
import { idOf } from './ids.ts'
import { tell } from './reader.ts'
import type { Message, Reader } from './reader.ts'
import { changeOf, isKnownTool, outcomeOf, outputOf, readsOf } from './tools.ts'
import { boundedDepth, given, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { report } from '../transcript-reader.ts'

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
  tell(reader, calledAt, eventId('call', call), {
    kind: 'tool-call', tool, call, input: boundedDepth(raw['args'] ?? {}), ...(reads.length === 0 ? {} : { reads }),
  })
  if (!STATUSES.has(raw['status'])) return report(reader, `status:${textOf(raw['status']) ?? 'none'}`)
  reader.memory.at = Math.max(reader.memory.at, at)
  const output = outputOf(raw)
  tell(reader, at, eventId('result', call),
    { kind: 'tool-result', tool, call, outcome: outcomeOf(raw, output), output })
  const change = changeOf(tool, call, raw)
  if (change !== undefined) tell(reader, at, eventId('change', call), change)
  readSubagent(reader, calledAt, at, call, raw, output)
}

function readSubagent(
  reader: Reader, from: number, to: number, call: string, raw: JsonObject, output: unknown,
): void {
  const subagent = idOf(raw['agentId'])
  if (subagent === undefined) return
  const display = objectOf(raw['resultDisplay'])
  const agentType = wordsOf(objectOf(raw['args'])['agent_name']) ?? wordsOf(display['agentName']) ?? 'unknown'
  tell(reader, from, eventId('subagent-start', subagent), { kind: 'subagent-start', agentType, call }, subagent)
  const said = textOf(output)?.replace(/^Subagent '[^']*' finished\.\nTermination Reason: \w+\nResult:\n/, '')
  tell(reader, to, eventId('subagent-end', subagent),
    { kind: 'subagent-end', agentType, ...given('text', wordsOf(said)) }, subagent)
}
