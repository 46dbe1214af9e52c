// Brings everything up to date: what hooks delivered, plans that wait, commits that no hook saw, turns that
// ended after theirs.

import { openObjectReader } from '../src/git/cat-file.ts'
import { findRepository, foreignEnvironment } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { hasRewrites } from '../src/git/rewrites.ts'
import { finishOpenPlans, promoteContinuations, promoteMissed } from '../src/promote.ts'
import type { PromoteContext } from '../src/promote.ts'
import { recordInbox } from '../src/record.ts'
import { linkContinuations } from '../src/settle.ts'
import { mayHaveMoved } from '../src/store/heads.ts'
import type { Io } from './io.ts'
import { keepSessions } from './promote-session.ts'
import { settleRewrites } from './settle.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'
import type { Workspace } from './workspace.ts'

const BOUND_MS = 10_000
/** So long a hook of Git may be at work on its commit. */
const HOOK_MS = 6000

/** For a command in the worktree of `repository`. */
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
async function promoteRest(io: Io, workspace: Workspace): Promise<void> {
  const context = promoteContextOf(io, workspace, BOUND_MS)
  await finishOpenPlans(context)
  if (hasRewrites(workspace.repository.gitDir)) await settleRewrites(context)
  await promoteMissed(context)
  await promoteTurns(context)
  await keepSessions(io, workspace)
}

/** The same for the drain: in the worktrees where agents are at work, and without getting in the way of post-commit. */
export async function promoteBehind(io: Io, workspace: Workspace, worktrees: readonly string[]): Promise<void> {
  const context = promoteContextOf(io, workspace, BOUND_MS)
  await finishOpenPlans(context, HOOK_MS)
  for (const worktree of worktrees) await promoteMissedIn(io, workspace, worktree)
  await promoteTurns(context)
  await keepSessions(io, workspace)
}

/** What was said after a commit belongs to what has become of it meanwhile, too. */
async function promoteTurns(context: PromoteContext): Promise<void> {
  const since = context.now()
  if (await promoteContinuations(context) > 0) await linkContinuations(context, since)
}

/** Commits made in another worktree of the clone: by agents whose shell runs no Git hooks. */
async function promoteMissedIn(io: Io, workspace: Workspace, worktree: string): Promise<void> {
  const repository = await findRepository(worktree, foreignEnvironment(io.env))
  if (repository?.home !== workspace.repository.home || !mayHaveMoved(repository.gitDir)) return
  const reader = openObjectReader(repository)
  try {
    await promoteMissed(promoteContextOf(io, { ...workspace, repository, reader }, BOUND_MS), HOOK_MS)
  } finally {
    reader.close()
  }
}
