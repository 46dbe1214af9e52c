// Which edits of old sessions a commit holds. Nobody saw the commit being made: the lines, the path and the time have
// to show it, and the longer ago an edit was, the more of its lines. Pure.

import type { ChangedPath, FilePatch } from './diff.ts'
import type { Millis } from './event.ts'
import type { EventId } from './ids.ts'
import { bagOf, countIn, isTelling, reaches } from './line-match.ts'
import type { EditLines } from './line-match.ts'
import type { PendingEdit } from './promotion.ts'

export interface OldEdit extends PendingEdit {
  readonly event: EventId
  readonly at: Millis
  /** SHA-256 of the whole text that it left, where the tool tells. */
  readonly after?: string
  /** Until then; a part of the edit is in a commit already. */
  readonly until?: Millis
}

export interface OldCommit {
  readonly authoredAt: Millis
  readonly committedAt: Millis
  readonly changed: readonly ChangedPath[]
  /** By path. */
  readonly patches: ReadonlyMap<string, FilePatch>
  /** SHA-256 of the text in the commit, by path, where it was asked for. */
  readonly digests: ReadonlyMap<string, string>
}

const DAY_MS = 24 * 3_600_000
/** Work is committed (or squashed into a commit) within this time, or its commit is not looked for. */
export const WINDOW_MS = 30 * DAY_MS
/** Where no lines are known, the path alone must do. */
const PATH_WINDOW_MS = 2 * DAY_MS
/** One line in common is enough for so long. */
const NEAR_MS = DAY_MS
/** Later it takes so many, or half of the edit. */
const MANY_LINES = 3
/** What a commit left of an edit is mostly given up; `git add -p` splits it within a short time. */
const REST_MS = DAY_MS
/** Commits know whole seconds only. */
export const LAST_MS_OF_SECOND = 999

/** The edits that the commit holds. */
export function findHeld(commit: OldCommit, edits: readonly OldEdit[]): readonly OldEdit[] {
  const byPath = new Map<string, ChangedPath>()
  for (const changed of commit.changed) {
    byPath.set(changed.path, changed)
    if (changed.from !== undefined) byPath.set(changed.from, changed)
  }
  return edits.filter((edit) => {
    const changed = byPath.get(edit.path) ?? (edit.from === undefined ? undefined : byPath.get(edit.from))
    return changed !== undefined && edit.evidence !== 'unknown' && isHeld(edit, changed, commit)
  })
}

function isHeld(edit: OldEdit, changed: ChangedPath, commit: OldCommit): boolean {
  const age = ageOf(edit, commit)
  if (age < 0 || age > WINDOW_MS || commit.committedAt > (edit.until ?? Infinity)) return false
  const removes = edit.change === 'delete' || edit.change === 'rename'
  if (changed.change === 'delete') return removes && age <= PATH_WINDOW_MS
  const patch = commit.patches.get(changed.path)
  if (edit.change === 'delete') return false
  if (edit.lines === undefined || patch === undefined || patch.binary) return isSameFile(edit, changed, commit, age)
  if (!hasLines(edit.lines)) return edit.change !== 'modify' && age <= PATH_WINDOW_MS
  const bags = { added: bagOf(patch.added), removed: bagOf(patch.removed) }
  return reaches(edit.lines, bags) && (age <= NEAR_MS || holdsMany(edit.lines, bags))
}

/** How long before the commit the edit was made; less than 0: after it. An amend or rebase keeps the author's time. */
function ageOf({ at }: OldEdit, { authoredAt, committedAt }: OldCommit): Millis {
  if (at > committedAt + LAST_MS_OF_SECOND) return -1
  const since = (time: Millis): Millis => Math.max(0, time - at)
  return authoredAt > 0 && authoredAt < committedAt && at <= authoredAt + WINDOW_MS
    ? Math.min(since(authoredAt), since(committedAt)) : since(committedAt)
}

/** Without lines, the whole text tells; else the path must do, of a file that is new or whose texts nobody knows. */
function isSameFile(edit: OldEdit, changed: ChangedPath, { digests }: OldCommit, age: Millis): boolean {
  const text = digests.get(changed.path)
  if (edit.after !== undefined && edit.after === text) return true
  const mayBe = edit.after === undefined || text === undefined || changed.change === 'create'
  return mayBe && age <= PATH_WINDOW_MS
}

const hasLines = ({ added, removed }: EditLines): boolean => added.length + removed.length > 0

function holdsMany(edit: EditLines, commit: Parameters<typeof reaches>[1]): boolean {
  const [added, removed] = [edit.added.filter(isTelling), edit.removed.filter(isTelling)]
  const common = countIn(added, commit.added) + countIn(removed, commit.removed)
  return common >= MANY_LINES || 2 * common >= added.length + removed.length
}

/** What of an edit a later commit may still hold; undefined: nothing. */
export function restOf(edit: OldEdit, commit: OldCommit): OldEdit | undefined {
  const patch = commit.changed.flatMap(({ path, from }) =>
    path === edit.path || from === edit.path ? commit.patches.get(path) ?? [] : [])[0]
  if (edit.lines === undefined || patch === undefined || patch.binary) return undefined
  const lines = { added: without(edit.lines.added, patch.added), removed: without(edit.lines.removed, patch.removed) }
  if (!lines.added.some(isTelling) && !lines.removed.some(isTelling)) return undefined
  return { ...edit, lines, until: Math.min(edit.until ?? Infinity, commit.committedAt + REST_MS) }
}

/** Each line that is taken away counts once. */
function without(lines: readonly string[], taken: readonly string[]): readonly string[] {
  const left = new Map(bagOf(taken))
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    if (count > 0) left.set(line, count - 1)
    return count === 0
  })
}

/**
 * Up to when the sessions' words belong to the commit: an amend or a rebase may come much later than the work, whose
 * end the author's time or the last edit tells.
 */
export function cutoffOf({ authoredAt, committedAt }: OldCommit, held: readonly OldEdit[]): Millis {
  const worked = held.reduce((last, { at }) => Math.max(last, at), authoredAt)
  return Math.min(worked, committedAt) + LAST_MS_OF_SECOND
}
