// `git bitloops promote [<commit>]`: what the post-commit hook runs. With --hook it never fails and never speaks.

import { BitloopsError } from '../src/errors.ts'
import { parseCommit } from '../src/git/commit-object.ts'
import { finishOpenPlans, promote, promoteMissedBefore } from '../src/promote.ts'
import type { Promotion } from '../src/promote.ts'
import { recordInbox } from '../src/record.ts'
import { markHead } from '../src/store/heads.ts'
import type { Io } from './io.ts'
import { shellSession } from './shell-session.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'

const HOOK_BOUND_MS = 4500
const COMMAND_BOUND_MS = 60_000

export const run = async (io: Io, args: readonly string[]): Promise<number> => {
  if (args[0] === '--session') return await (await import('./promote-session.ts')).run(io, args.slice(1))
  const hook = args.includes('--hook')
  const [revision = 'HEAD'] = args.filter((word) => word !== '--hook')
  if (!hook) {
    return await promoteRevision(io, revision, { boundMs: COMMAND_BOUND_MS, othersMs: 0 }, (said) => { io.out(said) })
  }
  try {
    // Many hooks may run at once: each writes its own plan and leaves those that others are at work on.
    await promoteRevision(io, revision, { boundMs: HOOK_BOUND_MS, othersMs: HOOK_BOUND_MS }, () => {})
  } catch (error) {
    await logFailure(io, 'post-commit', error as Error)
  }
  return 0
}

async function promoteRevision(
  io: Io, revision: string, { boundMs, othersMs }: { boundMs: number; othersMs: number }, say: (text: string) => void,
): Promise<number> {
  const workspace = await openWorkspace(io)
  try {
    if (!workspace.settings.enabled) {
      say('Capture is disabled; nothing is promoted.\n')
      return 1
    }
    const context = promoteContextOf(io, workspace, boundMs)
    const commit = await workspace.reader.read(`${revision}^{commit}`)
    if (commit === undefined) throw new BitloopsError('unknown-revision', `there is no commit '${revision}'`)
    await recordInbox(recordContextOf(io, workspace))
    await finishOpenPlans(context, othersMs)
    if (revision === 'HEAD' && commit.type === 'commit') await promoteMissedBefore(context, parseCommit(commit))
    const shell = await shellSession(io, workspace)
    const promotion = await promote({ ...context, ...(shell === undefined ? {} : { shell }) }, commit.oid)
    if (revision === 'HEAD') markHead(workspace.store, workspace.repository, commit.oid, io.now())
    say(format(promotion))
    return promotion.kind === 'nothing-pending' ? 1 : 0
  } finally {
    workspace.close()
  }
}

export async function logFailure(io: Io, where: string, error: Error): Promise<void> {
  const { findRepository } = await import('../src/git/repository.ts')
  const { openLog } = await import('../src/log.ts')
  const repository = await findRepository(io.cwd, io.env)
  openLog({ home: repository?.home ?? '', env: io.env, now: io.now })(where, error.message)
}

const format = (promotion: Promotion): string => {
  switch (promotion.kind) {
    case 'promoted': return `Checkpoint ${promotion.id} made.\n`
    case 'linked': return `Linked to session checkpoint ${promotion.id}.\n`
    case 'already-promoted': return `Checkpoint ${promotion.id} is there already.\n`
    case 'waiting': return `Checkpoint ${promotion.id} waits: the refs are in use. The next command goes on with it.\n`
    case 'nothing-pending': return 'No recorded edit is in this commit.\n'
  }
}
