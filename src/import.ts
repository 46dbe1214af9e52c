// Links sessions that agents had here before git-bitloops was set up, or without its hooks, to the commits they led to.
// What is linked already stays as it is: doing it again adds nothing. Killed anywhere, the next run goes on.
//
// First the edits of all sessions are read, into a database of their own; then the commits are gone through, the oldest
// first, and each takes the edits that it holds. Only sessions that led to a commit get into the live store.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, Environment } from './agents/agent.ts'
import { BitloopsError } from './errors.ts'
import type { ObjectReader } from './git/cat-file.ts'
import type { Millis } from './model/event.ts'
import type { SessionId } from './model/ids.ts'
import { WINDOW_MS } from './model/import-match.ts'
import type { ImportedCommit, ImportProgress, ImportReport } from './model/import-report.ts'
import type { Finishing } from './store/finish.ts'
import { promoteOld } from './store/freeze-old.ts'
import { openLock } from './store/live.ts'
import { describePromotion, findPromotion, listCandidates } from './store/old-commits.ts'
import { openOldEdits, readOldEdits } from './store/old-edits.ts'
import type { OldEdits } from './store/old-edits.ts'
import { isLookedAt, markLookedAt } from './store/old-files.ts'
import { openOldPlaces } from './store/old-places.ts'
import { listOldSessions } from './store/old-sessions.ts'
import type { OldSession } from './store/old-sessions.ts'
import { findOpenWork } from './store/old-work.ts'
import { updatePendingMarker } from './store/pending.ts'
import { updateOpenMarker } from './store/plans.ts'
import { endTaking, forgetCopies, reopenEdits, takeSession } from './store/take-session.ts'

export interface ImportContext extends Omit<Finishing, 'deadline'> {
  readonly reader: ObjectReader
  /** The user's home folder. */
  readonly userHome: string
  readonly env: Environment
}

export interface ImportRequest {
  readonly adapters: readonly AgentAdapter[]
  /** Only sessions that were gone on with since then. */
  readonly since?: Millis
  /** Nothing is linked, and nothing kept. */
  readonly dryRun?: boolean
  readonly onProgress?: (progress: ImportProgress) => void
}

/** Throws `not-initialised`, and `refused` while another import is at work. */
export async function importSessions(context: ImportContext, request: ImportRequest): Promise<ImportReport> {
  const { home } = context.repository
  if (!existsSync(join(home, 'program'))) {
    throw new BitloopsError('not-initialised', 'git-bitloops is not set up in this repository',
      'git bitloops init sets it up')
  }
  const lock = await openLock(join(home, 'import.lock'))
  if (lock === undefined) throw new BitloopsError('refused', 'another import is at work in this repository')
  try {
    return await importInto(context, request)
  } finally {
    lock.release()
  }
}

async function importInto(context: ImportContext, request: ImportRequest): Promise<ImportReport> {
  const { repository, store, now, userHome: home, env } = context
  const { adapters, since = 0, dryRun = false, onProgress = () => {} } = request
  const places = await openOldPlaces(repository, store)
  const all = await listOldSessions({ adapters, places, home, env, since },
    (sessions) => { onProgress({ step: 'searching', sessions }) })
  const sessions = all.filter((old) => !isLookedAt(store, old))
  const edits = await openOldEdits(repository, places, now)
  try {
    const found = await linkSessions(context, edits, sessions, { dryRun, onProgress })
    if (!dryRun) markLookedAt(store, sessions)
    edits.forget()
    const led = new Set(found.commits.flatMap((commit) => commit.sessions.map(({ session }) => session)))
    return {
      dryRun, ...found,
      sessions: { found: all.length, unchanged: all.length - sessions.length, linked: led.size },
    }
  } finally {
    edits.close()
  }
}

type Told = Required<Pick<ImportRequest, 'dryRun' | 'onProgress'>>

async function linkSessions(
  context: ImportContext, edits: OldEdits, sessions: readonly OldSession[], { dryRun, onProgress }: Told,
): Promise<Pick<ImportReport, 'commits' | 'openEdits'>> {
  const { repository, store, now } = context
  for (const [done, old] of sessions.entries()) {
    onProgress({ step: 'reading', done, total: sessions.length })
    await readOldEdits(edits, old)
  }
  const candidates = await listCandidates(edits)
  const byId = new Map(sessions.map((old) => [old.session, old]))
  const taken = new Set<SessionId>()
  const take = async (session: SessionId): Promise<void> => {
    if (!taken.has(session)) await takeSession(context, byId.get(session)!)
    taken.add(session)
  }

  const commits: ImportedCommit[] = []
  const place = { edits, reader: context.reader, isWanted: (session: SessionId) => byId.has(session) }
  for (const [done, candidate] of candidates.entries()) {
    onProgress({ step: 'linking', done, total: candidates.length })
    const promotion = await findPromotion(place, candidate)
    if (promotion === undefined) continue
    const told = await describePromotion(place, promotion)
    if (dryRun) commits.push(told)
    else {
      for (const { session } of promotion.planned.contributions) await take(session)
      const promoted = await promoteOld(context, promotion)
      for (const { session } of promotion.planned.contributions) forgetCopies(store, session)
      if (promoted !== undefined) commits.push({ ...told, ...promoted })
    }
  }

  let openEdits = 0
  for (const [session, events] of await findOpenWork(edits, candidates, now() - WINDOW_MS)) {
    if (!byId.has(session)) continue
    openEdits += events.length
    if (dryRun) continue
    await take(session)
    reopenEdits(context, session, events)
  }
  if (!dryRun) {
    endTaking(store)
    updatePendingMarker(store, repository.home)
    updateOpenMarker(store, repository.home)
  }
  return { commits, openEdits }
}
