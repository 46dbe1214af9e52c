// `git bitloops drain --home <dir>`: takes what agent hooks delivered into the live store. Started by the hooks
// themselves.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { drain } from '../src/drain.ts'
import type { Repository } from '../src/git/repository.ts'
import { openLog } from '../src/log.ts'
import { INSTALLED_HOOKS } from '../src/model/hook-file.ts'
import { BLOCK_BEGIN } from '../src/model/marked-block.ts'
import { BitloopsError } from '../src/errors.ts'
import { listLostHooks } from '../src/store/agents-here.ts'
import { readText } from '../src/store/readable.ts'
import type { Io } from './io.ts'

export const run = async (io: Io, args: readonly string[]): Promise<number> => {
  const home = args[args.indexOf('--home') + 1]
  if (!args.includes('--home') || home === undefined) throw new BitloopsError('usage', 'drain needs --home <dir>')
  // Nobody waits for it: a transcript of 200 MB is read in 120 MB of memory instead of 210, in the same time.
  setFlagsFromString('--optimize-for-size')
  const log = openLog({ home, env: io.env, now: io.now })
  try {
    await drain({ home, now: io.now, log }, () => recordAndPromote(io, home))
  } catch (error) {
    log('drain', (error as Error).message)
  }
  return 0
}

/** Loaded only now: the lease has to be there first. */
async function recordAndPromote(io: Io, home: string): Promise<void> {
  const [{ findRepository, openRepository, foreignEnvironment }, { openWorkspace, recordContextOf }] =
    await Promise.all([import('../src/git/repository.ts'), import('./workspace.ts')])
  const repository = await openRepository(dirname(home), foreignEnvironment(io.env))
  const workspace = await openWorkspace(io, { ...repository, home })
  try {
    if (!workspace.settings.enabled) {
      const { discardInbox } = await import('../src/store/inbox.ts')
      discardInbox(home)
      return
    }
    const { recordInbox } = await import('../src/record.ts')
    const { sessions } = await recordInbox({ ...recordContextOf(io, workspace), redact: true, patient: true })
    const [{ promoteBehind }, { worktreesOf }] =
      await Promise.all([import('./catch-up.ts'), import('../src/store/sessions.ts')])
    const worktrees = worktreesOf(workspace.store, sessions)
    await promoteBehind(io, workspace, worktrees)
    if (worktrees[0] === undefined || !mayBeLost(workspace.repository)) return
    const place = await findRepository(worktrees[0], foreignEnvironment(io.env))
    if (place?.home === home) await (await import('./heal-hooks.ts')).healHooks(place, workspace.log)
  } finally {
    workspace.close()
  }
}

/** Whether our lines are gone from a hook, by a look at a few files. True also where Git's hooks lie elsewhere. */
const mayBeLost = ({ commonDir, home }: Repository): boolean =>
  existsSync(join(home, 'program')) && (listLostHooks(home).length > 0
    || INSTALLED_HOOKS.some((name) => !readText(join(commonDir, 'hooks', name)).includes(BLOCK_BEGIN)))
