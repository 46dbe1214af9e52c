// The lines that a commit adds, with their numbers in the file as the commit leaves it.

import { parsePatch } from './diff.ts'

export interface AddedLine {
  /** From 1. */
  readonly number: number
  /** Without its end; a carriage return is part of the end. */
  readonly text: string
}

/** From the first line to the last, both included. */
export interface LineRange {
  readonly start: number
  readonly end: number
}

/** What `git diff-tree -p -U0` prints, by path. Binary files add no lines. */
export function parseAddedLines(patch: string): ReadonlyMap<string, readonly AddedLine[]> {
  const files = new Map<string, readonly AddedLine[]>()
  // Within a patch each line of a file has a sign before it.
  for (const part of `\n${patch}`.split('\ndiff --git ').slice(1)) {
    const [file] = parsePatch(`diff --git ${part}`).values()
    if (file === undefined || file.binary) continue
    const numbers = [...part.matchAll(/\n@@ -\S+ \+(\d+)(?:,(\d+))? @@/g)].flatMap(([, start, count = '1']) =>
      Array.from({ length: Number(count) }, (_, at) => Number(start) + at))
    // A file that changed its type has two parts; only the second one can add lines to what is there now.
    files.set(file.path, file.added.map((text, at) => ({ number: numbers[at] ?? at + 1, text })))
  }
  return files
}

/** The ranges that these numbers make, in order. */
export function rangesOf(numbers: Iterable<number>): readonly LineRange[] {
  const ranges: { start: number; end: number }[] = []
  for (const number of [...new Set(numbers)].sort((left, right) => left - right)) {
    const last = ranges.at(-1)
    if (last?.end === number - 1) last.end = number
    else ranges.push({ start: number, end: number })
  }
  return ranges
}

export const isWithin = (number: number, ranges: readonly LineRange[]): boolean =>
  ranges.some(({ start, end }) => start <= number && number <= end)
