// When capture was off. What was said then is not recorded, nor read later from a transcript that goes on.

import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../model/event.ts'

export interface Gap {
  readonly from: Millis
  readonly to: Millis
}

const gapsFile = (home: string): string => join(home, 'gaps')

/** Notes that capture goes off or on, one line a switch. */
export function noteSwitch(home: string, enabled: boolean, at: Millis): void {
  appendFileSync(gapsFile(home), `${enabled ? 'on' : 'off'} ${at}\n`, { mode: 0o600 })
}

/** The times capture was off, the last perhaps still open. */
export function readGaps(home: string): readonly Gap[] {
  let text = ''
  try {
    text = readFileSync(gapsFile(home), 'utf8')
  } catch {
    return [] // it was never off
  }
  const gaps: Gap[] = []
  let from: Millis | undefined
  for (const line of text.split('\n')) {
    const [, word, at] = /^(on|off) (\d+)$/.exec(line) ?? []
    if (word === 'off') from ??= Number(at)
    else if (word === 'on' && from !== undefined) {
      gaps.push({ from, to: Number(at) })
      from = undefined
    }
  }
  return from === undefined ? gaps : [...gaps, { from, to: Number.POSITIVE_INFINITY }]
}

export const isOutside = (gaps: readonly Gap[], at: Millis): boolean =>
  !gaps.some(({ from, to }) => at >= from && at < to)
