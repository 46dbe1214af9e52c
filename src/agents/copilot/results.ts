// What the lines of tool calls tell: what was asked, how it went, which files were changed.

import type { EventBody, FileChange } from '../../model/event.ts'
import { eventId } from '../event-ids.ts'
import { callIdOf } from './calls.ts'
import { askedChanges, recordedChanges } from './changes.ts'
import { openCall, remember } from './memory.ts'
import type { OpenCall } from './memory.ts'
import { tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { EDITING_TOOLS, inputOf, isKnownTool, readsOf } from './tools.ts'
import { boundedDepth, given, listOf, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { report } from '../transcript-reader.ts'

export function readUserCall(reader: Reader, line: Line): void {
  const { toolCallId, toolName, arguments: asked } = line.data
  const text = wordsOf(objectOf(asked)['command']) ?? wordsOf(toolName)
  const call = callIdOf(toolCallId)
  if (text === undefined || call === undefined) return
  remember(reader.memory, 'calls', call, { ...openCall(textOf(toolName) ?? '', undefined), byUser: true })
  tell(reader, line, eventId('notice', line.id), { kind: 'notice', what: 'user-shell', text })
}

export function readCall(reader: Reader, line: Line): void {
  const { toolCallId, toolName, arguments: asked, mcpToolName } = line.data
  const call = callIdOf(toolCallId)
  const tool = wordsOf(toolName)
  if (call === undefined || tool === undefined || reader.memory.calls.get(call)?.byUser === true) return
  if (!isKnownTool(tool) && mcpToolName === undefined) report(reader, `tool:${tool}`)
  const input = inputOf(asked)
  remember(reader.memory, 'calls', call, openCall(tool, EDITING_TOOLS.has(tool) ? input : undefined))
  const body: EventBody = { kind: 'tool-call', tool, call, input, ...given('reads', readsOf(tool, input)) }
  tell(reader, line, eventId('call', call), body)
}

export function readResult(reader: Reader, line: Line): void {
  const call = callIdOf(line.data['toolCallId'])
  if (call === undefined) return
  const open = reader.memory.calls.get(call)
  reader.memory.calls.delete(call)
  if (open?.byUser === true || line.data['isUserRequested'] === true) return
  const outcome = outcomeOf(line.data)
  tell(reader, line, eventId('result', call),
    { kind: 'tool-result', ...given('tool', open?.tool), call, outcome, output: outputOf(line.data) })
  for (const [index, change] of changesOf(reader, line, call, open, outcome).entries()) {
    tell(reader, line, eventId('change', call, index), change)
  }
}

type Outcome = (EventBody & { kind: 'tool-result' })['outcome']

/** A command that failed is a success to the client. */
function outcomeOf({ success, error, shellExecution }: JsonObject): Outcome {
  const exitCode = numberOf(objectOf(shellExecution)['exitCode']) ?? 0
  if (success !== false) return exitCode === 0 ? 'ok' : 'failed'
  const code = textOf(objectOf(error)['code']) ?? ''
  if (/^(?:denied|rejected|permission)/i.test(code)) return 'refused'
  return /abort|cancel|interrupt/i.test(code) ? 'interrupted' : 'failed'
}

function outputOf({ result, error }: JsonObject): unknown {
  const { content, contents } = objectOf(result)
  return textOf(objectOf(error)['message']) ?? textOf(content)
    ?? boundedDepth(listOf(contents).length > 0 ? contents : result ?? '')
}

/** The edits of a call that failed half-way are there all the same. */
function changesOf(
  reader: Reader, line: Line, call: string, open: OpenCall | undefined, outcome: Outcome,
): readonly FileChange[] {
  const { fileEdits, result } = line.data
  if (Array.isArray(fileEdits)) {
    const diff = textOf(objectOf(result)['detailedContent']) ?? ''
    return recordedChanges({ tool: open?.tool ?? 'unknown', call }, fileEdits, diff)
  }
  return open?.input === undefined || outcome !== 'ok' ? []
    : askedChanges({ tool: open.tool, call }, open.input, reader.memory.cwd)
}
