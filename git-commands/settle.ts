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

const BOUND_MS = 8000

export const run = async (io: Io, [what = '']: readonly string[]): Promise<number> => {
  try {
    await settle(io, what)
  } catch (error) {
    await logFailure(io, what === 'amend' || what === 'rebase' ? 'post-rewrite' : 'post-commit', error as Error)
  }
  return 0
}

async function settle(io: Io, what: string): Promise<void> {
  const workspace = await openWorkspace(io)
  try {
    const { repository, reader, store, settings } = workspace
    const head = await reader.read('HEAD^{commit}')
    if (!settings.enabled || head === undefined) return
    const context = promoteContextOf(io, workspace, BOUND_MS)
    await recordInbox(recordContextOf(io, workspace))
    // Others may be at work on theirs.
    await finishOpenPlans(context, BOUND_MS)
    const shell = await shellSession(io, workspace)
    const isPlain = what === 'commit'
    const carried = isPlain ? await findCarried(context, `${head.oid}^!`, 'commit') : []
    await settleRewrites(context, { commit: head.oid, isPlain, carried, ...shell === undefined ? {} : { shell } })
    markHead(store, repository, head.oid, io.now())
  } finally {
    workspace.close()
  }
}
