// Finds the sessions to go on with, and puts their transcripts back where their agents look for them.

import { BitloopsError } from './errors.ts'
import { findBranch, isTrunk, readHead } from './git/branches.ts'
import type { Branch } from './git/branches.ts'
import type { ObjectReader } from './git/objects.ts'
import type { Repository } from './git/repository.ts'
import { withLive } from './model/resume.ts'
import { putBack } from './store/put-back.ts'
import type { Conflict, PutBack, PutBackContext, PutBackSession } from './store/put-back.ts'
import { findById, findLive, findOnBranch, readResumable } from './store/resumable.ts'
import type { BranchSessions, ResumableSession } from './store/resumable.ts'

export type { Branch, Conflict, PutBack, PutBackSession, ResumableSession }


export interface Resumable extends Omit<BranchSessions, 'choices'> {
  /** What was looked at: a branch, or a session by its id. */
  readonly of: 'branch' | 'session'
  /** The branch; for a named one that is not checked out, where to switch to. */
  readonly branch?: string
  readonly target?: Branch
  /** The newest first. */
  readonly sessions: readonly ResumableSession[]
}

export interface ResumeRequest {
  /** A branch, or a session by its id or the beginning of it; the branch of HEAD where there is none. */
  readonly named?: string
}

/** What a word of the user's means; undefined: no branch and no session is called so here. */
export async function findResumable(
  repository: Repository, objects: ObjectReader, { named }: ResumeRequest,
): Promise<Resumable | undefined> {
  const head = await readHead(repository)
  if (named === undefined || named === head.name) {
    return await onBranch(repository, objects, head.name, head.tip, true)
  }
  const target = await findBranch(repository, named)
  if (target !== undefined) {
    return { ...await onBranch(repository, objects, target.name, target.tip, false), target }
  }
  return await bySession(repository, objects, named)
}

async function onBranch(
  repository: Repository, objects: ObjectReader, name: string | undefined, tip: Branch['tip'] | undefined,
  isHere: boolean,
): Promise<Resumable> {
  const order = name !== undefined && await isTrunk(repository, name) ? 'date' : 'first-parent'
  const nothing: BranchSessions = { between: 0, choices: [], lost: [] }
  let found = tip === undefined ? nothing : await findOnBranch(repository, objects, tip, order)
  // Along its first parents there is nothing: what was merged into it is the next best.
  if (found.commit === undefined && order === 'first-parent' && tip !== undefined) {
    found = await findOnBranch(repository, objects, tip, 'date')
  }
  const { choices, ...rest } = found
  const all = isHere ? withLive(choices, await findLive(repository)) : choices
  return {
    of: 'branch', ...rest, ...name === undefined ? {} : { branch: name },
    sessions: await readResumable(repository, objects, all),
  }
}

const SHORTEST = 4
const MAX_CHOICES = 5

async function bySession(
  repository: Repository, objects: ObjectReader, prefix: string,
): Promise<Resumable | undefined> {
  if (prefix.length < SHORTEST) return undefined
  const found = await findById(repository, prefix)
  const choices = found.filter(({ session }) => session === prefix)
  const meant = choices.length > 0 ? choices : found
  if (meant.length === 0) return undefined
  if (meant.length > 1) {
    const shown = meant.slice(0, MAX_CHOICES).map(({ agent, session }) => `${session} (${agent})`)
    throw new BitloopsError('ambiguous', `'${prefix}' is the beginning of several sessions`,
      [...shown, ...meant.length > MAX_CHOICES ? ['…'] : []].join('\n'))
  }
  return { of: 'session', between: 0, lost: [], sessions: await readResumable(repository, objects, meant) }
}

/** True when nothing more could be found at the remote: the last commit's sessions are here, and whole. */
export const isCertain = ({ of, commit, between, lost, sessions }: Resumable): boolean =>
  sessions.length > 0 && (of === 'session' || (commit !== undefined && between === 0)) && lost.length === 0
    && sessions.every(({ live, transcript }) => live || (transcript.missing === undefined && transcript.lines > 0))

export interface Restored extends PutBackSession {
  readonly session: ResumableSession
}

/** One after the other: each may have to ask. */
export async function restoreSessions(
  context: PutBackContext, sessions: readonly ResumableSession[],
): Promise<readonly Restored[]> {
  const restored: Restored[] = []
  for (const session of sessions) restored.push({ session, ...await putBack(context, session) })
  return restored
}
