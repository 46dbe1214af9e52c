// Reads the whole lines of a file that may still be growing, a chunk at a time: memory is bounded by the longest line.

import { readSync } from 'node:fs'
import type { TranscriptLine } from '../agents/agent.ts'

export interface LineBatch {
  readonly lines: readonly TranscriptLine[]
  /** Where the next line starts. */
  readonly end: number
  /** Lines too long to read. */
  readonly skipped: number
}

const CHUNK_BYTES = 256 * 1024
export const MAX_LINE_BYTES = 32 * 1024 * 1024

/** Whole lines from `offset` on, about a chunk at a time; a last line without its end waits for the next reading. */
export function* readLines(file: number, offset: number): Generator<LineBatch> {
  let lines: TranscriptLine[] = []
  let pending: Buffer[] = []
  let pendingBytes = 0
  let lineStart = offset
  let skipped = 0
  let batchBytes = 0
  for (let position = offset; ;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const read = readSync(file, chunk, 0, CHUNK_BYTES, position)
    if (read === 0) break
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0 && end < read; end = chunk.indexOf(10, from)) {
      const length = pendingBytes + end - from
      if (length > MAX_LINE_BYTES) skipped += 1
      else lines.push({ offset: lineStart, text: decodeLine(pending, chunk.subarray(from, end)) })
      batchBytes += length
      pending = []
      pendingBytes = 0
      from = end + 1
      lineStart = position + from
    }
    if (from < read) {
      pendingBytes += read - from
      // What is too long is counted but not kept.
      if (pendingBytes > MAX_LINE_BYTES) pending = []
      else pending.push(Buffer.from(chunk.subarray(from, read)))
    }
    position += read
    if (batchBytes < CHUNK_BYTES) continue
    yield { lines, end: lineStart, skipped }
    lines = []
    skipped = 0
    batchBytes = 0
  }
  if (lines.length > 0 || skipped > 0) yield { lines, end: lineStart, skipped }
}

const decodeLine = (before: readonly Buffer[], last: Buffer): string =>
  (before.length === 0 ? last : Buffer.concat([...before, last])).toString('utf8').replace(/\r$/, '')
