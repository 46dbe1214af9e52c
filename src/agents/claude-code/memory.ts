// What reading one transcript of Claude Code must remember from line to line, and from one reading to the next.
// Everything is bounded, and forgotten oldest first as lines come, so that it does not matter where a reading stopped.

import type { Millis, TokenUsage } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { TranscriptState } from '../agent.ts'
import { setNewest } from '../bounded-map.ts'
import { isObject, listOf, numberOf, objectOf, textOf } from '../json.ts'

export interface Turn {
  readonly id?: TurnId
  /** Copied from the session that this one was forked from. */
  readonly copied?: true
  /** Named by the uuid of its prompt's line: of a client without prompt ids, or a copy, whose prompt ids are wrong. */
  readonly byLine?: true
}

/** What must be known of a tool call when its result comes. */
export interface OpenCall {
  readonly tool: string
  readonly at: Millis
  readonly agentType?: string
  readonly path?: string
}

/** Where an event stands that is told only once a later line completes it. */
export interface Place {
  readonly at: Millis
  readonly offset: number
  readonly turn?: Turn
}

export interface OpenUsage extends Place {
  readonly message: string
  readonly model: string
  readonly tokens: TokenUsage
}

export interface OpenCompaction extends Place {
  readonly uuid: string
  readonly trigger: string
}

export interface Memory {
  /** The turn of each of the last lines: a line belongs to the turn of its ancestor. */
  readonly lines: Map<string, Turn>
  readonly calls: Map<string, OpenCall>
  /** The last API messages whose usage was told. */
  readonly counted: Map<string, true>
  /** The turn of the line before. */
  turn?: Turn | undefined
  /** The time of the line before, for lines that tell none. */
  at: Millis
  usage?: OpenUsage | undefined
  compaction?: OpenCompaction | undefined
  /** True once a line was seen that is no copy; copies stand at the start of a file. */
  own: boolean
  /** Client bookkeeping before the first line of its own, which dates the file: what is older was copied into it. */
  dated?: { readonly at: Millis; readonly of: string } | undefined
}

const LIMITS = { lines: 200, calls: 32, counted: 16 } as const
const MAX_KEY_LENGTH = 64
const MAX_NAME_LENGTH = 100
const MAX_PATH_LENGTH = 400

/** Sets the entry as the newest and forgets the oldest ones beyond the limit. */
export function remember<Value>(memory: Memory, which: 'lines' | 'calls' | 'counted', key: string, value: Value): void {
  if (key.length > MAX_KEY_LENGTH) return
  setNewest(memory[which] as Map<string, unknown>, key, value, LIMITS[which])
}

/** A call as it can be remembered: what is too long is left out. */
export function openCall(tool: string, at: Millis, agentType: string | undefined, path: string | undefined): OpenCall {
  return {
    tool: tool.slice(0, MAX_NAME_LENGTH), at,
    ...(agentType === undefined ? {} : { agentType: agentType.slice(0, MAX_NAME_LENGTH) }),
    ...(path === undefined || path.length > MAX_PATH_LENGTH ? {} : { path }),
  }
}

/** The memory that a state keeps; a state we cannot read counts as none. */
export function recall(state: TranscriptState | undefined): Memory {
  const kept = objectOf(state)
  const turns = listOf(kept['turns']).filter(isObject) as Turn[]
  const pairs = (key: string): (readonly [string, unknown])[] => listOf(kept[key]).map(listOf)
    .flatMap(([name, value]) => typeof name === 'string' ? [[name, value] as const] : [])
  return {
    lines: new Map(pairs('lines').map(([uuid, index]) => [uuid, turns[numberOf(index) ?? -1] ?? {}])),
    calls: new Map(pairs('calls').filter(([, call]) => isObject(call)) as [string, OpenCall][]),
    counted: new Map(listOf(kept['counted']).filter((id) => typeof id === 'string').map((id) => [id, true])),
    turn: isObject(kept['turn']) ? kept['turn'] as Turn : undefined,
    at: numberOf(kept['at']) ?? 0,
    usage: openOf<OpenUsage>(kept['usage'], 'message'),
    compaction: openOf<OpenCompaction>(kept['compaction'], 'uuid'),
    own: kept['own'] === true,
    dated: openOf<{ at: Millis; of: string }>(kept['dated'], 'of'),
  }
}

const openOf = <Open>(value: unknown, key: string): Open | undefined =>
  isObject(value) && textOf(value[key]) !== undefined && numberOf(value['at']) !== undefined ? value as Open : undefined

export function keep(memory: Memory): TranscriptState {
  const turns: Turn[] = []
  const indexes = new Map<string, number>()
  const indexOf = (turn: Turn): number => {
    const key = JSON.stringify([turn.id, turn.copied, turn.byLine])
    if (!indexes.has(key)) indexes.set(key, turns.push(turn) - 1)
    return indexes.get(key) ?? 0
  }
  const lines = [...memory.lines].map(([uuid, turn]) => [uuid, indexOf(turn)])
  const { turn, at, usage, compaction, own, dated } = memory
  const state = {
    turns, lines, calls: [...memory.calls], counted: [...memory.counted.keys()],
    turn, at, usage, compaction, own, dated,
  }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}
