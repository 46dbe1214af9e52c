// What `git bitloops doctor --fix` does about each kind of problem. Nothing that was recorded is ever removed.

import { discoverSessions } from '../src/discover.ts'
import { clearOldClaim, repairRights } from '../src/doctor.ts'
import { findRepository, foreignEnvironment } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { hasRewrites } from '../src/git/rewrites.ts'
import { listWorktrees } from '../src/git/worktrees.ts'
import { init } from '../src/init.ts'
import type { Repair } from '../src/model/check.ts'
import type { Mended } from '../src/model/format-diagnosis.ts'
import { countOf } from '../src/model/text-layout.ts'
import { finishOpenPlans, promoteContinuations, promoteMissed } from '../src/promote.ts'
import { recordInbox } from '../src/record.ts'
import { relinkRange } from '../src/relink.ts'
import { rebuildIndex } from '../src/store/rebuild-index.ts'
import type { Io } from './io.ts'
import { programPaths } from './io.ts'
import { keepSessions } from './promote-session.ts'
import { settleRewrites } from './settle.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'
import type { Workspace } from './workspace.ts'

const BOUND_MS = 60_000

/** Does one repair. What it cannot do is told, and the next still has its turn; undefined: there was nothing to do. */
export async function mend(io: Io, repository: Repository, repair: Repair): Promise<Mended | undefined> {
  try {
    const message = await REPAIRS[repair](io, repository)
    return message === undefined ? undefined : { message, isDone: true }
  } catch (error) {
    return { message: `${NAMES[repair]}: ${(error as Error).message}`, isDone: false }
  }
}

const NAMES: Readonly<Record<Repair, string>> = {
  install: 'hooks could not be put back',
  rights: 'rights could not be changed',
  drain: 'the inbox could not be taken in',
  missed: 'commits and sessions could not be looked for',
  plans: 'checkpoints could not be finished',
  index: 'the index could not be made anew',
}

const REPAIRS: Readonly<Record<Repair, (io: Io, repository: Repository) => Promise<string | undefined>>> = {
  async install(_io, repository) {
    await init(repository, {
      agents: [], local: false, project: false, chosen: {}, paths: programPaths(), consent: async () => false,
    })
    return 'hooks, scripts and folders are as git bitloops init leaves them'
  },

  async rights(_io, repository) {
    const changed = await repairRights(repository)
    return changed.length === 0 ? undefined : `rights of ${changed.join(', ')}`
  },

  drain: (io, repository) => inWorkspace(io, repository, async (workspace) => {
    const { payloads } = await recordInbox({ ...recordContextOf(io, workspace), redact: true })
    clearOldClaim(repository.home, io.now())
    return `the inbox: ${countOf(payloads, 'payload')} taken in`
  }),

  async missed(io, repository) {
    const found = await inWorkspace(io, repository, (workspace) => discoverSessions(recordContextOf(io, workspace)))
    let made = 0
    let linked = 0
    for (const { path, bare } of await listWorktrees(repository)) {
      if (bare) continue
      const place = path === repository.worktree ? repository : await findRepository(path, foreignEnvironment(io.env))
      if (place === undefined) continue
      made += await inWorkspace(io, place, promoteRest(io))
      linked += await inWorkspace(io, place, relinkRest(io))
    }
    return found.length + made + linked === 0 ? undefined
      : `what no hook told of: ${countOf(found.length, 'session')} found, ${countOf(made, 'checkpoint')} made, ` +
        `${countOf(linked, 'commit')} linked`
  },

  plans: (io, repository) => inWorkspace(io, repository, async (workspace) =>
    `${countOf(await finishOpenPlans(promoteContextOf(io, workspace, BOUND_MS)), 'checkpoint')} finished`),

  index: (io, repository) => inWorkspace(io, repository, async ({ reader, store }) =>
    `the index: ${countOf(await rebuildIndex({ repository, reader, store, now: io.now }), 'checkpoint')}`),
}

const promoteRest = (io: Io) => async (workspace: Workspace): Promise<number> => {
  const context = promoteContextOf(io, workspace, BOUND_MS)
  const promotions = await promoteMissed(context)
  const made = promotions.filter(({ kind }) => kind === 'promoted').length + await promoteContinuations(context)
  return made + await keepSessions(io, workspace)
}

/** Commits that were rewritten unseen, by what they hold. */
const relinkRest = (io: Io) => async (workspace: Workspace): Promise<number> => {
  const context = promoteContextOf(io, workspace, BOUND_MS)
  if (hasRewrites(workspace.repository.gitDir)) await settleRewrites(context)
  const { links = [] } = await relinkRange(context, { by: 'doctor' })
  return new Set(links.map(({ commit }) => commit)).size
}

async function inWorkspace<Result>(
  io: Io, repository: Repository, work: (workspace: Workspace) => Promise<Result>,
): Promise<Result> {
  const workspace = await openWorkspace(io, repository)
  try {
    if (!workspace.settings.enabled) throw new Error('capture is off')
    return await work(workspace)
  } finally {
    workspace.close()
  }
}
