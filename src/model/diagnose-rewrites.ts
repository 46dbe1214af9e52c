// From what was found to what is said: commits that were rewritten where no hook saw it.

import { fixedBy, warn } from './check.ts'
import type { Check } from './check.ts'
import type { Oid } from './ids.ts'
import { countOf } from './text-layout.ts'

/** `commits`: those without a link whose content tells that one is due. */
export function diagnoseRewrites(commits: ReadonlySet<Oid>): readonly Check[] {
  if (commits.size === 0) return []
  return [warn('rewrites',
    `${countOf(commits.size, 'commit holds', 'commits hold')} what commits with checkpoints held, and ` +
      'no link says so: history was rewritten where no hook saw it (git bitloops relink --dry-run shows how)',
    fixedBy('missed', 'links them'))]
}
