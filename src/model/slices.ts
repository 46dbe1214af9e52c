// Puts the slices of a session's transcript together. Each says between which lines it lies, and by its digest what
// came before: slices of a conversation that went on in two places are told apart.

import { createHash } from 'node:crypto'
import type { TranscriptSlice } from './checkpoint.ts'
import type { Millis } from './event.ts'

export interface StoredSlice extends Pick<TranscriptSlice, 'from' | 'to' | 'digest'> {
  /** The lines, each with its end. */
  readonly text: string
  /** When the last of it was said. */
  readonly at: Millis
}

export interface Transcript<Slice extends StoredSlice = StoredSlice> {
  /** Without gaps, from the first line on. */
  readonly slices: readonly Slice[]
  /** How many lines they are. */
  readonly lines: number
  /** Of all slices: d = SHA-256(d before, SHA-256(slice)). Empty where there are none. */
  readonly digest: string
  /** Lines are known to exist that no slice here holds, or that do not fit: the first such slice. */
  readonly missing?: { readonly from: number; readonly to: number }
}

const NO_DIGEST = '0'.repeat(64)

/** d = SHA-256(d before, SHA-256(slice)) in hex; an empty digest stands for 32 zero bytes. */
export function chainDigest(before: string, text: string): string {
  const slice = createHash('sha256').update(text).digest()
  return createHash('sha256').update(Buffer.from(before || NO_DIGEST, 'hex')).update(slice).digest('hex')
}

interface Reached<Slice> {
  readonly slices: readonly Slice[]
  readonly lines: number
  readonly digest: string
  readonly at: Millis
}

/** Of several ways to go on the one that was said last; of equals the longer one. */
export function assembleSlices<Slice extends StoredSlice>(slices: readonly Slice[]): Transcript<Slice> {
  const start: Reached<Slice> = { slices: [], lines: 0, digest: '', at: -Infinity }
  const reached = new Map<string, Reached<Slice>>([['', start]])
  const used = new Set<Slice>()
  const sorted = [...slices].sort((left, right) => left.from - right.from || left.to - right.to)
  for (const slice of sorted) {
    for (const before of [...reached.values()]) {
      if (before.lines !== slice.from || chainDigest(before.digest, slice.text) !== slice.digest) continue
      used.add(slice)
      const { to: lines, digest } = slice
      reached.set(digest, { slices: [...before.slices, slice], lines, digest, at: Math.max(before.at, slice.at) })
    }
  }
  const best = [...reached.values()].reduce((one, other) =>
    other.at > one.at || (other.at === one.at && other.lines > one.lines) ? other : one)
  const missed = sorted.find((slice) => !used.has(slice) && slice.at > best.at)
  return {
    slices: best.slices, lines: best.lines, digest: best.digest,
    ...missed === undefined ? {}
      : { missing: { from: best.lines, to: missed.from > best.lines ? missed.from : missed.to } },
  }
}

/** Lines without their ends. */
export const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')
