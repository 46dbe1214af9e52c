// Which lines of a commit a recorded edit wrote. Lines are compared as texts, each counted as often as it occurs.

import type { Hunk } from './event.ts'
import { withoutReturn } from './diff.ts'

export interface EditLines {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** The lines a tool says it added and removed; undefined when it does not tell. */
export function linesOfHunks(hunks: readonly Hunk[] | undefined): EditLines | undefined {
  if (hunks === undefined) return undefined
  const added: string[] = []
  const removed: string[] = []
  for (const { lines } of hunks) {
    for (const line of lines) {
      if (line.startsWith('+')) added.push(withoutReturn(line.slice(1)))
      else if (line.startsWith('-')) removed.push(withoutReturn(line.slice(1)))
    }
  }
  return { added, removed }
}

/** How often each line occurs. */
export type LineBag = ReadonlyMap<string, number>

export function bagOf(lines: Iterable<string>): LineBag {
  const bag = new Map<string, number>()
  for (const line of lines) bag.set(line, (bag.get(line) ?? 0) + 1)
  return bag
}

/** How many of `lines` are found in the bag, each place in it used once. */
export function countIn(lines: readonly string[], bag: LineBag): number {
  let count = 0
  for (const [line, times] of bagOf(lines)) count += Math.min(times, bag.get(line) ?? 0)
  return count
}

/** A line that many files share (blank, a lone bracket) proves nothing. */
export const isTelling = (line: string): boolean => /[\p{L}\p{N}]/u.test(line)

/** True when at least one telling line is common; lines that tell nothing count when there are no others. */
export function reaches(edit: EditLines, commit: { readonly added: LineBag; readonly removed: LineBag }): boolean {
  const common = (lines: readonly string[], bag: LineBag): boolean => {
    const telling = lines.filter(isTelling)
    return (telling.length > 0 ? telling : lines).some((line) => bag.has(line))
  }
  return common(edit.added, commit.added) || common(edit.removed, commit.removed)
}

/** True when every telling line the edit added is in the commit. */
export const isContained = (edit: EditLines, added: LineBag): boolean =>
  edit.added.filter(isTelling).every((line) => added.has(line))
