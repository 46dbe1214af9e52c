// Brings everything up to date: what hooks delivered, plans that wait, commits that no hook saw, turns that ended after theirs.

import type { Repository } from '../src/git/repository.ts'
import { finishOpenPlans, promoteContinuations, promoteMissed } from '../src/promote.ts'
import { recordInbox } from '../src/record.ts'
import type { Io } from './io.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'
import type { Workspace } from './workspace.ts'

const BOUND_MS = 10_000

export async function catchUp(io: Io, repository: Repository): Promise<void> {
  const workspace = await openWorkspace(io, repository)
  try {
    await recordInbox(recordContextOf(io, workspace))
    await promoteRest(io, workspace)
  } finally {
    workspace.close()
  }
}

/** What is left to promote once all is recorded. */
export async function promoteRest(io: Io, workspace: Workspace): Promise<void> {
  const context = promoteContextOf(io, workspace, BOUND_MS)
  await finishOpenPlans(context)
  await promoteMissed(context)
  await promoteContinuations(context)
}
