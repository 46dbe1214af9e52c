// Why a commit has no checkpoint, as far as it is known. Never a guess.

import type { Millis } from './event.ts'
import type { CheckpointId } from './ids.ts'

/** Without force: what is here already is never overwritten. */
export const BRING_HINT = 'git fetch <remote> refs/bitloops/checkpoints:refs/bitloops/checkpoints brings what the remote has'

/** What is known about a commit that has no checkpoint. */
export interface AbsenceFacts {
  readonly isSetUp: boolean
  /** Since when capture is off; absent when it is on. */
  readonly offSince?: Millis
  readonly committedAt: Millis
  readonly hasCheckpoints: boolean
  /** Checkpoints that the note names, and those that lie under the commit's name: neither has a link to it. */
  readonly named: readonly CheckpointId[]
  readonly unlinked: readonly CheckpointId[]
  /** Whether recorded edits that no commit holds yet reach its files; `nothing`: no session was ever recorded here. */
  readonly edits: 'some' | 'none' | 'nothing' | 'not known'
}

export interface Absence {
  readonly code: 'not-linked' | 'not-here' | 'not-set-up' | 'capture-off' | 'not-promoted' | 'untouched' | 'nothing-recorded' | 'unknown'
  readonly reason: string
  readonly hint?: string
}

const DOCTOR_HINT = 'git bitloops doctor tells more'

/** The strongest reason that the facts hold. */
export function explainAbsence(facts: AbsenceFacts): Absence {
  const { unlinked, named, isSetUp, offSince, committedAt, hasCheckpoints, edits } = facts
  if (unlinked.length > 0) {
    return { code: 'not-linked', reason: `checkpoint ${list(unlinked)} was made for it, but no link leads there`, hint: DOCTOR_HINT }
  }
  if (named.length > 0) {
    return { code: 'not-here', reason: `its note names checkpoint ${list(named)}, which is not in this clone`, hint: BRING_HINT }
  }
  if (!isSetUp && !hasCheckpoints) {
    return { code: 'not-set-up', reason: 'git-bitloops is not set up in this repository', hint: 'git bitloops init' }
  }
  if (!isSetUp) return { code: 'unknown', reason: 'none of the checkpoints in this clone belongs to it' }
  if (offSince !== undefined && offSince <= committedAt) {
    return { code: 'capture-off', reason: 'capture was off when it was made', hint: 'git bitloops enable' }
  }
  const whenOff = offSince === undefined ? {} : { hint: 'capture is off now: git bitloops enable' }
  switch (edits) {
    case 'some': return { code: 'not-promoted', reason: 'a session edited its files, but was not linked to it', hint: DOCTOR_HINT }
    case 'none': return { code: 'untouched', reason: 'no recorded session touched its files since they were last committed', ...whenOff }
    case 'nothing': return { code: 'nothing-recorded', reason: 'no session has been recorded in this clone yet', ...whenOff }
    case 'not known': return { code: 'unknown', reason: 'no session recorded in this clone led to it', ...whenOff }
  }
}

const list = (ids: readonly CheckpointId[]): string => ids.slice(0, 3).join(', ') + (ids.length > 3 ? ' …' : '')
