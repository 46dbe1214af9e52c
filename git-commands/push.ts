// `git bitloops push [<remote>]`

import { BitloopsError } from '../src/errors.ts'
import { readSettings } from '../src/git/config.ts'
import { openRepository } from '../src/git/repository.ts'
import { countOf, formatBytes } from '../src/model/text-layout.ts'
import { push } from '../src/push.ts'
import type { Pushed } from '../src/push.ts'
import { catchUpIfStale } from './fresh.ts'
import type { Io, Run } from './io.ts'
import { chooseRemote, inExchange } from './open-exchange.ts'

const BOUND_MS = 60_000
const WAITING = 'what is here stays queued; git bitloops push tries again'

export const run: Run = async (io, [named]) => {
  const repository = await openRepository(io.cwd, io.env)
  await catchUpIfStale(io, repository)
  const { settings } = await readSettings(repository)
  const remote = await chooseRemote(repository, settings, named)
  const pushed = await inExchange(io, repository, { boundMs: BOUND_MS, mayAsk: io.isTerminal }, (exchange) =>
    push(exchange, remote))
  for (const warning of pushed.warnings) io.err(`warning: ${warning}\n`)
  return tell(io, pushed, remote)
}

function tell(io: Io, pushed: Pushed, remote: string): number {
  switch (pushed.kind) {
    case 'published':
      io.out(
        `Published ${countOf(pushed.checkpoints, 'checkpoint')} (${formatBytes(pushed.sizeBytes)}) to ${remote}.\n`)
      return 0
    case 'up-to-date':
      io.out(`${remote} has all checkpoints.\n`)
      return 0
    case 'nothing':
      io.out('There are no checkpoints here to publish.\n')
      return 0
    case 'refused':
      io.err(`error: ${remote} does not take checkpoints: ${pushed.reason}\n`
        + 'hint: they stay here; another remote may take them: git bitloops init --remote <name>\n')
      return 1
    case 'failed':
      throw new BitloopsError('remote-failed', `nothing was published at ${remote}: ${pushed.reason}`, WAITING)
    case 'out-of-time':
      throw new BitloopsError('remote-failed', `others were always faster at ${remote}`, WAITING)
  }
}
