// What readers tell of a commit itself.

import type { Millis } from './event.ts'
import type { Oid } from './ids.ts'

export interface CommitSummary {
  readonly oid: Oid
  readonly parents: readonly Oid[]
  readonly subject: string
  readonly author: { readonly name: string; readonly email: string }
  readonly authoredAt: Millis
  readonly committedAt: Millis
  /** The commit that this one reverts, as its message names it. */
  readonly reverts?: string
}

/** A commit that was not looked at itself: a remote is asked without its commits. */
export interface UnreadCommit {
  readonly oid: Oid
  readonly subject?: undefined
}
