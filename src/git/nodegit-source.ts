// Reads objects in this process, through libgit2: for programs that live long and read much. Optional: nodegit is built
// from source (make nodegit), and does not open every repository. The only file that loads it, and only when called.

import { createRequire } from 'node:module'
import type { Oid } from '../model/ids.ts'
import type { GitObject, ObjectReader } from './objects.ts'
import type { Repository } from './repository.ts'

/** As much of nodegit as we use. */
interface Nodegit {
  readonly Repository: { open(path: string): Promise<NodegitRepository> }
  readonly Revparse: { single(repository: NodegitRepository, name: string): Promise<{ id(): NodegitOid }> }
}
interface NodegitOid {
  tostrS(): string
}
interface NodegitObject {
  type(): number
  size(): number
  data(): { toBuffer(size: number): Buffer }
}
interface NodegitRepository {
  odb(): Promise<{ read(oid: NodegitOid): Promise<NodegitObject> }>
  cleanup(): void
}

export type NativeObjects =
  | { readonly kind: 'open'; readonly objects: ObjectReader }
  /** nodegit is not installed, or was not built for this version of Node. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** It refuses this repository: SHA-256, partial clones and reftable are beyond it. */
  | { readonly kind: 'refused'; readonly reason: string }

/** git_object_t */
const TYPES: Readonly<Record<number, GitObject['type']>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' }
/** git_error_code: GIT_ENOTFOUND, GIT_EAMBIGUOUS, GIT_EINVALIDSPEC, GIT_EPEEL. */
const NO_SUCH_NAME: readonly unknown[] = [-3, -5, -12, -19]

/** `from`: a file beside whose `node_modules` nodegit is looked for; default: this program's own. */
export async function openNativeObjects(
  repository: Repository, from: string = import.meta.filename,
): Promise<NativeObjects> {
  let nodegit: Nodegit
  try {
    nodegit = createRequire(from)('nodegit') as Nodegit
  } catch (error) {
    return { kind: 'absent', reason: firstLine(error) }
  }
  try {
    const opened = await nodegit.Repository.open(repository.worktree ?? repository.gitDir)
    return { kind: 'open', objects: readFrom(nodegit, opened, await opened.odb()) }
  } catch (error) {
    return { kind: 'refused', reason: firstLine(error) }
  }
}

function readFrom(
  { Revparse }: Nodegit, repository: NodegitRepository, odb: Awaited<ReturnType<NodegitRepository['odb']>>,
): ObjectReader {
  return {
    async read(name) {
      try {
        const oid = (await Revparse.single(repository, name)).id()
        const object = await odb.read(oid)
        const type = TYPES[object.type()]
        // A copy: the bytes go with the object that holds them.
        if (type === undefined) return undefined
        return { oid: oid.tostrS() as Oid, type, body: object.data().toBuffer(object.size()) }
      } catch (error) {
        if (NO_SUCH_NAME.includes((error as { errno?: unknown }).errno)) return undefined
        throw error
      }
    },
    close: () => { repository.cleanup() },
  }
}

const firstLine = (error: unknown): string => (error as Error).message.split('\n')[0]!
