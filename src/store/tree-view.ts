// The tree of checkpoints as it will be: a tip with edits on top of it that are not written yet.

import { parseTree } from '../git/objects.ts'
import type { ObjectReader } from '../git/objects.ts'
import { linkPath, linksPath, checkpointPath } from '../model/checkpoint.ts'
import { parseCheckpointRecord, parseLink } from '../model/checkpoint-text.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { linksIn } from '../model/note-projection.ts'
import type { NotedCheckpoint } from '../model/note-projection.ts'
import type { TreeEdits } from '../model/union.ts'
import { rememberTrees } from './notes.ts'

export interface TreeView {
  /** The checkpoints that a commit is linked to, with what their notes say; those that cannot be read have no lines. */
  notedOf(
    commit: Oid,
  ): Promise<{ readonly linked: readonly NotedCheckpoint[]; readonly unlinked: readonly CheckpointId[] }>
}

/** A commit rewritten more often than this is not followed to where its checkpoint lies. */
const MAX_REWRITES = 100

export function viewTree(
  reader: ObjectReader, tip: Oid | undefined, { write, remove }: Pick<TreeEdits, 'write' | 'remove'>,
): TreeView {
  const written = new Map(write.map(({ path, oid }) => [path, oid]))
  const removed = new Set(remove)
  const namesWritten = namesByFolder(written.keys())
  const trees = rememberTrees(reader)

  const names = async (folder: string): Promise<readonly string[]> => {
    const before = tip === undefined ? undefined : await trees(`${tip}:${folder}`)
    const entries = before === undefined ? [] : parseTree(before)
    const kept = entries.map(({ name }) => name).filter((name) => !removed.has(`${folder}/${name}`))
    return [...new Set([...kept, ...namesWritten.get(folder) ?? []])]
  }
  const text = async (path: string): Promise<string | undefined> => {
    if (removed.has(path)) return undefined
    const name = written.get(path) ?? (tip === undefined ? undefined : `${tip}:${path}`)
    const object = name === undefined ? undefined : await reader.read(name)
    return object?.type === 'blob' ? object.body.toString('utf8') : undefined
  }
  const linesOf = async (commit: Oid, checkpoint: CheckpointId): Promise<readonly string[]> => {
    const seen = new Set<Oid>()
    let next: Oid | undefined = commit
    while (next !== undefined && !seen.has(next) && seen.size < MAX_REWRITES) {
      seen.add(next)
      const session = await text(`${checkpointPath(next, checkpoint)}/session.json`)
      if (session !== undefined) {
        const record = parseCheckpointRecord(session)
        return record.kind === 'value' && record.value.id === checkpoint ? record.value.note : []
      }
      const link = parseLink(await text(linkPath(next, checkpoint)) ?? '', next, checkpoint)
      next = link.kind === 'value' ? link.value.origin ?? link.value.from : undefined
    }
    return []
  }
  return {
    async notedOf(commit) {
      const { linked, unlinked } = linksIn(await names(linksPath(commit)))
      return {
        unlinked,
        linked: await Promise.all(linked.map(async (id) => ({ id, lines: await linesOf(commit, id) }))),
      }
    },
  }
}

function namesByFolder(paths: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const end = path.lastIndexOf('/')
    const folder = path.slice(0, end)
    const names = folders.get(folder)
    if (names === undefined) folders.set(folder, [path.slice(end + 1)])
    else names.push(path.slice(end + 1))
  }
  return folders
}
