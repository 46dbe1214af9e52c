// Who wrote each line that a commit adds to a file. As in promotion, lines are compared as texts, each text counted
// as often as an edit wrote it; of several who wrote the same text, the one who wrote the line before, else the last.

import type { AddedLine } from './added-lines.ts'
import type { Hunk } from './event.ts'
import { bagOf, linesOfHunks } from './line-match.ts'

/** What one writer wrote, in the order of time. */
export interface Writing<Writer> {
  readonly writer: Writer
  /** Absent when the tool does not tell which lines. */
  readonly hunks?: readonly Hunk[]
}

/** The writer of each line; undefined: no recorded edit wrote it. */
export function findWriters<Writer>(
  added: readonly AddedLine[], writings: readonly Writing<Writer>[],
): readonly (Writer | undefined)[] {
  // Last things first: what was written last is what stayed.
  const bags = writings.flatMap(({ writer, hunks }) => {
    const lines = linesOfHunks(hunks)
    return lines === undefined ? [] : [{ writer, bag: new Map(bagOf(lines.added)) }]
  }).reverse()
  let before: Writer | undefined
  return added.map(({ text }) => {
    const holders = bags.filter(({ bag }) => (bag.get(text) ?? 0) > 0)
    const holder = holders.find(({ writer }) => writer === before) ?? holders[0]
    if (holder !== undefined) holder.bag.set(text, holder.bag.get(text)! - 1)
    before = holder?.writer
    return before
  })
}
