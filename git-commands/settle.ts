// `git bitloops settle <what>`: what Git hooks run after an amend, a rebase, picks, or a commit that holds again what
// others held. Never fails and never speaks.

import type { Oid, SessionId } from '../src/model/ids.ts'
import { finishOpenPlans, promote } from '../src/promote.ts'
import type { PromoteContext } from '../src/promote.ts'
import { recordInbox } from '../src/record.ts'
import { findCarried } from '../src/relink.ts'
import { readRecorded } from '../src/settle.ts'
import { markHead } from '../src/store/heads.ts'
import { linkCommits } from '../src/store/links.ts'
import type { Io } from './io.ts'
import { logFailure } from './promote.ts'
import { shellSession } from './shell-session.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'

/** Less than hooks give us: after a commit, and after a rewrite. */
const BOUND_MS = { commit: 4500, rewrite: 9000 }

export const run = async (io: Io, [what = '']: readonly string[]): Promise<number> => {
  try {
    await settle(io, what)
  } catch (error) {
    await logFailure(io, isRewrite(what) ? 'post-rewrite' : 'post-commit', error as Error)
  }
  return 0
}

const isRewrite = (what: string): boolean => what === 'amend' || what === 'rebase'

async function settle(io: Io, what: string): Promise<void> {
  const workspace = await openWorkspace(io)
  try {
    const { repository, reader, store, settings } = workspace
    const head = await reader.read('HEAD^{commit}')
    if (!settings.enabled || head === undefined) return
    const boundMs = isRewrite(what) ? BOUND_MS.rewrite : BOUND_MS.commit
    const context = promoteContextOf(io, workspace, boundMs)
    await recordInbox(recordContextOf(io, workspace))
    // Others may be at work on theirs.
    await finishOpenPlans(context, boundMs)
    const shell = await shellSession(io, workspace)
    await settleRewrites(context, {
      commit: head.oid, isPlain: what === 'commit', ...shell === undefined ? {} : { shell },
    })
    markHead(store, repository, head.oid, io.now())
  } finally {
    workspace.close()
  }
}

export interface JustMade {
  /** The commit that HEAD leads to. */
  readonly commit: Oid
  /** No rewrite: there may be work in it whatever was recorded. */
  readonly isPlain: boolean
  /** The session in whose shell Git runs. */
  readonly shell?: SessionId
}

/** `made`: the commit just made; absent when a later command does what a hook could not. */
export async function settleRewrites(context: PromoteContext, made?: JustMade): Promise<void> {
  const recorded = await readRecorded(context, made?.commit)
  const work = [...recorded.work, ...made?.isPlain === true ? [{ commit: made.commit, isWhole: true }] : []]
  // Hooks do not see all: what a commit holds may tell whence it came.
  const unexplained = made === undefined ? [] : work.filter(({ isWhole }) => isWhole).map(({ commit }) => commit)
  const carried = [...recorded.carried, ...await findCarried(context, unexplained, 'commit')]
  for (const { commit, replaces, isWhole } of work) {
    // A commit that no hook saw had work of its own: what replaced it is linked to that.
    if (replaces !== undefined) await promote({ ...context, late: true, isDerived: true }, replaces)
    // What comes from other commits is no work of the shell that brought it here.
    const isNew = replaces !== undefined || (isWhole && !carried.some((one) => one.commit === commit))
    await promote({
      ...context,
      ...!isNew ? { isDerived: true as const } : made?.shell === undefined ? {} : { shell: made.shell },
      ...replaces === undefined ? {} : { replaces },
    }, commit)
  }
  if (await linkCommits(context, carried, recorded.mistaken) !== undefined) recorded.forget()
}
