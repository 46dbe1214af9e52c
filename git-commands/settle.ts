// `git bitloops settle <what>`: what Git hooks run after an amend, a rebase, picks, or a commit that holds again what
// others held. Never fails and never speaks.

import { finishOpenPlans } from '../src/promote.ts'
import { recordInbox } from '../src/record.ts'
import { findCarried } from '../src/relink.ts'
import { markHead } from '../src/store/heads.ts'
import type { Io } from './io.ts'
import { logFailure, shellSession } from './promote.ts'
import { settleRewrites } from './settle-rewrites.ts'
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
    const isPlain = what === 'commit'
    const carried = isPlain ? await findCarried(context, `${head.oid}^!`, 'commit') : []
    await settleRewrites(context, { commit: head.oid, isPlain, carried, ...shell === undefined ? {} : { shell } })
    markHead(store, repository, head.oid, io.now())
  } finally {
    workspace.close()
  }
}
