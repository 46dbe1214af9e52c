// Asks the remote for what is not here: checkpoints, and branches where a name is not known. For commands that must
// not call something missing that only was not fetched.

import { BitloopsError } from '../src/errors.ts'
import { fetch } from '../src/fetch.ts'
import { fetchBranches } from '../src/git/remote.ts'
import { guessRemote, listRemotes } from '../src/git/remotes.ts'
import { readSettings } from '../src/git/config.ts'
import type { Repository } from '../src/git/repository.ts'
import type { Io } from './io.ts'
import { inExchange } from './open-exchange.ts'

export type Brought =
  | { readonly kind: 'brought'; readonly remote: string }
  | { readonly kind: 'no-remote' }
  | { readonly kind: 'failed'; readonly remote: string; readonly reason: string }

const BOUND_MS = 30_000

export async function bringCheckpoints(
  io: Io, repository: Repository, wanted: { readonly branches: boolean },
): Promise<Brought> {
  const { settings } = await readSettings(repository)
  const remote = settings.remote ?? await guessRemote(repository, await listRemotes(repository))
  if (remote === undefined) return { kind: 'no-remote' }
  const talk = { timeoutMs: BOUND_MS, mayAsk: io.isTerminal }
  if (wanted.branches) {
    const answer = await fetchBranches(repository, remote, talk)
    if (answer.kind === 'failed') return { kind: 'failed', remote, reason: answer.reason }
  }
  try {
    const fetched = await inExchange(io, repository, { boundMs: BOUND_MS, mayAsk: io.isTerminal }, (exchange) =>
      fetch(exchange, remote))
    if (fetched.kind === 'failed') return { kind: 'failed', remote, reason: fetched.reason }
    for (const warning of fetched.warnings) io.err(`warning: ${warning}\n`)
    return { kind: 'brought', remote }
  } catch (error) {
    if (!(error instanceof BitloopsError) || error.code !== 'unknown-remote') throw error
    return { kind: 'failed', remote, reason: error.message }
  }
}
