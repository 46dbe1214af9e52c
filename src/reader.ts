// `git-bitloops/reader`: reads the reasoning behind commits straight from a remote, for editors and web pages. Nothing
// of Node is needed but `Buffer`, as isomorphic-git needs it. The HTTP client is given: `isomorphic-git/http/web`, or
// `…/node`.

import { openRemoteObjects } from './git/isomorphic-source.ts'
import type { RemoteOptions } from './git/isomorphic-source.ts'
import type { CommitExplanation } from './model/explanation.ts'
import type { Oid } from './model/ids.ts'
import type { NoteLine } from './model/note-reader.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import { readLinked } from './store/read-linked.ts'
import type { WantedEntries } from './store/read-linked.ts'

export { BitloopsError } from './errors.ts'
export type { HttpClient } from './git/bounded-http.ts'
export type { Credential, CredentialSource, RemoteOptions } from './git/isomorphic-source.ts'
export { isOid } from './model/ids.ts'
export type { Oid } from './model/ids.ts'

export interface RemoteReader {
  /** All refs of the remote and the commits they point to. */
  readonly refs: ReadonlyMap<string, Oid>
  /** The checkpoints of a commit, in order, and those that are linked to it but cannot be read. */
  readCheckpoints(
    commit: Oid, options?: { readonly entries?: WantedEntries },
  ): Promise<Pick<CommitExplanation, 'checkpoints' | 'lost'>>
  readNote(commit: Oid): Promise<readonly NoteLine[]>
  /** Commits that have reasoning and whose ids begin so. */
  findCommits(beginning: string): Promise<readonly Oid[]>
}

/**
 * Fetches what the remote has published of its checkpoints into memory, by default at most 256 MiB. What is
 * published later is not seen. Texts are as they were published: clean or escape them before you show them.
 */
export async function openRemote(url: string, options: RemoteOptions): Promise<RemoteReader> {
  const objects = await openRemoteObjects(url, options)
  const reader = openCheckpointReader(objects)
  return {
    refs: objects.refs,
    readCheckpoints: async (commit, { entries = 'none' } = {}) =>
      await readLinked(reader, await reader.checkpointsOf(commit), entries),
    readNote: reader.readNote,
    findCommits: reader.findCommits,
  }
}
