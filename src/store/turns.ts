// What the start and the end of a turn ask for beside their events: a look at the working tree, since files change
// without any tool that says so.

import { existsSync, realpathSync } from 'node:fs'
import { readFingerprint } from '../git/status.ts'
import type { Fingerprint } from '../model/fingerprint.ts'
import { appendPlaced } from './append.ts'
import type { Recording } from './append.ts'
import type { Moment } from './deliveries.ts'
import { gitPlaceOf } from './edits.ts'
import { fingerprintedWorktrees, observeChanges, saveFingerprint } from './fingerprints.ts'
import { readSession } from './sessions.ts'
import type { SessionRow } from './sessions.ts'

/** Keeps what the worktrees of a session hold as its turn begins; first closes a turn that was interrupted. */
export async function beginTurn(recording: Recording, moment: Moment): Promise<number> {
  const { store, now } = recording
  const session = readSession(store, moment.session)
  if (session === undefined || moment.turn === undefined) return 0
  const seen = new Map<string, Fingerprint>()
  for (const worktree of worktreesOf(recording, session)) {
    const fingerprint = await look(recording, worktree)
    if (fingerprint !== undefined) seen.set(worktree, fingerprint)
  }
  const { interrupted } = moment
  const found = interrupted === undefined ? 0 : await compare(recording, session, moment, interrupted, seen)
  store.transaction(() => {
    for (const [worktree, fingerprint] of seen) {
      saveFingerprint(store, { session: session.id, turn: moment.turn!, worktree }, 'start', now(), fingerprint)
    }
  })
  return found
}

/** Compares what the worktrees hold with the start of the turn; gives back how many changes were found. */
export async function endTurn(recording: Recording, moment: Moment): Promise<number> {
  const session = readSession(recording.store, moment.session)
  const turn = moment.turn ?? moment.interrupted
  if (session === undefined || turn === undefined) return 0
  const seen = new Map<string, Fingerprint>()
  for (const worktree of fingerprintedWorktrees(recording.store, session.id, turn)) {
    const fingerprint = existsSync(worktree) ? await look(recording, worktree) : undefined
    if (fingerprint !== undefined) seen.set(worktree, fingerprint)
  }
  return await compare(recording, session, moment, turn, seen)
}

async function compare(
  recording: Recording, session: SessionRow, moment: Moment, turn: string, seen: ReadonlyMap<string, Fingerprint>,
): Promise<number> {
  const { store, repository, findAdapter } = recording
  const adapter = findAdapter(session.agent)
  if (adapter === undefined) return 0
  let found = 0
  for (const [worktree, fingerprint] of seen) {
    const at = { session: session.id, turn, worktree }
    const closing = moment.interrupted === turn ? 'interrupted' : 'ended'
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
  }
  return found
}

const look = (recording: Recording, worktree: string): Promise<Fingerprint | undefined> =>
  readFingerprint(gitPlaceOf(recording.repository, worktree), recording.repository.objectFormat)

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
