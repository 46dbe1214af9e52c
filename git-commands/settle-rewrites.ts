// Settles what Git hooks recorded of amends, rebases, picks and squashes: promotes what is new in them, then links.

import type { Oid, SessionId } from '../src/model/ids.ts'
import type { Carried } from '../src/model/rewrite.ts'
import { promote } from '../src/promote.ts'
import type { PromoteContext } from '../src/promote.ts'
import { readRecorded } from '../src/settle.ts'
import { linkCommits } from '../src/store/links.ts'

export interface JustMade {
  /** The commit that HEAD leads to. */
  readonly commit: Oid
  /** No rewrite: there may be work in it whatever was recorded. */
  readonly isPlain: boolean
  /** What it was made from, besides what is recorded. */
  readonly carried: readonly Carried[]
  /** The session in whose shell Git runs. */
  readonly shell?: SessionId
}

/** `made`: the commit just made; absent when a later command does what a hook could not. */
export async function settleRewrites(context: PromoteContext, made?: JustMade): Promise<void> {
  const recorded = await readRecorded(context, made?.commit)
  const carried = [...recorded.carried, ...made?.carried ?? []]
  const work = [...recorded.work, ...made?.isPlain === true ? [{ commit: made.commit, isWhole: true }] : []]
  for (const { commit, replaces, isWhole } of work) {
    // What comes from other commits is no work of the shell that brought it here.
    const isNew = replaces !== undefined || (isWhole && !carried.some((one) => one.commit === commit))
    await promote({
      ...context,
      ...!isNew ? { isDerived: true as const } : made?.shell === undefined ? {} : { shell: made.shell },
      ...replaces === undefined ? {} : { replaces },
    }, commit)
  }
  if (await linkCommits(context, carried) !== undefined) recorded.forget()
}
