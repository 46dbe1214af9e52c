// `git bitloops fetch [<remote>]`

import { BitloopsError } from '../src/errors.ts'
import { fetch } from '../src/fetch.ts'
import { readSettings } from '../src/git/config.ts'
import { openRepository } from '../src/git/repository.ts'
import { countOf } from '../src/model/text-layout.ts'
import type { Gathered } from '../src/store/exchange.ts'
import type { Run } from './io.ts'
import { chooseRemote, inExchange } from './open-exchange.ts'

const BOUND_MS = 120_000

export const run: Run = async (io, [named]) => {
  const repository = await openRepository(io.cwd, io.env)
  const { settings } = await readSettings(repository)
  const remote = await chooseRemote(repository, settings, named)
  const fetched = await inExchange(io, repository, { boundMs: BOUND_MS, mayAsk: io.isTerminal }, (exchange) => fetch(exchange, remote))
  if (fetched.kind === 'failed') {
    throw new BitloopsError('remote-failed', `nothing was fetched from ${remote}: ${fetched.reason}`, 'what is here is as it was')
  }
  for (const warning of fetched.warnings) io.err(`warning: ${warning}\n`)
  io.out(formatGathered(fetched, remote))
  return fetched.isWhole ? 0 : 1
}

export function formatGathered({ added, removed, changed, isWhole }: Gathered, remote: string): string {
  if (!isWhole) return 'Fetched, but others were always faster with the refs; the next command brings it together.\n'
  const purged = removed === 0 ? '' : ` ${countOf(removed, 'checkpoint')} went, since they were purged.`
  if (added > 0) return `Fetched ${countOf(added, 'checkpoint')} from ${remote}.${purged}\n`
  return changed ? `Fetched links and notes from ${remote}.${purged}\n` : `Nothing new at ${remote}.\n`
}
