// From flaws in the refs to what is said about them.

import { fail, ok, warn } from './check.ts'
import type { Check } from './check.ts'
import { CHECKPOINTS_REF } from './checkpoint.ts'
import type { Flaw } from './integrity.ts'
import { countOf, shortOid } from './text-layout.ts'

export interface Integrity {
  readonly flaws: readonly Flaw[]
  /** False: there are neither checkpoints nor notes yet. */
  readonly isThere: boolean
  /** How many commits of the chain, checkpoints and notes were looked at now, without those looked at before. */
  readonly steps: number
  readonly checkpoints: number
  readonly notes: number
  /** In a shallow clone history ends early, and nothing can be said of what lies behind. */
  readonly isShallow: boolean
}

const MAX_NAMED = 3
const ID = 'integrity'
const WHO = `git log --raw ${CHECKPOINTS_REF} tells who did it; ` +
  'a clone that still has what was there brings it back by git bitloops push'

export function diagnoseIntegrity(integrity: Integrity): readonly Check[] {
  const { flaws, isThere, steps, checkpoints, notes, isShallow } = integrity
  if (!isThere) return []
  const shallow = isShallow ? [warn(ID, 'this clone is shallow: the beginning of the chain cannot be checked')] : []
  if (flaws.length === 0) {
    const looked = [countOf(steps, 'change'), countOf(checkpoints, 'checkpoint'), countOf(notes, 'note')].join(', ')
    return [ok(ID, `nothing was changed or removed since it was written (${looked} checked now)`), ...shallow]
  }
  const named = flaws.slice(0, MAX_NAMED).map((flaw, at) => {
    const more = flaws.length - MAX_NAMED
    return fail(ID, say(flaw) + (at === MAX_NAMED - 1 && more > 0 ? ` (and ${more} more)` : ''), { fix: remedy(flaw) })
  })
  return [...named, ...shallow]
}

function say(flaw: Flaw): string {
  switch (flaw.kind) {
    case 'changed':
      return `${flaw.path} was changed by ${shortOid(flaw.by)} of ${CHECKPOINTS_REF}, where nothing ever changes`
    case 'removed':
      return `${flaw.path} was removed by ${shortOid(flaw.by)} of ${CHECKPOINTS_REF}, and no tombstone says why`
    case 'unrelated':
      return `${flaw.ref} does not go on from ${flaw.other}: one of them was replaced`
    case 'content':
    case 'link':
      return `checkpoint ${flaw.checkpoint} of commit ${shortOid(flaw.commit)}: ${flaw.why}`
    case 'note':
      return `the note of commit ${shortOid(flaw.commit)} names checkpoint ${flaw.checkpoint}, ${flaw.why}`
  }
}

function remedy(flaw: Flaw): string {
  if (flaw.kind === 'note') return 'readers ignore the line; git notes --ref bitloops edit takes it out'
  if (flaw.kind === 'unrelated') {
    return 'git bitloops fetch unites both; git bitloops doctor --verify takes what is here as it is'
  }
  return WHO
}
