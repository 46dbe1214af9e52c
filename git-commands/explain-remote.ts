// The part of `git bitloops explain` that asks a remote. A file of its own, since few need it.

import { explainRemote } from '../src/explain-remote.ts'
import type { RemoteExplainRequest } from '../src/explain-remote.ts'
import { BitloopsError } from '../src/errors.ts'
import { openCredentials } from '../src/git/credentials.ts'
import type { GitPlace } from '../src/git/git.ts'
import { loadNodeHttp, openRemoteObjects, withoutPassword } from '../src/git/isomorphic-source.ts'
import { findProxySetting, findRemoteUrl } from '../src/git/remotes.ts'
import { ownEnvironment } from '../src/git/repository.ts'
import type { CommitExplanation } from '../src/model/explanation.ts'
import type { Io } from './io.ts'
import { openProgress } from './progress.ts'

/** `remote`: a URL, or the name of a remote of the repository here. */
export async function explainRemotely(
  io: Io, remote: string, request: RemoteExplainRequest,
): Promise<CommitExplanation> {
  if (request.target?.includes('..') === true) {
    throw new BitloopsError('usage', 'a remote is asked for one commit, not for a range')
  }
  const place = { cwd: io.cwd, env: ownEnvironment(io.env) }
  const url = await findRemoteUrl(place, remote)
  if (!/[:/]/.test(url)) {
    throw new BitloopsError('remote-failed', `'${url}' is neither a remote of this repository nor a URL`)
  }
  const progress = openProgress(io)
  const name = withoutPassword(url)
  try {
    const objects = await openRemoteObjects(url, {
      http: await loadNodeHttp(), credentials: openCredentials(place, io.isTerminal),
      onBytes: (bytes) => { progress.tell(`Reading ${name}: ${(bytes / 2 ** 20).toFixed(1)} MiB`) },
    })
    return await explainRemote(objects, request)
  } catch (error) {
    throw await hintAtProxy(place, url, error)
  } finally {
    progress.end()
  }
}

/** We talk to the remote ourselves, and know of no proxies: that may be why it failed. */
async function hintAtProxy(place: GitPlace, url: string, error: unknown): Promise<unknown> {
  if (!(error instanceof BitloopsError) || error.code !== 'remote-failed' || error.hint !== undefined) return error
  const setting = await findProxySetting(place, url)
  return setting === undefined ? error : new BitloopsError('remote-failed', error.message,
    `${setting} is set, and explain --remote uses no proxy; git bitloops fetch does, in a clone`)
}
