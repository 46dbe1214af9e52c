// What a commit's note has to say: the frozen lines of the checkpoints linked to it, and the lines that others wrote.

import { cleanLine } from './clean.ts'
import type { CheckpointId } from './ids.ts'
import { isCheckpointId, isOid } from './ids.ts'
import type { Oid } from './ids.ts'
import { uniteNote } from './note.ts'

export interface NotedCheckpoint {
  readonly id: CheckpointId
  /** As session.json has them; it may come from anybody. */
  readonly lines: readonly string[]
}

const LONGEST_LINE = 300

/**
 * The note's text; undefined when there is nothing to say. Of `existing` go the lines of `dropped` checkpoints
 * (purged, or no longer linked to the commit); all else that somebody wrote stays.
 */
export function projectNote(
  existing: string, linked: readonly NotedCheckpoint[], dropped: ReadonlySet<CheckpointId>,
): string | undefined {
  const frozen = linked.flatMap(({ id, lines }) => lines.filter((line) => isLineOf(line, id)))
    .map((line) => cleanLine(line, LONGEST_LINE))
  const kept = existing.split('\n').filter((line) => !dropped.has(checkpointOf(line)))
  const text = uniteNote(frozen.join('\n'), kept)
  return text === '\n' ? undefined : text
}

const isLineOf = (line: string, id: CheckpointId): boolean => line.startsWith(`${id} `) && /^\d\d /.test(line.slice(27))

const checkpointOf = (line: string): CheckpointId => line.slice(0, line.indexOf(' ')) as CheckpointId

/** The commit that a path in the tree of notes belongs to, at any fan-out. */
export function notedCommit(path: string): Oid | undefined {
  const oid = path.replaceAll('/', '')
  return isOid(oid) && /^(?:[0-9a-f]{2}\/)*[0-9a-f]+$/.test(path) ? oid : undefined
}

/** The ids in a list of names like `<id>.json` that no `<id>.unlink` stands beside, and those that one does. */
export function linksIn(
  names: readonly string[],
): { readonly linked: readonly CheckpointId[]; readonly unlinked: readonly CheckpointId[] } {
  const idsWith = (end: string): readonly CheckpointId[] =>
    names.flatMap((name) => name.endsWith(end) ? [name.slice(0, -end.length)] : []).filter(isCheckpointId)
  const unlinked = idsWith('.unlink')
  return { linked: idsWith('.json').filter((id) => !unlinked.includes(id)), unlinked }
}
