// Finds sessions that no hook told of: an agent started in a folder whose hooks were never loaded, or before they were
// installed. For commands; a git hook only asks for the one session in whose shell it runs.

import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter } from './agents/agent.ts'
import { openLocator } from './git/locate.ts'
import type { Environment, Repository } from './git/repository.ts'
import type { Millis } from './model/event.ts'
import type { SessionId } from './model/ids.ts'
import type { Recording } from './store/append.ts'
import { catchUp } from './store/catch-up.ts'
import type { LiveStore } from './store/live.ts'
import { openOldPlaces } from './store/old-places.ts'
import { listOldSessions } from './store/old-sessions.ts'
import type { OldSession } from './store/old-sessions.ts'
import { updatePendingMarker } from './store/pending.ts'
import { findSession, seeSession } from './store/sessions.ts'
import type { FoundBy } from './store/sessions.ts'
import { findTranscripts } from './store/transcript-files.ts'
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
  const { repository, store, userHome: home, env } = context
  const { adapters } = await import('./agents/registry.ts')
  const places = await openOldPlaces(repository, store)
  const since = initialisedAt(repository.home)
  const found: SessionId[] = []
  for (const old of await listOldSessions({ adapters, places, home, env, since }, () => {})) {
    const { adapter, session, worktree, files, subagents } = old
    if (findSession(store, adapter.name, session) !== undefined) continue
    for (const { path } of files) await take(context, adapter, session, 'scan', worktree, path, subagents)
    found.push(session)
  }
  if (found.length > 0) updatePendingMarker(store, repository.home)
  return found
}

/** Makes known the session in whose shell a git hook runs, if its own hooks never did. */
export async function noteShellSession(context: DiscoverContext, env: Environment): Promise<void> {
  const { adapters } = await import('./agents/registry.ts')
  for (const adapter of adapters) {
    const session = adapter.sessionOf(env)
    if (session === undefined) continue
    const known = findSession(context.store, adapter.name, session)
    const isTold = known?.foundBy === 'hook' && adapter.hooksTellAll === true
    if (isTold || known !== undefined && transcriptPathOf(context.store, known.id) !== undefined) continue
    const worktree = context.repository.worktree ?? context.repository.cwd
    await take(context, adapter, session, 'git-hook', worktree, findTranscript(context, adapter, session))
    updatePendingMarker(context.store, context.repository.home)
  }
}

async function take(
  context: DiscoverContext, adapter: AgentAdapter, session: SessionId, foundBy: FoundBy, worktree: string,
  path: string | undefined, subagents: OldSession['subagents'] = [],
): Promise<void> {
  const { repository, store, now } = context
  const row = store.transaction(() => {
    const found = path === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false })
    const at = Math.round(found?.mtimeMs ?? now())
    const id = seeSession(store, { agent: adapter.name, session, at, foundBy, worktree, cwd: repository.cwd })
    if (path !== undefined) expectTranscript(store, id, undefined, path)
    for (const one of subagents) expectTranscript(store, id, one.subagent, one.path)
    return id
  })
  const recording: Recording = { repository, store, now, locator: openLocator(), findAdapter: () => adapter }
  await catchUp(recording, row)
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
