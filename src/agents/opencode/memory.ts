// What reading the rows of one session of OpenCode must remember from one line to the next. Bounded, oldest first.

import type { Millis } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { TranscriptState } from '../agent.ts'
import { setNewest } from '../bounded-map.ts'
import { isObject, listOf, numberOf, textOf } from '../json.ts'

export interface OpenCall {
  readonly tool: string
  readonly turn?: string
}

export interface Memory {
  /** The turns that messages of the user belong to: their own; the one before, for the client's; the parent's. */
  readonly turns: Map<string, TurnId>
  /** Calls without a result. */
  readonly calls: Map<string, OpenCall>
  /** Messages that stand for commands that the user ran; their answers are what the commands said. */
  readonly shells: Map<string, true>
  /** When the session was made: what is older was copied into it. */
  began?: Millis | undefined
  /** The turn of the user's last message. */
  turn?: TurnId | undefined
  /** The message in which a compaction was asked for. */
  compaction?: { readonly of: string; readonly trigger: string } | undefined
  /** The time of the line before, for lines that tell none. */
  at: Millis
}

const MAX_ENTRIES = 64
const MAX_NAME_LENGTH = 100

export const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void =>
  setNewest(map, key, value, MAX_ENTRIES)

/** The memory that a state keeps; a state we cannot read counts as none. */
export function recall(state: TranscriptState | undefined): Memory {
  const { turns, calls, shells, began, turn, compaction, at } = state ?? {}
  const pairs = (value: unknown): (readonly [string, unknown])[] => listOf(value).map(listOf)
    .flatMap(([key, one]) => typeof key === 'string' ? [[key, one] as const] : [])
  return {
    turns: new Map(pairs(turns).filter(([, one]) => typeof one === 'string') as [string, TurnId][]),
    calls: new Map(pairs(calls).filter(([, one]) => isObject(one) && typeof one['tool'] === 'string') as
      [string, OpenCall][]),
    shells: new Map(listOf(shells).filter((one) => typeof one === 'string').map((one) => [one, true])),
    began: numberOf(began),
    turn: textOf(turn) as TurnId | undefined,
    compaction: isObject(compaction) ? compaction as unknown as NonNullable<Memory['compaction']> : undefined,
    at: numberOf(at) ?? 0,
  }
}

export function keep(memory: Memory): TranscriptState {
  const calls = [...memory.calls].map(([call, open]) => [call, { ...open, tool: open.tool.slice(0, MAX_NAME_LENGTH) }])
  const state = { ...memory, turns: [...memory.turns], calls, shells: [...memory.shells.keys()] }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}
