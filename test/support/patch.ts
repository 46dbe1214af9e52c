// The `structuredPatch` of an edit: what lies between the common head and the common tail, with three lines around it.

export interface PatchHunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  readonly lines: readonly string[]
}

const CONTEXT = 3

/** One hunk at most; none when the texts are equal. */
export function patchOf(before: string, after: string): readonly PatchHunk[] {
  if (before === after) return []
  const old = linesOf(before)
  const now = linesOf(after)
  const shorter = Math.min(old.length, now.length)
  let head = 0
  while (head < shorter && old[head] === now[head]) head += 1
  let tail = 0
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1

  const from = Math.max(0, head - CONTEXT)
  const oldTo = Math.min(old.length, old.length - tail + CONTEXT)
  const newTo = Math.min(now.length, now.length - tail + CONTEXT)
  return [{
    oldStart: from + 1,
    oldLines: oldTo - from,
    newStart: from + 1,
    newLines: newTo - from,
    lines: [
      ...old.slice(from, head).map((line) => ` ${line}`),
      ...old.slice(head, old.length - tail).map((line) => `-${line}`),
      ...now.slice(head, now.length - tail).map((line) => `+${line}`),
      ...old.slice(old.length - tail, oldTo).map((line) => ` ${line}`),
    ],
  }]
}

const linesOf = (text: string): readonly string[] => text === '' ? [] : text.replace(/\n$/, '').split('\n')
