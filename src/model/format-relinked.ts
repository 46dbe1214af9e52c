// What relinking found: each commit, what it was made from, and what shows it.

import type { Carried } from './rewrite.ts'
import { countOf, shortOid } from './text-layout.ts'

const REASONS: Readonly<Partial<Record<Carried['evidence'], string>>> = {
  'tree': 'the same files', 'patch-id': 'the same change',
}

export function formatRelinked(carried: readonly Carried[], dryRun: boolean): string {
  if (carried.length === 0) return 'No commit without a checkpoint was found to hold what a linked one holds.\n'
  const lines = carried.map(({ commit, from, evidence }) =>
    `  ${shortOid(commit)} from ${shortOid(from)}  by ${evidence}: ${REASONS[evidence] ?? evidence}`)
  const count = countOf(new Set(carried.map(({ commit }) => commit)).size, 'commit')
  return `${count} ${dryRun ? 'would be linked' : 'linked'}:\n${lines.join('\n')}\n`
}

export const relinkedToJson = (carried: readonly Carried[], dryRun: boolean): object => ({
  schema: 1, dryRun, found: carried.map(({ commit, from, evidence }) => ({ commit, from, evidence })),
})
