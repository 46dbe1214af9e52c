// Brings the checkpoints and notes of a remote here and unites them with ours. Nothing that is here is lost by it.

import { BitloopsError } from './errors.ts'
import { listRemotes } from './git/remotes.ts'
import { fetchAndUnite } from './store/exchange.ts'
import type { Exchange, Gathered } from './store/exchange.ts'

export type Fetched =
  | Gathered
  | { readonly kind: 'failed'; readonly reason: string; readonly timedOut: boolean }

/** Throws `usage` for what is no remote of this repository. */
export async function fetch(exchange: Exchange, remote: string): Promise<Fetched> {
  const remotes = await listRemotes(exchange.repository)
  if (!remotes.some(({ name }) => name === remote)) {
    throw new BitloopsError(
      'unknown-remote', `'${remote}' is not a remote of this repository`, 'git remote -v lists them')
  }
  return await fetchAndUnite(exchange, remote)
}
