// `git bitloops fetch [<remote>]`

import { existsSync } from 'node:fs'
import { BitloopsError } from '../src/errors.ts'
import { fetch } from '../src/fetch.ts'
import { readSettings } from '../src/git/config.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { countOf } from '../src/model/text-layout.ts'
import { relinkRange } from '../src/relink.ts'
import type { Gathered } from '../src/store/exchange.ts'
import { tellOpenRewind } from './fresh.ts'
import type { Io, Run } from './io.ts'
import { chooseRemote, inExchange } from './open-exchange.ts'
import { openWorkspace, promoteContextOf } from './workspace.ts'

const BOUND_MS = 120_000
const RELINK_BOUND_MS = 10_000

export const run: Run = async (io, [named]) => {
  const repository = await openRepository(io.cwd, io.env)
  tellOpenRewind(io, repository)
  const { settings } = await readSettings(repository)
  const remote = await chooseRemote(repository, settings, named)
  const fetched = await inExchange(io, repository, { boundMs: BOUND_MS, mayAsk: io.isTerminal }, (exchange) =>
    fetch(exchange, remote))
  if (fetched.kind === 'failed') {
    throw new BitloopsError(
      'remote-failed', `nothing was fetched from ${remote}: ${fetched.reason}`, 'what is here is as it was')
  }
  for (const warning of fetched.warnings) io.err(`warning: ${warning}\n`)
  io.out(formatGathered(fetched, remote))
  if (existsSync(repository.home)) await relinkHere(io, repository)
  return fetched.isWhole ? 0 : 1
}

/** Commits here that hold what linked ones hold, whose checkpoints may have come only now. */
async function relinkHere(io: Io, repository: Repository): Promise<void> {
  const workspace = await openWorkspace(io, repository)
  try {
    const { links = [] } = await relinkRange(promoteContextOf(io, workspace, RELINK_BOUND_MS), { by: 'fetch' })
    const count = new Set(links.map(({ commit }) => commit)).size
    if (count > 0) io.out(`Linked ${countOf(count, 'commit')} by what they hold; git bitloops explain tells how.\n`)
  } finally {
    workspace.close()
  }
}

export function formatGathered({ added, removed, changed, isWhole }: Gathered, remote: string): string {
  if (!isWhole) return 'Fetched, but others were always faster with the refs; the next command brings it together.\n'
  const purged = removed === 0 ? '' : ` ${countOf(removed, 'checkpoint')} went, since they were purged.`
  if (added > 0) return `Fetched ${countOf(added, 'checkpoint')} from ${remote}.${purged}\n`
  return changed ? `Fetched links and notes from ${remote}.${purged}\n` : `Nothing new at ${remote}.\n`
}
