// What the model asked of tools and what it was told: the lines of a rollout that every version of Codex writes.

import type { EventBody } from '../../model/event.ts'
import { patchedChanges } from './changes.ts'
import { eventId, idOf } from '../event-ids.ts'
import { changeEvent } from './ids.ts'
import { boundedName, boundedPatch, boundedScript, remember } from './memory.ts'
import { tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { inputOf, isKnownTool, outcomeOf, outputOf, patchOf, toolOf, withoutHead } from './tools.ts'
import { given, objectOf, textOf } from '../json.ts'
import { report } from '../transcript-reader.ts'

/** `kind`: `function`, `custom_tool`, `local_shell`, `web_search` and others. */
export function readCall(reader: Reader, line: Line, kind: string): void {
  const { call_id: callId, id, name, namespace, arguments: asked, input, action } = line.payload
  const call = idOf(callId) ?? (reader.memory.itemised ? undefined : idOf(id))
  if (call === undefined) return
  const tool = toolOf(textOf(name) ?? kind, textOf(namespace))
  if (tool === 'exec' && typeof input === 'string') return readScript(reader, line, call, input)
  if (!isKnownTool(tool)) report(reader, `tool:${tool}`)
  const words = inputOf(tool, asked ?? input ?? action)
  const patch = patchOf(tool, words)
  remember(reader.memory, 'calls', call, {
    tool: boundedName(tool) ?? 'unknown', ...given('patch', patch === undefined ? undefined : boundedPatch(patch)),
  })
  tell(reader, line, eventId('call', call), { kind: 'tool-call', tool, call, input: words })
}

/** The calls that a script makes are told one by one; the script itself is only where it made none. */
function readScript(reader: Reader, line: Line, call: string, input: string): void {
  remember(reader.memory, 'scripts', call, {
    at: line.at, offset: line.offset, ...given('turn', line.turn), input: boundedScript(input), called: false,
  })
}

export function readOutput(reader: Reader, line: Line): void {
  const { memory } = reader
  const call = idOf(line.payload['call_id'])
  if (call === undefined || memory.told.has(call)) return
  const script = memory.scripts.get(call)
  const open = memory.calls.get(call)
  memory.scripts.delete(call)
  if (script?.called === true) return
  const text = outputOf(line.payload['output'])
  const outcome = outcomeOf(text)
  const body: EventBody = {
    kind: 'tool-result', ...given('tool', script === undefined ? open?.tool : 'exec'), call, outcome,
    output: withoutHead(text),
  }
  if (script !== undefined) {
    const asked: EventBody = { kind: 'tool-call', tool: 'exec', call, input: objectOf({ input: script.input }) }
    tell(reader, { ...script, payload: {} }, eventId('call', call), asked)
  }
  remember(memory, 'told', call, true)
  tell(reader, line, eventId('result', call), body)
  if (open?.patch === undefined || outcome !== 'ok') return
  for (const change of patchedChanges(call, open.patch, memory.cwd)) {
    tell(reader, line, changeEvent(call, change.from ?? change.path), change)
  }
}
