// What commands that write need opened: the repository, its settings, the live store, a reader of objects, the log.

import { openObjectReader } from '../src/git/cat-file.ts'
import type { ObjectReader } from '../src/git/cat-file.ts'
import { readConfig, readSettings } from '../src/git/config.ts'
import { openRepository, ownEnvironment, repositoryOfHook } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { openLog } from '../src/log.ts'
import type { Log } from '../src/log.ts'
import type { Settings } from '../src/model/settings.ts'
import type { PromoteContext } from '../src/promote.ts'
import type { RecordContext } from '../src/record.ts'
import { loadLiveStore, openLiveStore } from '../src/store/live.ts'
import type { LiveStore } from '../src/store/live.ts'
import type { Io } from './io.ts'

export interface Workspace {
  readonly repository: Repository
  readonly settings: Settings
  readonly store: LiveStore
  readonly reader: ObjectReader
  readonly log: Log
  close(): void
}

/** Opens all of it side by side. Throws what `openRepository` and `openLiveStore` throw. */
export async function openWorkspace(io: Io, known?: Repository): Promise<Workspace> {
  const place = known ?? { cwd: io.cwd, env: ownEnvironment(io.env) }
  const reader = openObjectReader(place)
  try {
    // The database's module loads while git answers.
    const [repository, config] =
      await Promise.all([known ?? repositoryOf(io, reader), readConfig(place), loadLiveStore()])
    const [{ settings }, store] = await Promise.all([readSettings(repository, config), openLiveStore(repository.home)])
    const log = openLog({ home: repository.home, env: io.env, now: io.now })
    return { repository, settings, store, reader, log, close: () => { reader.close(); store.close() } }
  } catch (error) {
    reader.close()
    throw error
  }
}

/** Hooks of Git know where they are, and say it by a variable of their own; others ask git. */
async function repositoryOf(io: Io, reader: ObjectReader): Promise<Repository> {
  const home = io.env['BITLOOPS_HOOK_HOME']
  const head = home === undefined ? undefined : await reader.read('HEAD')
  return home === undefined || head === undefined ? await openRepository(io.cwd, io.env)
    : repositoryOfHook(io.cwd, io.env, home, head.oid)
}

export const recordContextOf = (io: Io, { repository, store, log }: Workspace): RecordContext =>
  ({ repository, store, log, userHome: io.env['HOME'] ?? '/', env: io.env, now: io.now })

export const promoteContextOf = (io: Io, workspace: Workspace, boundMs: number): PromoteContext => ({
  repository: workspace.repository, store: workspace.store, reader: workspace.reader, log: workspace.log,
  directory: workspace.settings.directory, now: io.now, deadline: io.now() + boundMs,
})
