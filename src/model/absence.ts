// Why a commit has no checkpoint, as far as it is known. Never a guess.

import type { Millis } from './event.ts'
import type { CheckpointId } from './ids.ts'

/** Without force: what is here already is never overwritten. */
export const BRING_HINT =
  'git bitloops fetch brings what the remote has'
export const DOCTOR_HINT = 'git bitloops doctor tells more'

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
  readonly code: 'not-linked' | 'not-here' | 'not-set-up' | 'capture-off' | 'not-promoted' | 'untouched'
    | 'nothing-recorded' | 'unknown'
  readonly reason: string
  readonly hint?: string
}

/** The strongest reason that the facts hold. */
export function explainAbsence(facts: AbsenceFacts): Absence {
  const { unlinked, named, isSetUp, offSince, committedAt, hasCheckpoints, edits } = facts
  const absence = (code: Absence['code'], reason: string, hint?: string): Absence =>
    ({ code, reason, ...hint === undefined ? {} : { hint } })

  if (unlinked.length > 0) {
    return absence('not-linked', `checkpoint ${list(unlinked)} was made for it, but no link leads there`, DOCTOR_HINT)
  }
  if (named.length > 0) {
    return absence('not-here', `its note names checkpoint ${list(named)}, which is not in this clone`, BRING_HINT)
  }
  if (!isSetUp && !hasCheckpoints) {
    return absence('not-set-up', 'git-bitloops is not set up in this repository', 'git bitloops init')
  }
  if (!isSetUp) return absence('unknown', 'none of the checkpoints in this clone belongs to it')
  if (offSince !== undefined && offSince <= committedAt) {
    return absence('capture-off', 'capture was off when it was made', 'git bitloops enable')
  }
  const whenOff = offSince === undefined ? undefined : 'capture is off now: git bitloops enable'
  switch (edits) {
    case 'some': return absence('not-promoted', 'a session edited its files, but was not linked to it', DOCTOR_HINT)
    case 'none': return absence('untouched', 'no session touched its files since they were last committed', whenOff)
    case 'nothing': return absence('nothing-recorded', 'no session has been recorded in this clone yet', whenOff)
    case 'not known': return absence('unknown', 'no session recorded in this clone led to it', whenOff)
  }
}

/** The same of a remote, of which nothing else is known. */
export function explainRemoteAbsence(
  { unlinked, named, hasCheckpoints }: Pick<AbsenceFacts, 'unlinked' | 'named' | 'hasCheckpoints'>,
): Absence {
  if (unlinked.length > 0) {
    return { code: 'not-linked', reason: `checkpoint ${list(unlinked)} was made for it, but no link leads there` }
  }
  if (named.length > 0) {
    return {
      code: 'not-here', reason: `its note names checkpoint ${list(named)}, which is not on the remote`,
      hint: 'whoever made it has to push it: git bitloops push',
    }
  }
  return {
    code: 'unknown',
    reason: hasCheckpoints ? 'none of the checkpoints on the remote belongs to it' : 'the remote has no checkpoints',
  }
}

const list = (ids: readonly CheckpointId[]): string => ids.slice(0, 3).join(', ') + (ids.length > 3 ? ' …' : '')
