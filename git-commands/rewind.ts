// `git bitloops rewind`: goes back to what the files, and the conversation, were at a turn of a session.

import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findAdapter } from '../src/agents/registry.ts'
import { BitloopsError } from '../src/errors.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import type { RewindJournal } from '../src/git/restore-journal.ts'
import { formatTargets } from '../src/model/format-rewind.ts'
import type { RewindLayout } from '../src/model/format-rewind.ts'
import { findTarget, nameTargets } from '../src/model/rewind-target.ts'
import type { ListedSession, Target } from '../src/model/rewind-target.ts'
import { findInterrupted, listRewindable } from '../src/rewind.ts'
import type { RewindContext, RewindSession } from '../src/rewind.ts'
import { loadLiveStore, openLiveStore } from '../src/store/live.ts'
import { checkpointsOfTurns } from '../src/store/rewind-checkpoints.ts'
import { findSession } from '../src/store/sessions.ts'
import { takeIn, tellNotSetUp } from './fresh.ts'
import type { Io, Run } from './io.ts'
import { formatListJson, formatRewindJson } from './rewind-json.ts'
import {
  carryOut, formatPrepared, hasConflicts, hasWork, HINTS_ON_CONFLICTS, prepare, refuse, tellDone,
} from './rewind-restore.ts'
import type { RewindScene } from './rewind-restore.ts'
import { goOn, tellInterrupted, undo } from './rewind-undo.ts'
import { readRewindWords, wishOf } from './rewind-words.ts'
import type { RewindWords } from './rewind-words.ts'
import { mayDraw, openStyle, show, widthOfScreen } from './screen.ts'

export const run: Run = async (io, _args, options) => {
  const said = readRewindWords(options)
  const repository = await openRepository(io.cwd, io.env)
  const { worktree } = repository
  if (worktree === undefined) throw new BitloopsError('no-worktree', 'there are no files to rewind here')
  const words = { ...said, keep: said.keep.map((path) => belowRoot(io, worktree, path)) }
  await takeIn(io, repository)
  if (!existsSync(join(repository.home, 'live.db'))) return tellNothing(io, repository, words)
  await loadLiveStore()
  const store = await openLiveStore(repository.home)
  try {
    const context: RewindContext = { repository, store, findAdapter, now: io.now }
    const layout = await openLayout(io, worktree, words)
    return await act({ io, context, repository: { ...repository, worktree }, layout }, words)
  } finally {
    store.close()
  }
}

async function act(scene: RewindScene, words: RewindWords): Promise<number> {
  const { io, context } = scene
  const journal = readInterrupted(context)
  if (words.act === 'continue' && journal === undefined) {
    io.err('no rewind was interrupted here\n')
    return 1
  }
  if (journal !== undefined && !words.dryRun) {
    if (words.act === 'continue') return await goOn(scene, journal, 'on')
    if (words.act === 'undo') return await goOn(scene, journal, 'back')
    if (words.act !== 'list') return await tellInterrupted(scene, journal, words.act === 'browse' && mayDraw(io))
  }
  if (words.act === 'undo') return await undo(scene, words)
  const sessions = await listTargets(context)
  if (words.act === 'to') return await goTo(scene, words, pickTarget(sessions, words.to))
  if (sessions.length === 0) return tellNothing(io, scene.repository, words)
  if (words.act === 'browse' && mayDraw(io)) {
    const { browse } = await import('./rewind-browser.ts')
    return await browse(scene, sessions, words)
  }
  if (words.json) io.out(formatListJson(sessions))
  else await show(io, formatTargets(sessions, scene.layout))
  return 0
}

function readInterrupted({ repository }: RewindContext): RewindJournal | undefined {
  try {
    return findInterrupted(repository)
  } catch (error) {
    throw new BitloopsError('refused',
      `what an interrupted rewind left behind cannot be read: ${(error as Error).message}`,
      `what was there before is kept below refs/bitloops/undo; without ${repository.home}/rewind.json it is forgotten`)
  }
}

