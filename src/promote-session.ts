// Keeps what a session has said since its last checkpoint as a checkpoint, without a commit. Doing it again is
// harmless.

import type { Millis } from './model/event.ts'
import type { CheckpointId, SessionId } from './model/ids.ts'
import { finishPlan } from './store/finish.ts'
import type { Finishing } from './store/finish.ts'
import type { FreezeContext } from './store/freeze.ts'
import { freezeSession } from './store/freeze-session.ts'
import { readPlanOf, updateOpenMarker } from './store/plans.ts'

export type SessionPromotion =
  | { readonly kind: 'promoted'; readonly id: CheckpointId }
  /** Frozen, but not written in time; the next command goes on with it. */
  | { readonly kind: 'waiting'; readonly id: CheckpointId }
  | { readonly kind: 'nothing-said' }

/** More losses in a row than writers there can be: something else is wrong. */
const MAX_REPLANS = 20

/** `context`: of the worktree that the session works in. Takes what was said until `cutoff`. */
export async function promoteSession(
  context: Finishing & FreezeContext, session: SessionId, cutoff: Millis,
): Promise<SessionPromotion> {
  for (let tries = 0; tries < MAX_REPLANS; tries += 1) {
    const frozen = await freezeSession(context, session, cutoff)
    if (frozen === 'beaten') continue
    if (frozen === 'nothing') return { kind: 'nothing-said' }
    const isDone = await finishPlan(context, readPlanOf(context.store, frozen.id)!)
    updateOpenMarker(context.store, context.repository.home)
    return { kind: isDone ? 'promoted' : 'waiting', id: frozen.id }
  }
  throw new Error(`session ${session} could not be kept: others were always faster`)
}
