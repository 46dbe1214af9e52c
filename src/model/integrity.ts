// Whether what lies in the refs is what was written there: paths that only ever came, contents that fit their ids.

import { createHash } from 'node:crypto'
import { EPOCH_PATH, FORMAT_PATH } from './checkpoint.ts'
import type { CheckpointRecord, TranscriptSlice } from './checkpoint.ts'
import type { CheckpointId, Oid } from './ids.ts'
import { checkpointIdOf } from './ulid.ts'
import { placeOf } from './union.ts'

/** What a commit of the chain changed at a path, as one of its parents sees it. */
export interface PathChange {
  readonly path: string
  /** Undefined: it was not there, or is not there any more. */
  readonly before: Oid | undefined
  readonly after: Oid | undefined
}

export interface ChainStep {
  readonly commit: Oid
  readonly parents: number
  /** For each parent that differs; the first commit of a chain differs from nothing. */
  readonly changes: readonly (readonly PathChange[])[]
}

export type Flaw =
  | { readonly kind: 'changed' | 'removed'; readonly path: string; readonly by: Oid }
  | {
    readonly kind: 'content' | 'link' | 'note'
    readonly commit: Oid
    readonly checkpoint: CheckpointId
    readonly why: string
  }
  /** Two tips of which neither led to the other, although none begins a new epoch. */
  | { readonly kind: 'unrelated'; readonly ref: string; readonly other: string }

/**
 * Paths are written once. In a union of two chains that wrote one path differently, the lower object id stands; what
 * was purged is gone with its tombstone.
 */
export function judgeStep({ commit, parents, changes }: ChainStep, buried: ReadonlySet<CheckpointId>): readonly Flaw[] {
  const seenBy = new Map<string, number>()
  for (const { path } of changes.flat()) seenBy.set(path, (seenBy.get(path) ?? 0) + 1)
  // Several parents may see the same.
  const flaws = new Map(changes.flat().flatMap(({ path, before, after }): [string, Flaw][] => {
    if (before === undefined || path === EPOCH_PATH || path === FORMAT_PATH) return []
    const place = placeOf(path)
    // What is none of the format is not taken from another chain.
    if (place === undefined) return []
    if ('checkpoint' in place && place.kind !== 'tombstone' && buried.has(place.checkpoint)) return []
    if (after === undefined) return [[path, { kind: 'removed', path, by: commit }]]
    const isOfOtherParent = (seenBy.get(path) ?? 0) < parents
    return isOfOtherParent && after < before ? [] : [[path, { kind: 'changed', path, by: commit }]]
  }))
  return [...flaws.values()]
}

/** The files of a checkpoint, by their path below it. */
export type CheckpointTexts = ReadonlyMap<string, string>

/** The id that the content of a checkpoint has. See docs/FORMAT.md; `buildCheckpoint` makes it. */
export function idOfContent(record: CheckpointRecord, sessionJson: string, texts: CheckpointTexts): CheckpointId {
  const { id: _id, note: _note, ...content } = JSON.parse(sessionJson) as Record<string, unknown>
  const transcript: string[] = []
  for (let part = 1; ; part += 1) {
    const text = texts.get(`transcript${part === 1 ? '' : `.${part}`}.jsonl`)
    if (text === undefined) break
    transcript.push(text)
  }
  const body = JSON.stringify(content) + transcript.join('') + nativeOf(record, texts).join('')
  return checkpointIdOf(record.origin.commit, Date.parse(record.origin.committedAt), body)
}

/** By session in the order of the record; of each the main transcript, then those of its subagents. */
function nativeOf({ sessions }: CheckpointRecord, texts: CheckpointTexts): readonly string[] {
  const left = new Set([...texts.keys()].filter((path) => path.startsWith('native/')))
  return sessions.flatMap(({ agent, session, transcript }) => {
    const main = transcript?.path ?? `native/${agent}-${plainName(session)}.jsonl`
    const stem = main.replace(/jsonl$/, '')
    const own = [...left].filter((path) => path.startsWith(stem)).sort((one, other) =>
      one === main ? -1 : other === main ? 1 : one < other ? -1 : 1)
    for (const path of own) left.delete(path)
    return own.map((path) => texts.get(path)!)
  })
}

/** Ids come from an agent's file: whatever is no plain name is written in hex. */
export const plainName = (id: string): string =>
  /^[A-Za-z0-9_-]{1,100}$/.test(id) ? id : Buffer.from(id).toString('hex').slice(0, 100)

const NO_DIGEST = '0'.repeat(64)

/** d = SHA-256(d before, SHA-256(slice)); before the first slice, d is 32 zero bytes. */
export function chainDigest(before: string | undefined, slice: string): string {
  const own = createHash('sha256').update(slice).digest()
  return createHash('sha256').update(Buffer.from(before ?? NO_DIGEST, 'hex')).update(own).digest('hex')
}

/** A slice of one session's transcript, with its bytes. */
export interface StoredSlice {
  readonly session: string
  readonly commit: Oid
  readonly checkpoint: CheckpointId
  readonly slice: TranscriptSlice
  readonly text: string
}

/** Slices whose digest does not follow from one before; those whose predecessor is not among them are not judged. */
export function judgeSlices(slices: readonly StoredSlice[]): readonly Flaw[] {
  const ends = new Map<string, Set<string>>()
  const endKey = (session: string, line: number): string => `${line} ${session}`
  for (const { session, slice } of slices) {
    const key = endKey(session, slice.to)
    ends.set(key, (ends.get(key) ?? new Set()).add(slice.digest))
  }
  return slices.flatMap(({ session, commit, checkpoint, slice, text }): Flaw[] => {
    const before = slice.from === 0 ? [undefined] : [...ends.get(endKey(session, slice.from)) ?? []]
    if (before.length === 0 || before.some((digest) => chainDigest(digest, text) === slice.digest)) return []
    return [{ kind: 'content', commit, checkpoint, why: `${slice.path} does not fit its digest` }]
  })
}
