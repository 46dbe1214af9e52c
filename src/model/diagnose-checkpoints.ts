// From what was found to what is said: the checkpoints and notes in Git.

import { BRING_HINT } from './absence.ts'
import { fail, ok, warn } from './check.ts'
import type { Check } from './check.ts'
import { CHECKPOINTS_REF, FORMAT_VERSION } from './checkpoint.ts'
import type { CheckpointId, Oid } from './ids.ts'
import { countOf, shortOid } from './text-layout.ts'

export interface CheckpointsFacts {
  readonly ref: 'absent' | 'readable' | 'unreadable'
  /** Checkpoints that this clone made. */
  readonly made: number
  readonly version: number
  /** The newest commits with a checkpoint or a note, as far as they were looked at. */
  readonly commits: number
  readonly broken: readonly (Place & { readonly why: string })[]
  /** Named by a note, but not there. */
  readonly dangling: readonly Place[]
  /** There, but named by no note. */
  readonly unnoted: readonly Place[]
}

export interface Place {
  readonly commit: Oid
  readonly checkpoint: CheckpointId
}

const MAX_NAMED = 3
const BRING = { fix: BRING_HINT }

export function diagnoseCheckpoints(facts: CheckpointsFacts): readonly Check[] {
  const { ref, made, version, commits, broken, dangling, unnoted } = facts
  const broke = (message: string): readonly Check[] => [fail('checkpoints', `${CHECKPOINTS_REF} ${message}`, BRING)]
  if (ref === 'unreadable') return broke('leads to no commit that can be read')
  if (ref === 'absent' && made > 0) {
    return broke(`is gone, though ${countOf(made, 'checkpoint was', 'checkpoints were')} made here`)
  }
  if (version > FORMAT_VERSION) {
    return [fail('checkpoints',
      `${CHECKPOINTS_REF} was written by a newer git-bitloops (format ${version}): new checkpoints wait`,
      { fix: 'update git-bitloops' })]
  }
  const problems = [
    ...firstFew(broken, ({ why, ...place }) => fail('checkpoints', `${name(place)} ${why}`, BRING)),
    ...firstFew(dangling, (place) =>
      fail('notes', `${name(place)} is named by its note, but is not here`, BRING)),
    ...firstFew(unnoted, (place) =>
      warn('notes', `${name(place)} is not in its note: explain shows it, git log --notes does not`)),
  ]
  if (problems.length > 0) return problems
  if (commits === 0) return [ok('checkpoints', 'there are no checkpoints here yet')]
  return [ok('checkpoints', `checkpoints and notes of the newest ${countOf(commits, 'commit')} are complete`)]
}

const name = ({ commit, checkpoint }: Place): string => `checkpoint ${checkpoint} of commit ${shortOid(commit)}`

/** The first few of them one by one, the others as a number. */
function firstFew<Thing>(things: readonly Thing[], say: (thing: Thing) => Check): readonly Check[] {
  const more = things.length - MAX_NAMED
  return things.slice(0, MAX_NAMED).map(say).map((check, at) =>
    more > 0 && at === MAX_NAMED - 1 ? { ...check, message: `${check.message} (and ${more} more like it)` } : check)
}
