// The tokens of a rollout, each call of the model once: by its own record, or, of older clients, by how much the
// running totals grew.

import type { TokenUsage } from '../../model/event.ts'
import { eventId, idOf } from '../event-ids.ts'
import { tell } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { digestOf, isObject, numberOf, objectOf } from '../json.ts'

/** What the client counts as input holds what came from the cache. */
export function tokensOf(value: unknown): TokenUsage | undefined {
  if (!isObject(value) || numberOf(value['input_tokens']) === undefined) return undefined
  const count = (key: string): number => Math.max(0, numberOf(value[key]) ?? 0)
  const [cacheRead, cacheWrite] = [count('cached_input_tokens'), count('cache_write_input_tokens')]
  const input = Math.max(0, count('input_tokens') - cacheRead - cacheWrite)
  return { input, output: count('output_tokens'), cacheRead, cacheWrite }
}

export function readUsageRecord(reader: Reader, line: Line): void {
  const { usage, response_id: response, thread_token_usage: thread } = line.payload
  const tokens = tokensOf(usage)
  const total = tokensOf(thread)
  if (total !== undefined) reader.memory.total = total
  const message = idOf(response) ?? (total === undefined ? undefined : nameOf(reader, total))
  if (tokens !== undefined && message !== undefined) tellUsage(reader, line, message, tokens)
}

/** The totals are told again and again. Those of a fork go on from its origin's; a compaction may start them anew. */
export function readTotals(reader: Reader, line: Line): void {
  const info = objectOf(line.payload['info'])
  const total = tokensOf(info['total_token_usage'])
  const before = reader.memory.total
  if (total === undefined || (before !== undefined && sameTokens(total, before))) return
  const grown = before === undefined ? undefined : grownBy(total, before)
  reader.memory.total = total
  tellUsage(reader, line, nameOf(reader, total), grown ?? tokensOf(info['last_token_usage']) ?? total)
}

const KEYS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const

const sameTokens = (a: TokenUsage, b: TokenUsage): boolean => KEYS.every((key) => a[key] === b[key])

function grownBy(total: TokenUsage, before: TokenUsage): TokenUsage | undefined {
  if (KEYS.some((key) => total[key] < before[key])) return undefined
  return {
    input: total.input - before.input, output: total.output - before.output,
    cacheRead: total.cacheRead - before.cacheRead, cacheWrite: total.cacheWrite - before.cacheWrite,
  }
}

const nameOf = ({ source }: Reader, total: TokenUsage): string =>
  digestOf(source.session, source.subagent, JSON.stringify(KEYS.map((key) => total[key])))

function tellUsage(reader: Reader, line: Line, message: string, tokens: TokenUsage): void {
  const model = reader.memory.model ?? 'unknown'
  tell(reader, line, eventId('usage', message), { kind: 'usage', message, model, tokens })
}
