// A fingerprint is what a working tree held beside its HEAD at one moment. Two of them tell what changed in a turn
// without a tool that says so. What they cannot tell apart from the user's own work stays `unknown`.

import type { Millis } from './event.ts'

export interface Fingerprint {
  /** The commit the worktree was at; undefined on an unborn branch. */
  readonly head?: string
  /** By path, what is not as in HEAD: the blob id, '' when deleted, `?<size>:<time>` when too large to hash. */
  readonly entries: Readonly<Record<string, string>>
}

export interface ChangedPath {
  readonly path: string
  readonly change: 'create' | 'modify' | 'delete'
}

/** When something ran that may have written files. */
export interface Span {
  readonly from: Millis
  readonly to: Millis
}

/** Clocks of file systems are coarse, and what a command left running in the background writes a moment later. */
const SPAN_LEAD_MS = 50
const SPAN_TRAIL_MS = 2000

/** The paths that were as in HEAD at the start: what they held is asked of HEAD as it was then. */
export const cleanAtStart = (start: Fingerprint, end: Fingerprint): readonly string[] =>
  Object.keys(end.entries).filter((path) => !Object.hasOwn(start.entries, path))

/**
 * The paths whose content changed between two moments. `heldByHead`: blob ids, in the HEAD of the start, of
 * `cleanAtStart`. What was dirty and is as in HEAD now was committed, or taken back: neither is an edit that waits for
 * a commit.
 */
export function comparePaths(
  start: Fingerprint, end: Fingerprint, heldByHead: Readonly<Record<string, string>>,
): readonly ChangedPath[] {
  return Object.entries(end.entries).flatMap(([path, after]): ChangedPath[] => {
    const before = own(start.entries, path) ?? own(heldByHead, path) ?? ''
    if (before === after) return []
    if (before === '') return [{ path, change: 'create' }]
    if (after === '') return [{ path, change: 'delete' }]
    // A blob id and a size cannot be compared.
    if (isUnhashed(before) !== isUnhashed(after) && Object.hasOwn(start.entries, path)) return []
    return [{ path, change: 'modify' }]
  })
}

/** Whether something of the agent's ran when the path changed; a deleted path has no time of its own. */
export function evidenceOf(changedAt: Millis | undefined, spans: readonly Span[]): 'inferred' | 'unknown' {
  const within = ({ from, to }: Span): boolean =>
    changedAt === undefined || (changedAt >= from - SPAN_LEAD_MS && changedAt <= to + SPAN_TRAIL_MS)
  return spans.some(within) ? 'inferred' : 'unknown'
}

const own = (record: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
const isUnhashed = (value: string): boolean => value.startsWith('?')
