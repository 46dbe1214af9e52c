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
  const { redactTexts, RULES_VERSION } = await import('../model/redact.ts')
  const redacted = await redactTexts(lines.map((line) => line.text))
  return lines.map(({ offset, text }, index) => ({
    offset, digest: createHash('sha256').update(text).digest('hex'), line: redacted.texts[index]!, rules: RULES_VERSION,
  }))
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
