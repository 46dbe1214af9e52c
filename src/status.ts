// Looks at everything that `git bitloops status` tells. Reads only, and little: it is run in prompts of shells.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openObjectReader } from './git/cat-file.ts'
import { readSettings } from './git/config.ts'
import type { ConfigAndHooks } from './git/config.ts'
import { mainWorktree } from './git/repository.ts'
import type { Repository } from './git/repository.ts'
import { DOCTOR_HINT } from './model/absence.ts'
import { CHECKPOINTS_REF } from './model/checkpoint.ts'
import type { Millis } from './model/event.ts'
import { findSharingProblem } from './model/push-state.ts'
import type { PushState } from './model/push-state.ts'
import type { StatusReport, StatusWarning, StoreOverview } from './model/status-report.ts'
import { countOf, formatAge } from './model/text-layout.ts'
import { agentsIn } from './store/agents-here.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import { readOverview, readPendingPaths } from './store/overview.ts'
import { readPushState } from './store/push-state.ts'
import { readLiveStore } from './store/read-live.ts'
import { namesIn, readText } from './store/readable.ts'

/** `config` is asked by the caller, while Git still looks for the repository. */
export async function readStatus(repository: Repository, config: ConfigAndHooks, now: Millis): Promise<StatusReport> {
  const isSetUp = existsSync(join(repository.home, 'agent-hook'))
  const capture = await readCapture(repository, isSetUp, config)
  // Git looks for what waits while the live store is read.
  const [sharing, hooks, store] = await Promise.all([
    isSetUp ? readSharing(repository, config) : undefined,
    isSetUp ? findMissingHooks(repository, config) : [],
    readStore(repository, now),
  ])
  const { overview } = store
  const place = describePlace(repository)
  return {
    ...capture,
    ...place === undefined ? {} : { place },
    agents: isSetUp ? agentsIn(repository) : [],
    ...overview === undefined ? {} : { store: overview },
    hasUncounted: overview === undefined && await hasCheckpoints(repository),
    ...sharing === undefined ? {} : { sharing },
    warnings: isSetUp
      ? [
        ...hooks, ...store.warnings, ...findUnpublished(sharing),
        ...findStuck(repository.home, now), ...findFailures(repository.home, now),
      ]
      : [],
  }
}

async function readSharing(repository: Repository, { values }: ConfigAndHooks): Promise<PushState> {
  const { settings } = await readSettings(repository, values)
  return await readPushState(repository, settings)
}

function findUnpublished(sharing: PushState | undefined): readonly StatusWarning[] {
  const problem = sharing === undefined ? undefined : findSharingProblem(sharing)
  return problem === undefined ? [] : [{ code: 'sharing', ...problem }]
}

async function readCapture(
  repository: Repository, isSetUp: boolean, { values }: ConfigAndHooks,
): Promise<Pick<StatusReport, 'capture' | 'by'>> {
  if (!isSetUp) return { capture: 'not set up' }
  const { settings, sources } = await readSettings(repository, values)
  if (!settings.enabled) return { capture: 'disabled', by: sources.get('enabled') ?? 'settings' }
  return { capture: existsSync(join(repository.home, 'disabled')) ? 'disabled' : 'enabled' }
}

async function readStore(
  repository: Repository, now: Millis,
): Promise<{ overview?: StoreOverview; warnings: readonly StatusWarning[] }> {
  const { home, worktree } = repository
  const reading = await readLiveStore(home, (store) => ({
    overview: readOverview(store, now),
    pending: worktree === undefined ? [] : readPendingPaths(store, worktree, now),
  }))
  if (reading.kind === 'none') return { warnings: [] }
  if (reading.kind === 'unusable') return { warnings: [{ code: 'store', message: reading.reason, hint: DOCTOR_HINT }] }
  const { overview, pending } = reading.value
  const waiting = overview.waiting.map((commit): StatusWarning => ({
    code: 'waiting', message: `the checkpoint of commit ${commit.slice(0, 10)} is not written yet`, hint: DOCTOR_HINT,
  }))
  const unlinked = pending.length === 0 ? [] : await findUnlinked(repository, pending, now)
  return { overview, warnings: [...waiting, ...unlinked] }
}

