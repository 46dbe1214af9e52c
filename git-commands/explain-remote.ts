// The part of `git bitloops explain` that asks a remote. A file of its own, since few need it.

import { explainRemote } from '../src/explain-remote.ts'
import type { RemoteExplainRequest } from '../src/explain-remote.ts'
import { BitloopsError } from '../src/errors.ts'
import { openCredentials } from '../src/git/credentials.ts'
import { loadNodeHttp, openRemoteObjects, withoutPassword } from '../src/git/isomorphic-source.ts'
import { findRemoteUrl } from '../src/git/remotes.ts'
import { ownEnvironment } from '../src/git/repository.ts'
import type { CommitExplanation } from '../src/model/explanation.ts'
import type { Io } from './io.ts'

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
  const progress = openProgress(io, withoutPassword(url))
  try {
    const objects = await openRemoteObjects(url, {
      http: await loadNodeHttp(), credentials: openCredentials(place, io.isTerminal), onBytes: progress.tell,
    })
    return await explainRemote(objects, request)
  } finally {
    progress.end()
  }
}

const PATIENCE_MS = 1000
const STEP_MS = 200

/** A line for somebody who waits longer than a second. */
function openProgress(io: Io, name: string): { tell(bytes: number): void; end(): void } {
  let last = io.now() + PATIENCE_MS - STEP_MS
  let shown = false
  return {
    tell(bytes) {
      if (!io.isTerminal || io.now() < last + STEP_MS) return
      last = io.now()
      shown = true
      io.err(`\rReading ${name}: ${(bytes / 2 ** 20).toFixed(1)} MiB`)
    },
    end() { if (shown) io.err('\r\u001b[K') },
  }
}
