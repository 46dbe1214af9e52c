// The agent's own lines, redacted before they are kept: a checkpoint takes them, and resume writes them back.

import { createHash } from 'node:crypto'
import type { TranscriptLine } from '../agents/agent.ts'
import type { Millis, Observation } from '../model/event.ts'
import { isOutside } from './gaps.ts'
import type { Gap } from './gaps.ts'
import type { LiveStore } from './live.ts'

export interface NativeLine {
  readonly offset: number
  readonly digest: string
  readonly line: string
  readonly rules: number
}

export async function redactNative(lines: readonly TranscriptLine[]): Promise<readonly NativeLine[]> {
  if (lines.length === 0) return []
  const { RULES_VERSION } = await import('../model/redact.ts')
  const { redactJsonLines } = await import('../model/redact-json-lines.ts')
  const redacted = await redactJsonLines(lines.map((line) => line.text))
  return lines.map(({ offset, text }, index) => ({
    offset, digest: createHash('sha256').update(text).digest('hex'), line: redacted[index]!, rules: RULES_VERSION,
  }))
}

/** Redacts again what older rules have passed. */
export async function renewLines<Line extends Pick<NativeLine, 'line' | 'rules'>>(
  lines: readonly Line[],
): Promise<readonly Line[]> {
  const { RULES_VERSION } = await import('../model/redact.ts')
  const old = lines.filter(({ rules }) => rules < RULES_VERSION)
  if (old.length === 0) return lines
  const { redactJsonLines } = await import('../model/redact-json-lines.ts')
  const again = await redactJsonLines(old.map(({ line }) => line))
  let next = 0
  return lines.map((one) => one.rules < RULES_VERSION ? { ...one, line: again[next++]! } : one)
}

/** Where lines come from, and when the session was not recorded. */
interface NativeSource {
  readonly session: number
  readonly subagent: string
  readonly lastEventAt: Millis
  readonly gaps: readonly Gap[]
}

/** Keeps lines, inside a transaction. A line has the time of the events it tells, else that of the line before it. */
export function appendNative(
  store: LiveStore, of: NativeSource, lines: readonly NativeLine[], observations: readonly Observation[],
): void {
  const times = new Map(observations.map(({ offset, event }) => [offset, event.at]))
  let at = observations[0]?.event.at ?? of.lastEventAt
  for (const { offset, digest, line, rules } of lines) {
    at = times.get(offset) ?? at
    if (!isOutside(of.gaps, at)) continue
    store.run(
      `INSERT INTO native_lines (session, subagent, digest, offset, at, line, rules) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (session, subagent, digest) DO UPDATE SET offset = excluded.offset WHERE checkpoint IS NULL`,
      of.session, of.subagent, digest, offset, Math.round(at), line, rules)
  }
}
