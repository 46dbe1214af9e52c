// Takes edits back out of a text. What comes out is only as good as its digest: the caller compares.

import type { Hunk } from './event.ts'

/** The text before these hunks were applied, with and without a last newline; none where they do not fit. */
export function textsBefore(text: string, hunks: readonly Hunk[]): readonly string[] {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const hunk of [...hunks].sort((one, other) => other.newStart - one.newStart)) {
    const now = sideOf(hunk, '+')
    // A hunk that left no line stands behind the line it names.
    const from = now.length === 0 ? hunk.newStart : hunk.newStart - 1
    if (now.some((line, at) => lines[from + at] !== line)) return []
    lines.splice(from, now.length, ...sideOf(hunk, '-'))
  }
  const before = lines.join('\n')
  return lines.length === 0 ? [''] : [`${before}\n`, before]
}

const sideOf = ({ lines }: Hunk, sign: '+' | '-'): readonly string[] =>
  lines.filter((line) => line.startsWith(' ') || line.startsWith(sign)).map((line) => line.slice(1))
