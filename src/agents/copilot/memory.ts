// What reading one transcript of Copilot must remember from line to line, and from one reading to the next. Everything
// is bounded, and forgotten oldest first as lines come, so that it does not matter where a reading stopped.

import type { Millis } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { TranscriptState } from '../agent.ts'
import { setNewest } from '../bounded-map.ts'
import { isObject, listOf, numberOf, objectOf, textOf } from '../json.ts'

export interface Subagent {
  /** The turn of the main conversation in which it was started. */
  readonly turn?: TurnId
  readonly agentType: string
}

/** What must be known of a tool call when its result comes. */
export interface OpenCall {
  readonly tool: string
  /** What an editing tool was asked for; where that is too long to be remembered, the names of the files. */
  readonly input?: unknown
  /** A command that the user ran himself. */
  readonly byUser?: true
}

export interface Memory {
  turn?: TurnId | undefined
  /** The turn has told its end. */
  ended: boolean
  /** The model's last message asked for no tool. */
  answered: boolean
  /** A hook has seen the end of the session. */
  closed: boolean
  /** The time of the line before, for lines that tell none. */
  at: Millis
  cwd?: string | undefined
  readonly subagents: Map<string, Subagent>
  readonly calls: Map<string, OpenCall>
  /** The last calls of the model whose usage was told. */
  readonly counted: Map<string, true>
}

const LIMITS = { subagents: 48, calls: 12, counted: 16 } as const
const MAX_KEY_LENGTH = 100
const MAX_INPUT_LENGTH = 1000
const MAX_NAME_LENGTH = 100
const MAX_PATH_LENGTH = 1000

/** Sets the entry as the newest and forgets the oldest ones beyond the limit. */
export function remember<Value>(
  memory: Memory, which: 'subagents' | 'calls' | 'counted', key: string, value: Value,
): void {
  if (key.length > MAX_KEY_LENGTH) return
  setNewest(memory[which] as Map<string, unknown>, key, value, LIMITS[which])
}

/** A name as it can be remembered. */
export const shortName = (name: string): string => name.slice(0, MAX_NAME_LENGTH)

export function openCall(tool: string, input: unknown): OpenCall {
  const kept = [input, namesIn(input)].find((one) =>
    one !== undefined && JSON.stringify(one).length <= MAX_INPUT_LENGTH)
  return { tool: shortName(tool), ...(kept === undefined ? {} : { input: kept }) }
}

/** A patch without its lines, or arguments without their texts. */
function namesIn(input: unknown): unknown {
  const { path, filePath, input: patch } = objectOf(input)
  const text = textOf(input) ?? textOf(patch)
  if (text !== undefined) return text.split('\n').filter((line) => line.startsWith('*** ')).join('\n')
  return { path: textOf(path) ?? textOf(filePath) }
}

export const placeOf = (cwd: string | undefined): string | undefined =>
  cwd === undefined || cwd.length > MAX_PATH_LENGTH ? undefined : cwd

/** The memory that a state keeps; a state we cannot read counts as none. */
export function recall(state: TranscriptState | undefined): Memory {
  const kept = objectOf(state)
  const pairs = (key: string): (readonly [string, unknown])[] => listOf(kept[key]).map(listOf)
    .flatMap(([name, value]) => typeof name === 'string' ? [[name, value] as const] : [])
  const objects = <Value>(key: string, field: string): Map<string, Value> => new Map(
    pairs(key).filter(([, value]) => isObject(value) && textOf(value[field]) !== undefined) as [string, Value][])
  return {
    turn: textOf(kept['turn']) as TurnId | undefined,
    ended: kept['ended'] === true, answered: kept['answered'] === true, closed: kept['closed'] === true,
    at: numberOf(kept['at']) ?? 0,
    cwd: textOf(kept['cwd']),
    subagents: objects<Subagent>('subagents', 'agentType'),
    calls: objects<OpenCall>('calls', 'tool'),
    counted: new Map(listOf(kept['counted']).filter((id) => typeof id === 'string').map((id) => [id, true])),
  }
}

export function keep(memory: Memory): TranscriptState {
  const { subagents, calls, counted, ...plain } = memory
  const state = { ...plain, subagents: [...subagents], calls: [...calls], counted: [...counted.keys()] }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}
