// Does what the journal of a rewind says, to its end. Begun again after a kill, it comes to the same end.

import { openObjectReader } from '../git/cat-file.ts'
import { git, runGit } from '../git/git.ts'
import { listRefs } from '../git/refs.ts'
import type { Repository } from '../git/repository.ts'
import { endJournal } from '../git/restore-journal.ts'
import type { RewindJournal } from '../git/restore-journal.ts'
import { bringBack, bringBackIndex, readKeptState } from '../git/restore-undo.ts'
import type { KeptState } from '../git/restore-undo.ts'
import { restoreFiles } from '../git/restore.ts'
import { snapshotPlaceOf } from '../git/snapshot-place.ts'
import type { SnapshotPlace } from '../git/snapshot-place.ts'
import { undoRefsOf } from '../git/snapshot-refs.ts'
import { listPhantoms, takeSnapshot } from '../git/snapshot.ts'
import type { Snapshot } from '../git/snapshot.ts'
import { readStatus } from '../git/status.ts'
import { BitloopsError } from '../errors.ts'
import type { Millis } from '../model/event.ts'
import type { LiveStore } from './live.ts'
import { forgetKept, saveRewind } from './rewinds.ts'

export interface RewindScene {
  readonly repository: Repository
  readonly store: LiveStore
  readonly now: () => Millis
}

/** What could not be brought back, in sentences. */
export type Shortfalls = readonly string[]

export async function doWork(scene: RewindScene, journal: RewindJournal): Promise<Shortfalls> {
  const { repository, store, now } = scene
  const place = placeOf(repository, journal.worktree)
  const { work } = journal
  const short: string[] = []
  if (work.kind === 'rewind') {
    await restoreFiles(place, work)
    // Twice leaves HEAD where once put it.
    if (work.reset !== undefined) await git(place, ['reset', '--mixed', '--quiet', work.reset])
  } else {
    short.push(...await undo(place, work))
  }
  if (work.kind === 'rewind') await settleIndex(place, work.writes)
  const { tree } = await lookNow(place, now())
  saveRewind(store, {
    worktree: journal.worktree, at: now(), kept: journal.kept, tree,
    target: work.kind === 'rewind' ? work.snapshot : null, reset: work.kind === 'rewind' ? work.reset ?? null : null,
    undoes: work.kind === 'undo' ? work.rewind ?? null : null,
  })
  await pruneUndo(scene, place, journal)
  endJournal(repository.home)
  return short
}

/**
 * Files that are as the index has them, but of another size than it remembers (line ends), are changed in Git's eyes:
 * it is told to look at them again. What the index holds stays the same.
 */
async function settleIndex(place: SnapshotPlace, writes: readonly { readonly path: string }[]): Promise<void> {
  const written = new Set(writes.map(({ path }) => path))
  const status = await readStatus(place)
  const suspects = new Set((status?.changed ?? [])
    .filter(({ path, state }) => state === 'M' && written.has(path)).map(({ path }) => path))
  if (suspects.size === 0) return
  const same = await listPhantoms(place, suspects)
  if (same.length === 0) return
  // An index that is locked is looked at by whoever has it.
  await runGit(place, ['update-index', '-z', '--stdin'], { input: same.map((path) => `${path}\0`).join('') })
}

async function undo(
  place: SnapshotPlace, { to, withIndex, head }: Extract<RewindJournal['work'], { kind: 'undo' }>,
): Promise<Shortfalls> {
  const state = await keptState(place, to)
  await bringBack(place, state)
  const short: string[] = []
  if (head !== undefined && !await moveHead(place, head)) {
    short.push('HEAD was moved since, and stays where it is')
    return short
  }
  if (withIndex && !await bringBackIndex(place, state)) {
    short.push('the index is locked by another git process, and stays as it is')
  }
  return short
}

/** True when HEAD is where it was before the rewind. */
async function moveHead(
  place: SnapshotPlace, { from, to, branch }: { readonly from: string; readonly to: string; readonly branch?: string },
): Promise<boolean> {
  const now = await readHeadState(place)
  if (now.branch !== branch) return false
  if (now.head === to) return true
  return (await runGit(place, ['update-ref', '-m', 'bitloops rewind --undo', 'HEAD', to, from])).code === 0
}

export async function readHeadState(place: SnapshotPlace): Promise<Pick<KeptState, 'head' | 'branch'>> {
  const head = await runGit(place, ['rev-parse', '--quiet', '--verify', 'HEAD'])
  const branch = await runGit(place, ['symbolic-ref', '--quiet', 'HEAD'])
  return {
    ...(head.code === 0 ? { head: head.stdout.toString('latin1').trim() } : {}),
    ...(branch.code === 0 ? { branch: branch.stdout.toString('utf8').trim() } : {}),
  }
}

export const hasCommit = async (place: SnapshotPlace, oid: string): Promise<boolean> =>
  (await runGit(place, ['cat-file', '-e', `${oid}^{commit}`])).code === 0

export async function keptState(place: SnapshotPlace, ref: string): Promise<KeptState> {
  const reader = openObjectReader(place)
  try {
    const state = await readKeptState(reader, ref)
    if (state !== undefined) return state
    throw new BitloopsError('refused', 'what was there before that rewind is not kept any more')
  } finally {
    reader.close()
  }
}

export function placeOf(repository: Repository, worktree: string | undefined): SnapshotPlace {
  if (worktree === undefined) throw new BitloopsError('no-worktree', 'a bare repository has no files to rewind')
  const place = snapshotPlaceOf(repository, worktree)
  if (place === undefined) throw new BitloopsError('no-worktree', `the worktree ${worktree} is not there any more`)
  return place
}

/** The worktree as it is now. */
export async function lookNow(place: SnapshotPlace, now: Millis): Promise<Snapshot> {
  const status = await readStatus(place)
  const taken = status === undefined ? undefined : await takeSnapshot(place, status, now)
  if (taken !== undefined) return taken
  throw new BitloopsError('refused', 'more files lie here beside the last commit than can be kept safe',
    'let .gitignore cover what is built or downloaded, and try again')
}

const KEEP_UNDO = 30
const KEEP_UNDO_MS = 30 * 24 * 3_600_000

/** Forgets old states that were kept, never that of the rewind under way. */
async function pruneUndo({ store, now }: RewindScene, place: SnapshotPlace, journal: RewindJournal): Promise<void> {
  const refs = [...(await listRefs(place, undoRefsOf(place))).keys()]
    .map((ref) => ({ ref, at: Number(ref.slice(ref.lastIndexOf('/') + 1)) }))
    .sort((one, other) => other.at - one.at)
  const kept = new Set(refs.filter(({ ref, at }, index) =>
    ref === journal.kept || (index < KEEP_UNDO && at > now() - KEEP_UNDO_MS)).map(({ ref }) => ref))
  for (const { ref } of refs) if (!kept.has(ref)) await runGit(place, ['update-ref', '-d', ref])
  forgetKept(store, journal.worktree, kept)
}
