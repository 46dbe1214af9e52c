// Reads the hunks of one file's unified diff, as agents record them.

import type { Hunk } from './event.ts'

const HEADING = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/** The hunks; lines before the first one, and hunks that a cut left incomplete, are left out. */
export function parseUnifiedHunks(diff: string): readonly Hunk[] {
  const hunks: (Omit<Hunk, 'lines'> & { readonly lines: string[] })[] = []
  let [oldLeft, newLeft] = [0, 0]
  for (const line of diff.split('\n')) {
    if (oldLeft + newLeft > 0) {
      const kind = line.charAt(0)
      // "\ No newline at end of file" is no line of the file.
      if (kind === '\\') continue
      if (kind !== '+') oldLeft -= 1
      if (kind !== '-') newLeft -= 1
      hunks.at(-1)!.lines.push(line === '' ? ' ' : line)
      continue
    }
    const [, oldStart, oldLines = '1', newStart, newLines = '1'] = HEADING.exec(line) ?? []
    if (oldStart === undefined || newStart === undefined) continue
    ;[oldLeft, newLeft] = [Number(oldLines), Number(newLines)]
    const places = { oldStart: Number(oldStart), oldLines: oldLeft, newStart: Number(newStart), newLines: newLeft }
    hunks.push({ ...places, lines: [] })
  }
  return oldLeft + newLeft > 0 ? hunks.slice(0, -1) : hunks
}