/** The last commit holds files that a session edited, but no link leads from it. */
async function findUnlinked(
  repository: Repository, pending: readonly string[], now: Millis,
): Promise<readonly StatusWarning[]> {
  const objects = openObjectReader(repository)
  try {
    const reader = openCheckpointReader(objects)
    const head = await reader.resolve('HEAD')
    if (head === undefined || (await reader.checkpointsOf(head.oid)).length > 0) return []
    const { listChangedPaths } = await import('./git/history.ts')
    const changed = new Set(await listChangedPaths(repository, head.oid))
    const path = pending.find((each) => changed.has(each))
    return path === undefined ? [] : [{
      code: 'unlinked',
      message: `the last commit (${head.oid.slice(0, 10)}, ${formatAge(head.committedAt, now)}) has no checkpoint, `
        + `though a session edited ${path}`,
      hint: DOCTOR_HINT,
    }]
  } finally {
    objects.close()
  }
}

async function hasCheckpoints(repository: Repository): Promise<boolean> {
  const objects = openObjectReader(repository)
  try {
    return (await objects.read(CHECKPOINTS_REF)) !== undefined
  } finally {
    objects.close()
  }
}

function describePlace(repository: Repository): string | undefined {
  if (repository.worktree === undefined) return 'bare; nothing is recorded here, explain and log work'
  if (repository.gitDir !== repository.commonDir) {
    return `linked worktree of ${mainWorktree(repository) ?? repository.commonDir}`
  }
  return repository.gitDir.includes('/.git/modules/') ? 'submodule, set up apart from what is around it' : undefined
}

/** The usual place first; only when it holds nothing of ours, Git is asked where else hooks may be. */
async function findMissingHooks(
  repository: Repository, { hasHooksPath }: ConfigAndHooks,
): Promise<readonly StatusWarning[]> {
  const { worktree, commonDir } = repository
  if (worktree === undefined || (!hasHooksPath && isHook(join(commonDir, 'hooks', 'post-commit')))) return []
  const { findHooksPlace, hasConfigHooks } = await import('./git/hooks.ts')
  const { folder } = await findHooksPlace(repository)
  if (isHook(join(folder, 'post-commit')) || await hasConfigHooks(repository)) return []
  return [{
    code: 'hooks',
    message: 'the Git hooks are missing: a commit is linked only by the next git bitloops command',
    hint: 'git bitloops init puts them back',
  }]
}

const isHook = (path: string): boolean => readText(path).includes('bitloops')

/** What lies here longer than this was not taken in by the drain that should have been. */
const STUCK_MS = 60_000
const MAX_NAMES = 1000

function findStuck(home: string, now: Millis): readonly StatusWarning[] {
  const folder = join(home, 'inbox', 'new')
  const stuck = namesIn(folder).slice(0, MAX_NAMES).filter((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })
    return found !== undefined && now - found.mtimeMs > STUCK_MS
  }).length
  const unreadable = namesIn(join(home, 'inbox', 'quarantine')).length
  const payloads = (count: number): string => countOf(count, 'payload')
  return [
    ...stuck === 0 ? [] : [{ code: 'inbox', message: `${payloads(stuck)} of agents not taken in`, hint: DOCTOR_HINT }],
    ...unreadable === 0 ? []
      : [{ code: 'quarantine', message: `${payloads(unreadable)} of agents made no sense`, hint: DOCTOR_HINT }],
  ]
}

const RECENT_MS = 7 * 24 * 3_600_000

/** The last failure of a hook, and how many there were in a week. */
function findFailures(home: string, now: Millis): readonly StatusWarning[] {
  const recent = readText(join(home, 'log')).split('\n').flatMap((line) => {
    const [time = '', where = '', message = ''] = line.split('\t')
    const at = Date.parse(time)
    return now - at < RECENT_MS ? [{ at, where, message }] : []
  })
  const last = recent.at(-1)
  return last === undefined ? [] : [{
    code: 'failure',
    message: `${last.where} failed ${formatAge(last.at, now)}: ${last.message}`
      + (recent.length === 1 ? '' : ` (${recent.length} failures in a week)`),
    hint: DOCTOR_HINT,
  }]
}
