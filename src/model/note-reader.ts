// Reads a note as it comes: merged, concatenated, with blank lines and lines of other tools between ours.

import { isCheckpointId } from './ids.ts'
import type { CheckpointId } from './ids.ts'

export interface NoteLine {
  readonly checkpoint: CheckpointId
  /** 0 head, 10–29 intent, 30–59 decisions and constraints, 60–89 rejected, 99 origin. */
  readonly ordinal: number
  readonly text: string
}

/** Every known line once, by checkpoint and ordinal. Which of them to show is decided by the links of the commit. */
export function parseNote(note: string): readonly NoteLine[] {
  const lines = new Map<string, NoteLine>()
  for (const line of note.split('\n')) {
    const [, checkpoint = '', ordinal = '', text = ''] = /^(\S{26}) (\d\d)(?: (.*))?$/.exec(line.trimEnd()) ?? []
    const key = `${checkpoint} ${ordinal}`
    if (isCheckpointId(checkpoint) && !lines.has(key)) lines.set(key, { checkpoint, ordinal: Number(ordinal), text })
  }
  return [...lines.entries()].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([, line]) => line)
}

/** What a checkpoint's frozen lines say was wanted. */
export function findIntent(lines: readonly NoteLine[]): string | undefined {
  return lines.find(({ ordinal }) => ordinal >= 10 && ordinal < 30)?.text.replace(/^intent +/, '')
}
