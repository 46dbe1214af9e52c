// Counts of replaced secrets, apart from the rules: hooks add them up without loading a rule.

/** How many secrets of which kind were replaced. */
export type RedactionCounts = Readonly<Record<string, number>>

export function sumCounts(all: readonly RedactionCounts[]): RedactionCounts {
  const sum: Record<string, number> = {}
  for (const counts of all) {
    for (const kind in counts) sum[kind] = (sum[kind] ?? 0) + counts[kind]!
  }
  return sum
}
