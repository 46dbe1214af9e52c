// The sessions that a branch, or an id, leads to, each with its transcript put together from all checkpoints.

import { listBranchCommits } from '../git/branches.ts'
import type { ObjectReader } from '../git/objects.ts'
import type { Repository } from '../git/repository.ts'
import type { StoredCheckpoint } from '../model/explanation.ts'
import type { AgentName, Oid, SessionId } from '../model/ids.ts'
import { sessionsOf } from '../model/resume.ts'
import type { SessionChoice } from '../model/resume.ts'
import { assembleSlices } from '../model/slices.ts'
import type { Transcript } from '../model/slices.ts'
import { openCheckpointReader } from './checkpoint-reader.ts'
import type { LiveStore } from './live.ts'
import { listNative, readSlices, readSubagents } from './native-slices.ts'
import type { NativePath, SessionSlice } from './native-slices.ts'
import { readLiveStore } from './read-live.ts'

export interface ResumableSession extends SessionChoice {
  readonly transcript: Transcript<SessionSlice>
  readonly subagents: ReadonlyMap<string, readonly string[]>
}

export interface BranchSessions {
  /** The newest commit that has sessions; undefined when none was found. */
  readonly commit?: Oid
  /** How many commits without one were passed. */
  readonly between: number
  readonly choices: readonly SessionChoice[]
  /** Checkpoints that links of this commit lead to, and that cannot be read here. */
  readonly lost: readonly Exclude<StoredCheckpoint, { readonly kind: 'found' }>[]
}

/** Commits further back than this are not looked at. */
const MAX_COMMITS = 5000
/** So many are looked up at once. */
const BATCH = 100

export async function findOnBranch(
  repository: Repository, objects: ObjectReader, tip: Oid, order: 'first-parent' | 'date',
): Promise<BranchSessions> {
  const reader = openCheckpointReader(objects)
  const commits = await reader.hasCheckpoints() ? await listBranchCommits(repository, tip, order, MAX_COMMITS) : []
  for (let from = 0; from < commits.length; from += BATCH) {
    const found = await Promise.all(commits.slice(from, from + BATCH).map((commit) => reader.checkpointsOf(commit)))
    const at = found.findIndex((stored) => stored.length > 0)
    if (at < 0) continue
    const lost = found[at]!.filter((each) => each.kind !== 'found')
    return { commit: commits[from + at]!, between: from + at, choices: sessionsOf(found[at]!), lost }
  }
  return { between: commits.length, choices: [], lost: [] }
}

/** Sessions with turns that no commit has, in this worktree. */
export async function findLive(repository: Repository): Promise<readonly SessionChoice[]> {
  const { home, worktree } = repository
  if (worktree === undefined) return []
  const reading = await readLiveStore(home, (store) => readDrafting(store, 'AND s.worktree = ?', worktree))
  return reading.kind === 'read' ? reading.value : []
}

/** All sessions known by the beginning of their id, here and in checkpoints. */
export async function findById(repository: Repository, prefix: string): Promise<readonly SessionChoice[]> {
  const recorded = new Map<string, SessionChoice>()
  for (const { agent, session, subagent } of await listNative(repository)) {
    if (subagent !== undefined || !session.startsWith(prefix)) continue
    recorded.set(`${agent} ${session}`, { agent, session: session as SessionId, at: 0, live: false })
  }
  const reading = await readLiveStore(repository.home, (store) =>
    readDrafting(store, 'AND substr(s.session_id, 1, length(?)) = ?', prefix, prefix))
  for (const one of reading.kind === 'read' ? reading.value : []) recorded.set(`${one.agent} ${one.session}`, one)
  return [...recorded.values()].sort((left, right) => right.at - left.at)
}

function readDrafting(store: LiveStore, where: string, ...values: readonly string[]): readonly SessionChoice[] {
  return store.all<{ agent: AgentName; session: SessionId; at: number }>(
    `SELECT s.agent, s.session_id AS session, s.last_event_at AS at FROM sessions s
     WHERE (EXISTS (SELECT 1 FROM events e WHERE e.session = s.id AND e.checkpoint IS NULL AND e.copied = 0
       AND e.kind = 'prompt') OR s.last_checkpoint IN (SELECT checkpoint FROM plans WHERE kind = 'session'))
       ${where} ORDER BY s.last_event_at DESC LIMIT 20`, ...values)
    .map((row) => ({ ...row, live: true }))
}

/** The transcripts of these sessions, from all branches. */
export async function readResumable(
  repository: Repository, objects: ObjectReader, choices: readonly SessionChoice[],
): Promise<readonly ResumableSession[]> {
  if (choices.length === 0) return []
  const files = await listNative(repository)
  return await Promise.all(choices.map((choice) => readOne(objects, files, choice)))
}

async function readOne(
  objects: ObjectReader, files: readonly NativePath[], choice: SessionChoice,
): Promise<ResumableSession> {
  const { agent, session } = choice
  const transcript = assembleSlices(await readSlices(objects, files, agent, session))
  const last = transcript.slices.at(-1)
  const folders = transcript.slices.map(({ folder }) => folder)
  const prompt = choice.prompt ?? last?.record.turns.findLast((turn) => turn.prompt !== undefined)?.prompt
  return {
    ...choice, ...prompt === undefined ? {} : { prompt }, at: Math.max(choice.at, last?.at ?? 0),
    transcript, subagents: await readSubagents(objects, files, folders, agent, session),
  }
}
