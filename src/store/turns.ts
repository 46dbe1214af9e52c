// What the start and the end of a turn ask for beside their events: a look at the working tree, since files change
// without any tool that says so.

import { existsSync, realpathSync } from 'node:fs'
import { readFingerprint, readStatus } from '../git/status.ts'
import type { Millis } from '../model/event.ts'
import type { Fingerprint } from '../model/fingerprint.ts'
import { appendPlaced } from './append.ts'
import type { Recording } from './append.ts'
import type { Moment } from './deliveries.ts'
import { gitPlaceOf } from './edits.ts'
import { countFinding } from './findings.ts'
import { fingerprintedWorktrees, observeChanges, saveFingerprint } from './fingerprints.ts'
import type { TurnPlace } from './fingerprints.ts'
import { readSession } from './sessions.ts'
import type { SessionRow } from './sessions.ts'
import { hasTree, keepSnapshots, pruneSnapshots, saveSnapshot, snapshotWorktree } from './snapshots.ts'
import type { TakenSnapshot } from './snapshots.ts'
import { nameOfTurn } from './turn-names.ts'

/** What a look at a worktree found. */
interface Look {
  readonly fingerprint: Fingerprint
  /** Undefined where none could be made. */
  readonly snapshot?: TakenSnapshot
}

/** Keeps what the worktrees of a session hold as its turn begins; first closes a turn that was interrupted. */
export async function beginTurn(recording: Recording, moment: Moment): Promise<number> {
  const { store, now } = recording
  const session = readSession(store, moment.session)
  if (session === undefined || moment.turn === undefined) return 0
  // What others wrote and told while we looked is theirs, whether we saw it or not.
  const lookedAt = now()
  const seen = new Map<string, Look>()
  for (const worktree of worktreesOf(recording, session)) {
    const found = await look(recording, worktree)
    if (found !== undefined) seen.set(worktree, found)
  }
  const { interrupted } = moment
  const found = interrupted === undefined ? 0
    : await compare(recording, session, moment, nameOfTurn(store, session.id, interrupted), 'interrupted', seen)
  for (const [worktree, { fingerprint, snapshot }] of seen) {
    const at = { session: session.id, turn: moment.turn, worktree }
    saveFingerprint(store, at, 'start', lookedAt, fingerprint)
    await keep(recording, at, 'start', moment.at, snapshot)
  }
  return found
}

/** Compares what the worktrees hold with the start of the turn; gives back how many changes were found. */
export async function endTurn(recording: Recording, moment: Moment): Promise<number> {
  const session = readSession(recording.store, moment.session)
  const told = moment.turn ?? moment.interrupted
  if (session === undefined || told === undefined) return 0
  const turn = nameOfTurn(recording.store, session.id, told)
  const seen = new Map<string, Look>()
  for (const worktree of fingerprintedWorktrees(recording.store, session.id, turn)) {
    const found = existsSync(worktree) ? await look(recording, worktree) : undefined
    if (found !== undefined) seen.set(worktree, found)
  }
  const closing = moment.turn === undefined ? 'interrupted' : 'ended'
  const found = await compare(recording, session, moment, turn, closing, seen)
  await pruneSnapshots(recording.store, recording.repository, recording.now())
  return found
}

async function compare(
  recording: Recording, session: SessionRow, moment: Moment, turn: string, closing: 'ended' | 'interrupted',
  seen: ReadonlyMap<string, Look>,
): Promise<number> {
  const { store, repository, findAdapter } = recording
  const adapter = findAdapter(session.agent)
  if (adapter === undefined) return 0
  let found = 0
  for (const [worktree, { fingerprint, snapshot }] of seen) {
    const at = { session: session.id, turn, worktree }
    const git = gitPlaceOf(repository, worktree)
    const changes = await observeChanges(store, git, adapter, at, fingerprint, moment.at, closing)
    found += store.transaction(() => {
      saveFingerprint(store, at, 'end', moment.at, fingerprint)
      return appendPlaced(recording, session.id, {
        observations: changes,
        // As git named it: neither ignored nor, for a symbolic link, the file that the link leads to.
        placeOf: ({ path }) => ({ worktree, path: path.slice(worktree.length + 1) }),
        elsewhereOf: () => undefined,
      })
    })
    // Nobody knows what happened between an interruption and the next prompt.
    await keep(recording, at, 'end', moment.at, snapshot, closing === 'interrupted' ? 'late' : 'taken')
  }
  return found
}

/** One `git status` for both; the snapshot first, since the agent does not wait. */
async function look({ store, repository, now }: Recording, worktree: string): Promise<Look | undefined> {
  const place = gitPlaceOf(repository, worktree)
  const status = await readStatus(place)
  if (status === undefined) {
    countFinding(store, 'worktree', worktree, 'git status did not answer', now())
    return undefined
  }
  const taking = await snapshotWorktree(repository, worktree, status, now)
  if (taking.kind === 'failed') countFinding(store, 'snapshot', worktree, taking.reason, now())
  const fingerprint = await readFingerprint(place, repository.objectFormat, status)
  return { fingerprint, ...(taking.kind === 'failed' ? {} : { snapshot: taking.snapshot }) }
}

async function keep(
  { store, repository }: Recording, at: TurnPlace, moment: 'start' | 'end', toldAt: Millis,
  snapshot: TakenSnapshot | undefined, state: 'taken' | 'late' = 'taken',
): Promise<void> {
  if (snapshot === undefined) return
  const isKept = hasTree(store, at, snapshot.tree)
  saveSnapshot(store, at, moment, toldAt, snapshot, state)
  if (!isKept) await keepSnapshots(store, repository, at.worktree, at.session)
}

/** The session's own worktree, and the one it works in now; those of other repositories are not ours to look at. */
function worktreesOf({ repository, locator }: Recording, session: SessionRow): ReadonlySet<string> {
  const ours = realpathSync.native(repository.commonDir)
  const folders = [session.worktree, session.cwd].filter((folder) => folder !== null)
  return new Set(folders.flatMap((folder) => {
    const found = existsSync(folder) ? locator.findWorktree(folder) : undefined
    if (found?.commonDir === ours) return [found.root]
    return found === undefined && folder === repository.worktree ? [folder] : []
  }))
}