function tellNothing(io: Io, repository: Repository, { json, act: verb }: RewindWords): number {
  if (json && verb === 'list') io.out(formatListJson([]))
  io.err('nothing is recorded here that could be gone back to\n')
  tellNotSetUp(io, repository)
  return 1
}

const DRAIN_MS = 3000

/** What a turn left is looked at by the drain, which may be at it right now. */
async function listTargets(context: RewindContext): Promise<readonly ListedSession[]> {
  const limit = context.now() + DRAIN_MS
  let sessions = await listRewindable(context)
  while (context.now() < limit && isDraining(context) && sessions.some((one) => isAwaited(context, one))) {
    await sleep(100)
    sessions = await listRewindable(context)
  }
  return nameTargets(sessions, checkpointsOfTurns(context.store))
}

const isDraining = ({ repository, now }: RewindContext): boolean =>
  (statSync(join(repository.home, 'drain.lease'), { throwIfNoEntry: false })?.mtimeMs ?? 0) > now()

const isAwaited = ({ store }: RewindContext, { agent, session, turns }: RewindSession): boolean =>
  turns.at(-1)!.after === undefined && findSession(store, agent, session)?.openTurn === null

function pickTarget(sessions: readonly ListedSession[], word: string): Target {
  const found = findTarget(sessions, word)
  switch (found.kind) {
    case 'found': return found
    case 'ambiguous':
      throw new BitloopsError('ambiguous', `'${word}' can mean several things`, found.choices.join('\n'))
    case 'no-state': throw new BitloopsError('unknown-revision',
      `nothing is known of the files ${found.side} turn ${found.turn.number}`, otherSide(found))
    case 'unknown': throw new BitloopsError('unknown-revision',
      `'${word}' is neither a turn nor a checkpoint that can be gone back to here`,
      'git bitloops rewind --list shows what can')
  }
}

const otherSide = ({ turn, side }: { readonly turn: Target['turn']; readonly side: Target['side'] }): string =>
  side === 'after' ? `'${turn.name}^' is the state before it` : `'${turn.name}' is the state after it`

async function goTo(scene: RewindScene, words: RewindWords, target: Target): Promise<number> {
  const { io } = scene
  const { dryRun, json } = words
  const prepared = await prepare(scene, target, wishOf(words))
  const stops = hasConflicts(prepared)
  const asks = io.isTerminal && !json
  if (asks || (dryRun && !json)) io.out(formatPrepared(prepared, scene))
  if (asks && !dryRun && !stops && hasWork(prepared) && !await io.ask('Go back?', true)) return 1
  const done = dryRun || stops ? undefined : await carryOut(scene, prepared)
  if (json) io.out(formatRewindJson(prepared, done))
  if (stops && dryRun && !json) for (const hint of HINTS_ON_CONFLICTS) io.err(`${hint}\n`)
  if (stops) return json || dryRun ? 1 : refuse(scene, prepared, asks)
  if (done === undefined) return 0
  return json ? Number((done.files?.short.length ?? 0) > 0) : tellDone(scene, prepared, done, asks)
}

const SHOWN_PATHS = 20

async function openLayout(io: Io, worktree: string, { dryRun }: RewindWords): Promise<RewindLayout> {
  const here = realpathSync.native(io.cwd)
  return {
    style: await openStyle(io), width: widthOfScreen(io), now: io.now(),
    shown: (path) => relative(here, join(worktree, path)) || '.',
    maxPaths: io.isTerminal && !dryRun ? SHOWN_PATHS : Infinity,
  }
}

/** As the user types it here, from the root of the worktree. */
function belowRoot(io: Io, worktree: Repository['cwd'], path: string): string {
  const found = relative(worktree, resolve(realpathSync.native(io.cwd), path))
  if (found === '..' || found.startsWith('../')) {
    throw new BitloopsError('usage', `'${path}' lies outside of this worktree`)
  }
  return found
}
