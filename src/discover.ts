// Finds sessions that no hook told of: an agent started in a folder whose hooks were never loaded, or before they were
// installed. For commands; a git hook only asks for the one session in whose shell it runs.

import { lstatSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter } from './agents/agent.ts'
import { openLocator } from './git/locate.ts'
import type { Locator } from './git/locate.ts'
import { listWorktrees } from './git/worktrees.ts'
import type { Environment, Repository } from './git/repository.ts'
import type { Millis } from './model/event.ts'
import type { SessionId } from './model/ids.ts'
import type { Recording } from './store/append.ts'
import { catchUp } from './store/catch-up.ts'
import type { LiveStore } from './store/live.ts'
import { updatePendingMarker } from './store/pending.ts'
import { findSession, seeSession } from './store/sessions.ts'
import type { FoundBy } from './store/sessions.ts'
import { findTranscripts } from './store/transcript-files.ts'
import type { FoundTranscript } from './store/transcript-files.ts'
import { expectTranscript, transcriptPathOf } from './store/transcripts.ts'

export interface DiscoverContext {
  readonly repository: Repository
  readonly store: LiveStore
  /** The user's home folder. */
  readonly userHome: string
  readonly env: Environment
  readonly now: () => Millis
}

/** Records the sessions of this repository's worktrees whose hooks never fired; gives back their ids. */
export async function discoverSessions(context: DiscoverContext): Promise<readonly SessionId[]> {
  const { adapters } = await import('./agents/registry.ts')
  const since = initialisedAt(context.repository.home)
  const locator = openLocator()
  const found = new Set<SessionId>()
  for (const { path: worktree, bare } of await listWorktrees(context.repository)) {
    if (bare) continue
    for (const adapter of adapters) {
      for (const { session, path } of transcriptsOf(context, adapter, worktree, since, locator)) {
        if (findSession(context.store, adapter.name, session) !== undefined) continue
        await take(context, adapter, session, 'scan', worktree, path)
        found.add(session)
      }
    }
  }
  if (found.size > 0) updatePendingMarker(context.store, context.repository.home)
  return [...found]
}

/** Makes known the session in whose shell a git hook runs, if its own hooks never did. */
export async function noteShellSession(context: DiscoverContext, env: Environment): Promise<void> {
  const { adapters } = await import('./agents/registry.ts')
  for (const adapter of adapters) {
    const session = adapter.sessionOf(env)
    if (session === undefined) continue
    const known = findSession(context.store, adapter.name, session)
    if (known !== undefined && transcriptPathOf(context.store, known.id) !== undefined) continue
    const worktree = context.repository.worktree ?? context.repository.cwd
    await take(context, adapter, session, 'git-hook', worktree, findTranscript(context, adapter, session))
    updatePendingMarker(context.store, context.repository.home)
  }
}

async function take(
  context: DiscoverContext, adapter: AgentAdapter, session: SessionId, foundBy: FoundBy, worktree: string,
  path: string | undefined,
): Promise<void> {
  const { repository, store, now } = context
  const row = store.transaction(() => {
    const found = path === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false })
    const at = Math.round(found?.mtimeMs ?? now())
    const id = seeSession(store, { agent: adapter.name, session, at, foundBy, worktree, cwd: repository.cwd })
    if (path !== undefined) expectTranscript(store, id, undefined, path)
    return id
  })
  const recording: Recording = { repository, store, now, locator: openLocator(), findAdapter: () => adapter }
  await catchUp(recording, row)
}

/** Transcripts of sessions started in a worktree, under the name it was entered by and under its real one. */
function transcriptsOf(
  { userHome: home, env }: DiscoverContext, adapter: AgentAdapter, worktree: string, since: Millis, locator: Locator,
): readonly FoundTranscript[] {
  const roots = new Set([worktree, realPath(worktree)])
  const found = [...roots].flatMap((cwd) => [...findTranscripts(adapter, { cwd, home, env, since })])
  return found.filter(({ startedIn }) =>
    startedIn === undefined || roots.has(startedIn) || locator.findWorktree(startedIn)?.root === realPath(worktree))
}

/** Agents leave the folder they were started in, so that the session is looked for in all that the agent keeps. */
function findTranscript(
  { userHome: home, env }: DiscoverContext, adapter: AgentAdapter, session: SessionId,
): string | undefined {
  const told = adapter.transcriptOf?.(session, home, env)
  if (told !== undefined) return told
  for (const { path } of findTranscripts(adapter, { home, env, since: 0, session })) return path
  return undefined
}

/** Older transcripts belong to `import`, where the user asks for them. */
function initialisedAt(home: string): Millis {
  const { birthtimeMs, mtimeMs } = statSync(join(home, 'inbox'))
  return birthtimeMs > 0 ? birthtimeMs : mtimeMs
}

function realPath(folder: string): string {
  try {
    return realpathSync.native(folder)
  } catch {
    return folder
  }
}
