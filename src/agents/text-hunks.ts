// Hunks where an agent tells texts, not a diff: what was replaced by what, or a whole new file.

import type { Hunk } from '../model/event.ts'

/** More is not worth telling line by line. */
const MAX_LINES = 20_000

/** Where the replaced text stood is not told: its lines start at 0. What both begin and end with is context. */
export function replacedHunks(before: string, after: string): readonly Hunk[] {
  const old = linesOf(before)
  const now = linesOf(after)
  if (before === after || old.length + now.length > MAX_LINES) return []
  const start = commonStart(old, now)
  const end = commonStart(old.slice(start).reverse(), now.slice(start).reverse())
  return [{
    oldStart: 0, oldLines: old.length, newStart: 0, newLines: now.length,
    lines: [
      ...prefixed(' ', old.slice(0, start)), ...prefixed('-', old.slice(start, old.length - end)),
      ...prefixed('+', now.slice(start, now.length - end)), ...prefixed(' ', old.slice(old.length - end)),
    ],
  }]
}

export function createdHunks(text: string): readonly Hunk[] {
  const lines = linesOf(text)
  if (lines.length === 0 || lines.length > MAX_LINES) return []
  return [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: lines.length, lines: prefixed('+', lines) }]
}

const prefixed = (sign: string, lines: readonly string[]): readonly string[] => lines.map((line) => sign + line)

function commonStart(one: readonly string[], other: readonly string[]): number {
  const different = one.findIndex((line, index) => line !== other[index])
  return different === -1 ? one.length : different
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
