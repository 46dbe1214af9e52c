// Puts Git hooks back that something took away while an agent is at work, and says so once, where doctor looks.

import type { Repository } from '../src/git/repository.ts'
import { init } from '../src/init.ts'
import type { Log } from '../src/log.ts'
import { programPaths } from './io.ts'

/**
 * `repository` has a working tree. Where hooks lie elsewhere, init finds nothing to do; it never asks, and looks for no
 * other agents than those that were set up.
 */
export async function healHooks(repository: Repository, log: Log): Promise<void> {
  const { changed } = await init(repository, {
    agents: [], local: false, project: false, chosen: {}, paths: programPaths(), consent: async () => false,
  })
  if (changed) log('hooks', 'hooks of git-bitloops were gone or changed; they are back')
}
