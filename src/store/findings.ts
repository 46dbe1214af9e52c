// What doctor must tell, counted: a thing that happens a thousand times is one line.

import type { Millis } from '../model/event.ts'
import { redactKnown } from '../model/redact.ts'
import type { LiveStore } from './live.ts'

export type FindingKind = 'payload' | 'transcript' | 'transcript-replaced' | 'tool' | 'line' | 'worktree' | 'snapshot'

export interface Finding {
  readonly kind: FindingKind
  readonly what: string
  readonly detail: string
  readonly count: number
  readonly firstAt: Millis
  readonly lastAt: Millis
}

/** Counts a finding; `detail` is that of the last time. Neither may hold what was said in a session. */
export function countFinding(store: LiveStore, kind: FindingKind, what: string, detail: string, at: Millis): void {
  store.run(
    `INSERT INTO findings (kind, what, detail, first_at, last_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (kind, what) DO UPDATE SET count = count + 1, detail = excluded.detail, last_at = excluded.last_at`,
    kind, what.slice(0, 500), detail.slice(0, 2000), at, at)
}

/** Names of what was not known are an agent's own words. */
export const readFindings = (store: LiveStore): readonly Finding[] => store.all<Finding>(
  'SELECT kind, what, detail, count, first_at AS firstAt, last_at AS lastAt FROM findings ORDER BY kind, what')
  .map((finding) => ({ ...finding, what: redactKnown(finding.what), detail: redactKnown(finding.detail) }))
