// What the result of a tool call tells: how it went, which file it changed, which subagent it started and ended.

import type { EventBody } from '../../model/event.ts'
import { blocksOf, outputText, promptText } from './content.ts'
import { eventId, idOf } from '../event-ids.ts'
import type { OpenCall } from './memory.ts'
import { placeIn, tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { changeOf, isEditingTool } from './tools.ts'
import { given, isObject, listOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

export function readToolResults(reader: Reader, line: Line): void {
  const results = blocksOf(objectOf(line.raw['message'])['content']).filter((block) => block['type'] === 'tool_result')
  // The client's own record of the result stands beside the message: it can only be told of one.
  const detail = results.length === 1 ? line.raw['toolUseResult'] : undefined
  for (const block of results) {
    const call = idOf(block['tool_use_id'])
    if (call !== undefined) readToolResult(reader, line, block, call, detail)
  }
}

function readToolResult(reader: Reader, line: Line, block: JsonObject, call: string, detail: unknown): void {
  const open = reader.memory.calls.get(call)
  const output = outputText(block['content'])
  const outcome = outcomeOf(line.raw, block, output, detail)
  tell(reader, placeIn(reader, line), eventId('result', call),
    { kind: 'tool-result', ...given('tool', open?.tool), call, outcome, output })
  if (outcome !== 'ok') return
  if (isEditingTool(open?.tool)) readChange(reader, line, call, open as OpenCall, output, detail)
  if (isObject(detail) && idOf(detail['agentId']) !== undefined) readSubagent(reader, line, call, open, detail)
}

type Outcome = (EventBody & { kind: 'tool-result' })['outcome']

/** Old clients record a refusal only by its text. */
function outcomeOf(raw: JsonObject, block: JsonObject, output: string, detail: unknown): Outcome {
  const denial = textOf(raw['toolDenialKind'])
  if (denial !== undefined) return denial === 'interrupted' ? 'interrupted' : 'refused'
  if (objectOf(detail)['interrupted'] === true) return 'interrupted'
  if (block['is_error'] !== true) return 'ok'
  if (/^\[(?:Tool call|Request) interrupted/.test(output)) return 'interrupted'
  return output.startsWith("The user doesn't want to proceed with this tool use") ? 'refused' : 'failed'
}

/**
 * A subagent's transcript keeps no record beside the message. All it tells of an edit is the path, which the call
 * named: that gives way to whatever a hook told.
 */
function readChange(reader: Reader, line: Line, call: string, open: OpenCall, output: string, detail: unknown): void {
  const place = placeIn(reader, line)
  const change = changeOf(open.tool, call, undefined, detail)
  if (change !== undefined) return tell(reader, place, eventId('change', call, 0), change)
  if (detail !== undefined || open.path === undefined) return
  tell(reader, place, eventId('change', call, 0), {
    kind: 'file-change', path: open.path, change: output.startsWith('File created') ? 'create' : 'modify',
    tool: open.tool, call, evidence: 'tool',
  }, reader.source.subagent, 'call')
}

/** A subagent in the background has not ended with its call: its end is told by a hook. */
function readSubagent(reader: Reader, line: Line, call: string, open: OpenCall | undefined, detail: JsonObject): void {
  const subagent = idOf(detail['agentId'])
  if (subagent === undefined) return
  const agentType = wordsOf(detail['agentType']) ?? open?.agentType ?? 'unknown'
  const place = placeIn(reader, line)
  const began = { ...place, at: open?.at ?? line.at }
  tell(reader, began, eventId('subagent-start', subagent), { kind: 'subagent-start', agentType, call }, subagent)
  if (detail['status'] !== 'completed') return
  const said = listOf(detail['content']).map((block) => promptText([block]) ?? '')
    .filter((text) => !TOOLS_USED.test(text))
  tell(reader, placeIn(reader, line), eventId('subagent-end', subagent),
    { kind: 'subagent-end', agentType, ...given('text', wordsOf(said.join('\n'))) }, subagent)
}

/** The client's own note for the model, before what the subagent said. */
const TOOLS_USED = /^<tools-used-before-summary>[^<]*<\/tools-used-before-summary>\s*$/
