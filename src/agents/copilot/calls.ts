// What a hook of VS Code tells of one tool call. The hooks of the command line name no call: the transcript tells them.

import type { EventBody } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import { eventId, idOf } from '../event-ids.ts'
import { askedChanges } from './changes.ts'
import { inputOf, readsOf } from './tools.ts'
import { boundedDepth, given, textOf, wordsOf } from '../json.ts'

interface TellingCall {
  readonly id: unknown
  readonly tool: unknown
  readonly input: unknown
  /** Undefined before the call. */
  readonly result: unknown
}

/** VS Code adds a number of its own to the model's id, in some places. */
export const callIdOf = (value: unknown): string | undefined => idOf(textOf(value)?.replace(/__vscode-\d+$/, ''))

export function callBodies(telling: TellingCall): readonly (readonly [EventId, EventBody])[] {
  const call = callIdOf(telling.id)
  const tool = wordsOf(telling.tool)
  if (call === undefined || tool === undefined) return []
  const input = inputOf(telling.input)
  const asked: EventBody = { kind: 'tool-call', tool, call, input, ...given('reads', readsOf(tool, input)) }
  if (telling.result === undefined) return [[eventId('call', call), asked]]
  const output = boundedDepth(telling.result)
  const changes = askedChanges({ tool, call }, input, undefined)
  return [
    [eventId('call', call), asked],
    [eventId('result', call), { kind: 'tool-result', tool, call, outcome: 'ok', output }],
    ...changes.map((change, index) => [eventId('change', call, index), change] as const),
  ]
}
