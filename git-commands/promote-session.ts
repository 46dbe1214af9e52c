// `git bitloops promote --session [<session>]`: keeps a session without waiting for a commit. With the strategy
// `session` those that are over, or were compacted, are kept unasked.

import { BitloopsError } from '../src/errors.ts'
import { openObjectReader } from '../src/git/cat-file.ts'
import { findRepository, foreignEnvironment } from '../src/git/repository.ts'
import { finishOpenPlans } from '../src/promote.ts'
import { promoteSession } from '../src/promote-session.ts'
import type { SessionPromotion } from '../src/promote-session.ts'
import { recordInbox, recordTranscripts } from '../src/record.ts'
import { markNextKeeping } from '../src/store/keep-next.ts'
import { findByPrefix, findLast, findNextOver, findUnkept } from '../src/store/unkept.ts'
import type { NamedSession, UnkeptSession } from '../src/store/unkept.ts'
import type { Io } from './io.ts'
import { shellSession } from './shell-session.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'
import type { Workspace } from './workspace.ts'

const COMMAND_BOUND_MS = 60_000
const DRAIN_BOUND_MS = 10_000
const MAX_CHOICES = 5

export const run = async (io: Io, [named, ...more]: readonly string[]): Promise<number> => {
  if (more.length > 0) throw new BitloopsError('usage', `too many arguments: '${more[0]}'`)
  const workspace = await openWorkspace(io)
  try {
    if (!workspace.settings.enabled) {
      io.out('Capture is disabled; nothing is promoted.\n')
      return 1
    }
    await recordInbox(recordContextOf(io, workspace))
    await finishOpenPlans(promoteContextOf(io, workspace, COMMAND_BOUND_MS))
    const { row, session, worktree } = findNamed(workspace, named ?? await shellSession(io, workspace))
    const promotion = await keep(io, workspace, { row, session, worktree, cutoff: io.now() }, COMMAND_BOUND_MS)
    io.out(format(promotion, session))
    return promotion.kind === 'nothing-said' ? 1 : 0
  } finally {
    workspace.close()
  }
}

/** Does what the strategy `session` asks for. Nothing with another one. */
export async function keepSessions(io: Io, workspace: Workspace): Promise<number> {
  const { store, repository: { home }, settings } = workspace
  if (settings.strategy !== 'session') {
    markNextKeeping(home, undefined)
    return 0
  }
  let kept = 0
  for (const unkept of findUnkept(store, io.now())) {
    if ((await keep(io, workspace, unkept, DRAIN_BOUND_MS)).kind === 'promoted') kept += 1
  }
  markNextKeeping(home, findNextOver(store, io.now()))
  return kept
}

/** HEAD is that of the worktree in which the session works, where that is still there. */
async function keep(
  io: Io, workspace: Workspace, { row, session, worktree, cutoff }: UnkeptSession, boundMs: number,
): Promise<SessionPromotion> {
  await recordTranscripts(recordContextOf(io, workspace), row)
  const isHere = worktree === null || worktree === workspace.repository.worktree
  const place = isHere ? undefined : await findRepository(worktree, foreignEnvironment(io.env))
  if (place?.home !== workspace.repository.home) {
    return await promoteSession(promoteContextOf(io, workspace, boundMs), session, cutoff)
  }
  const reader = openObjectReader(place)
  try {
    const context = promoteContextOf(io, { ...workspace, repository: place, reader }, boundMs)
    return await promoteSession(context, session, cutoff)
  } finally {
    reader.close()
  }
}

function findNamed({ store, repository }: Workspace, named: string | undefined): NamedSession {
  if (named === undefined) {
    const last = findLast(store, repository.worktree ?? '')
    if (last !== undefined) return last
    throw new BitloopsError('unknown-revision', 'no session was recorded in this worktree')
  }
  const [first, ...others] = findByPrefix(store, named, MAX_CHOICES + 1)
  if (first === undefined) throw new BitloopsError('unknown-revision', `no session '${named}' was recorded here`)
  if (others.length > 0 && first.session !== named) {
    const choices = [first, ...others].slice(0, MAX_CHOICES).map(({ agent, session }) => `${session} (${agent})`)
    throw new BitloopsError('ambiguous', `'${named}' is the beginning of several sessions`,
      [...choices, ...others.length >= MAX_CHOICES ? ['…'] : []].join('\n'))
  }
  return first
}

function format(promotion: SessionPromotion, session: string): string {
  switch (promotion.kind) {
    case 'promoted': return `Checkpoint ${promotion.id} made of session ${session}.\n`
    case 'waiting': return `Checkpoint ${promotion.id} waits: the refs are in use. The next command goes on with it.\n`
    case 'nothing-said': return `Nothing was said in session ${session} that no checkpoint has.\n`
  }
}
