// Proves that it works, or finds out what does not: installed hooks are tried, records and checkpoints are read.
// `diagnose` changes nothing; the repairs here are those that belong to no other workflow.

import { chmodSync, rmSync, statSync } from 'node:fs'
import { openObjectReader } from './git/cat-file.ts'
import { readSettings } from './git/config.ts'
import { readGitVersion } from './git/hooks.ts'
import { readInstalledHooks } from './git/installed-hooks.ts'
import { listRefs } from './git/refs.ts'
import type { Repository } from './git/repository.ts'
import { listWorktrees } from './git/worktrees.ts'
import type { Worktree } from './git/worktrees.ts'
import { ok } from './model/check.ts'
import type { Check } from './model/check.ts'
import { CHECKPOINTS_REF } from './model/checkpoint.ts'
import { diagnoseCheckpoints } from './model/diagnose-checkpoints.ts'
import { diagnoseRecords } from './model/diagnose-records.ts'
import { cannotProbe, diagnoseInstallation, NOT_SET_UP } from './model/diagnosis.ts'
import type { Millis } from './model/event.ts'
import type { Settings } from './model/settings.ts'
import { diagnoseIndex, diagnoseSharing } from './model/push-state.ts'
import { examineCheckpoints } from './store/checkpoint-health.ts'
import { claimPath, examineStore, hasOldClaim, listExposed, readRecords } from './store/health.ts'
import type { OpenedStore } from './store/health.ts'
import { examineInstallation, isSetUp } from './store/installation-health.ts'
import type { Installed } from './store/installation-health.ts'
import { countStored, readPushState } from './store/push-state.ts'
import { openProbe, removeOldProbes } from './store/probe.ts'
import type { Probe } from './store/probe.ts'

export interface Examination extends Installed {
  readonly now: Millis
}

/** All checks, in the order in which one thing depends on the other. */
export async function diagnose(repository: Repository, examination: Examination): Promise<readonly Check[]> {
  const { home, worktree } = repository
  const opened = await examineStore(home)
  try {
    const checkpoints = await checkCheckpoints(repository, opened)
    if (worktree === undefined) return [ok('setup', 'no worktree here: nothing is recorded, only read'), ...checkpoints]
    if (!isSetUp(home)) return [NOT_SET_UP, ...checkpoints]
    const [worktrees, { settings }] = await Promise.all([listWorktrees(repository), readSettings(repository)])
    return [
      ...await checkInstallation(repository, worktrees, examination),
      ...diagnoseRecords(readRecords(repository, opened, worktrees,
        { now: examination.now, strategy: settings.strategy })),
      ...checkpoints,
      ...await checkSharing(repository, opened, settings),
    ]
  } finally {
    opened.store?.close()
  }
}

async function checkInstallation(
  repository: Repository, worktrees: readonly Worktree[], examination: Examination,
): Promise<readonly Check[]> {
  removeOldProbes(repository.home, examination.now)
  const { probe, reason } = tryToOpenProbe(repository.home)
  try {
    const facts = await examineInstallation(repository, worktrees, examination, probe)
    return [...diagnoseInstallation(facts), ...reason === undefined ? [] : [cannotProbe(reason)]]
  } finally {
    probe?.close()
  }
}

function tryToOpenProbe(home: string): { readonly probe?: Probe; readonly reason?: string } {
  try {
    return { probe: openProbe(home) }
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

async function checkCheckpoints(repository: Repository, { store }: OpenedStore): Promise<readonly Check[]> {
  const objects = openObjectReader(repository)
  try {
    return diagnoseCheckpoints(await examineCheckpoints(repository, objects, store))
  } finally {
    objects.close()
  }
}

async function checkSharing(
  repository: Repository, { store }: OpenedStore, settings: Settings,
): Promise<readonly Check[]> {
  const stored = await countStored(repository, (await listRefs(repository, CHECKPOINTS_REF)).get(CHECKPOINTS_REF))
  const indexed = store?.get<{ count: number }>('SELECT count(*) AS count FROM checkpoints')?.count ?? stored
  return [...diagnoseIndex(stored, indexed), ...diagnoseSharing(await readPushState(repository, settings))]
}

/** Nobody else reads what is private, and Git runs our hooks. Gives back what was changed. */
export async function repairRights(repository: Repository): Promise<readonly string[]> {
  const exposed = listExposed(repository.home)
  for (const { path, mode } of exposed) chmodSync(path, mode)
  const { hooks } = await readInstalledHooks(repository, await readGitVersion(repository))
  const stopped = hooks.filter(({ state }) => state === 'not-executable').map(({ path }) => path)
  for (const path of stopped) {
    const { mode } = statSync(path)
    // Whoever may read it may run it.
    chmodSync(path, mode | ((mode & 0o444) >> 2))
  }
  return [...exposed.map(({ path }) => path), ...stopped]
}

/** A drain that was to be started and never came would keep hooks from starting another for a minute. */
export function clearOldClaim(home: string, now: Millis): void {
  if (hasOldClaim(home, now)) rmSync(claimPath(home), { force: true })
}
