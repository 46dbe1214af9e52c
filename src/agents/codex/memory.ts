// What reading one rollout of Codex must remember from line to line, and from one reading to the next. Everything is
// bounded, and forgotten oldest first as lines come, so that it does not matter where a reading stopped.

import type { Millis, TokenUsage } from '../../model/event.ts'
import type { TurnId } from '../../model/ids.ts'
import type { TranscriptState } from '../agent.ts'
import { setNewest } from '../bounded-map.ts'
import { turnIdOf } from '../event-ids.ts'
import { isObject, listOf, numberOf, objectOf, textOf } from '../json.ts'

/** A tool call whose result has not come. */
export interface OpenCall {
  readonly tool: string
  /** The patch that it asked for, for clients that record no changes beside it. */
  readonly patch?: string
}

/** A script of code mode, which is told only when it called no tool that is told by itself. */
export interface OpenScript {
  readonly at: Millis
  readonly offset: number
  readonly turn?: TurnId
  readonly input: string
  readonly called: boolean
}

export interface Memory {
  turn?: TurnId | undefined
  /** The turn of the main conversation in which a subagent works. */
  root?: TurnId | undefined
  model?: string | undefined
  cwd?: string | undefined
  agentType?: string | undefined
  /** The session's own first line was read; what a fork copied may hold another. */
  met: boolean
  /** The turn has a prompt or an answer: a compaction runs in a turn of its own, which has neither. */
  worked: boolean
  /** The client names its turns. */
  named: boolean
  /** The client records finished items: they tell all that older clients told by other lines. */
  itemised: boolean
  /** The running totals as they were counted last. */
  total?: TokenUsage | undefined
  /** What a compaction kept, until the item that names it. */
  summary?: string | undefined
  /** The time of the line before, for lines that tell none. */
  at: Millis
  readonly calls: Map<string, OpenCall>
  readonly scripts: Map<string, OpenScript>
  /** Calls whose results were told. */
  readonly told: Map<string, true>
}

const LIMITS = { calls: 8, scripts: 4, told: 64 } as const
const MAX_NAME_BYTES = 200
const MAX_PATH_BYTES = 2000
const MAX_PATCH_BYTES = 4000
const MAX_SCRIPT_BYTES = 2000
const MAX_SUMMARY_BYTES = 8000

export function remember<Which extends keyof typeof LIMITS>(
  memory: Memory, which: Which, key: string, value: Memory[Which] extends Map<string, infer Value> ? Value : never,
): void {
  setNewest(memory[which] as Map<string, unknown>, key, value, LIMITS[which])
}

const sizeOf = (text: string): number => Buffer.byteLength(JSON.stringify(text))

const within = (text: string | undefined, limit: number): string | undefined =>
  text !== undefined && sizeOf(text) <= limit ? text : undefined

/** The beginning of a text that is too long, marked as such. */
function cut(text: string, limit: number): string {
  if (sizeOf(text) <= limit) return text
  let length = Math.min(text.length, limit)
  while (sizeOf(text.slice(0, length)) > limit) length = Math.floor(length / 2)
  return `${text.slice(0, length)}…`
}

export const boundedName = (text: string | undefined): string | undefined => within(text, MAX_NAME_BYTES)
export const boundedPath = (text: string | undefined): string | undefined => within(text, MAX_PATH_BYTES)
export const boundedScript = (text: string): string => cut(text, MAX_SCRIPT_BYTES)
export const boundedSummary = (text: string): string => cut(text, MAX_SUMMARY_BYTES)

/** Of a patch that is too long only the files are kept. */
export function boundedPatch(patch: string): string | undefined {
  const headers = patch.split('\n').filter((line) => line.startsWith('*** '))
  return within(patch, MAX_PATCH_BYTES) ?? within(headers.join('\n'), MAX_PATCH_BYTES)
}

/** The memory that a state keeps; a state we cannot read counts as none. */
export function recall(state: TranscriptState | undefined): Memory {
  const kept = state ?? {}
  const entries = <Value>(key: string): Map<string, Value> => new Map(listOf(kept[key]).map(listOf)
    .flatMap(([name, value]) => typeof name === 'string' && isObject(value) ? [[name, value as Value]] : []))
  return {
    turn: turnIdOf(kept['turn']), root: turnIdOf(kept['root']), model: textOf(kept['model']), cwd: textOf(kept['cwd']),
    agentType: textOf(kept['agentType']), summary: textOf(kept['summary']),
    met: kept['met'] === true, worked: kept['worked'] === true, named: kept['named'] === true,
    itemised: kept['itemised'] === true,
    total: totalOf(kept['total']),
    at: numberOf(kept['at']) ?? 0,
    calls: entries('calls'), scripts: entries('scripts'),
    told: new Map(listOf(kept['told']).flatMap((call) => typeof call === 'string' ? [[call, true]] : [])),
  }
}

function totalOf(value: unknown): TokenUsage | undefined {
  const { input, output, cacheRead, cacheWrite } = objectOf(value)
  const counts = [input, output, cacheRead, cacheWrite].map(numberOf).filter((count) => count !== undefined)
  return counts.length === 4 ? value as TokenUsage : undefined
}

export function keep({ calls, scripts, told, ...rest }: Memory): TranscriptState {
  const state = { ...rest, calls: [...calls], scripts: [...scripts], told: [...told.keys()] }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}
