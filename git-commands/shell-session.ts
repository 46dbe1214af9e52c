// The session whose agent runs a command of ours.

import { adapters } from '../src/agents/registry.ts'
import { noteShellSession } from '../src/discover.ts'
import type { SessionId } from '../src/model/ids.ts'
import { findOpenSession } from '../src/store/drafts.ts'
import type { Io } from './io.ts'
import { recordContextOf } from './workspace.ts'
import type { Workspace } from './workspace.ts'

/** By the id that the agent gives its shell, else the one that is at work here; undefined outside of such a shell. */
export async function shellSession(io: Io, workspace: Workspace): Promise<SessionId | undefined> {
  const adapter = adapters.find((one) => one.isShellOf(io.env))
  if (adapter === undefined) return undefined
  const named = adapter.sessionOf(io.env)
  if (named === undefined) return findOpenSession(workspace.store, adapter.name, workspace.repository.worktree ?? '')
  await noteShellSession(recordContextOf(io, workspace), io.env)
  return named
}
