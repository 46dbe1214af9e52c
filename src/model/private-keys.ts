// Finds PEM private keys, whole or cut at either end, also where every line wears a prefix (diff, line number, quote).

import type { Finding } from './secret-finding.ts'

const BEGIN = /-----BEGIN[A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----|\bPrivate-Lines: \d{1,6}/g
const END = /-----END[A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/g
const END_HERE = new RegExp(END.source, 'y')

/** What tools put before a line of a key: diff and quote marks, a line number, the start of a string. */
const BEFORE_LINE = /^[\s'"`+\-<>|#*/]*(?:\d{1,7}[\t →:|-]+)?[\s'"`+\-#*]*/
/** What ends a line of source code that holds a line of a key. */
const AFTER_LINE = new Set(' \t\r\'"`+,;\\)')
const KEY_LINE = /^[A-Za-z0-9+/]+={0,2}$/
const HEADER_LINE = /^(?:[A-Z][A-Za-z-]+: .*|=[A-Za-z0-9+/]{4})$/
/** A key that was put on one line, behind its mark. */
const ONE_LINE_KEY = /[A-Za-z0-9+/= \\]*/y

/** Longer lines are no lines of keys. */
const MAX_LINE = 20_000
/** Fewer characters than this between the marks are no key but an example or a piece of code. */
const MIN_KEY_CHARS = 12

export function findPrivateKeys(text: string): Finding[] {
  const findings: Finding[] = []
  for (const { index, 0: mark } of text.matchAll(BEGIN)) {
    const end = endOfKey(text, index + mark.length)
    if (end !== undefined) findings.push({ kind: 'private-key', start: index, end })
  }
  let known = 0
  for (const { index, 0: mark } of text.matchAll(END)) {
    while (known < findings.length && findings[known]!.end <= index) known++
    if (known < findings.length && findings[known]!.start < index) continue
    const start = startOfKey(text, index)
    if (start !== undefined) findings.push({ kind: 'private-key', start, end: index + mark.length })
  }
  return findings
}

/** Where the key ends that begins here: behind its END mark, or behind the last line that can belong to it. */
function endOfKey(text: string, from: number): number | undefined {
  ONE_LINE_KEY.lastIndex = from
  const inline = ONE_LINE_KEY.exec(text)?.[0] ?? ''
  let keyChars = countKeyChars(inline)
  let end = from + inline.length
  const ended = endMarkAt(text, end)
  if (ended !== undefined) return keyChars >= MIN_KEY_CHARS ? ended : undefined
  for (let at = endOfLine(text, end) + 1; at > 0 && at < text.length;) {
    const lineEnd = endOfLine(text, at)
    if (lineEnd < 0) break
    const line = text.slice(at, lineEnd)
    const mark = line.search(END)
    if (mark >= 0 && bareLine(line.slice(0, mark)).length === 0) {
      end = endMarkAt(text, at + mark) ?? end
      break
    }
    const chars = keyCharsOf(line)
    if (chars === undefined) break
    keyChars += chars
    if (chars > 0) end = lineEnd
    at = lineEnd + 1
  }
  return keyChars >= MIN_KEY_CHARS ? end : undefined
}

/** Where the key starts whose END mark is here and whose BEGIN mark was cut off. */
function startOfKey(text: string, markAt: number): number | undefined {
  const before = text.slice(Math.max(0, markAt - 24), markAt)
  const lineBreak = before.lastIndexOf('\n')
  if (lineBreak < 0 || bareLine(before.slice(lineBreak + 1)) !== '') return undefined
  let start: number | undefined
  let lineEnd = markAt - before.length + lineBreak
  for (let keyLines = 0; lineEnd > 0; keyLines++) {
    const window = text.slice(Math.max(0, lineEnd - 200), lineEnd)
    const at = lineEnd - window.length + window.lastIndexOf('\n') + 1
    const chars = keyCharsOf(text.slice(at, lineEnd))
    if (chars === undefined || chars < (keyLines === 0 ? 2 : MIN_KEY_CHARS)) break
    start = at
    lineEnd = at - 1
  }
  return start
}

/** The count of key characters in a line; 0 for a blank or header line; undefined if the line is no part of a key. */
function keyCharsOf(line: string): number | undefined {
  const bare = bareLine(line)
  if (bare === '' || HEADER_LINE.test(bare)) return 0
  return KEY_LINE.test(bare) ? bare.length : undefined
}

function bareLine(line: string): string {
  const bare = line.replace(BEFORE_LINE, '')
  let end = bare.length
  while (end > 0 && AFTER_LINE.has(bare[end - 1]!)) end--
  return bare.slice(0, end)
}

const countKeyChars = (text: string): number => text.replace(/[ \\]/g, '').length

function endMarkAt(text: string, at: number): number | undefined {
  END_HERE.lastIndex = at
  return END_HERE.test(text) ? END_HERE.lastIndex : undefined
}

/** The end of the line, or -1 if the line is too long to be one of a key. */
function endOfLine(text: string, at: number): number {
  const next = text.slice(at, at + MAX_LINE).indexOf('\n')
  if (next >= 0) return at + next
  return text.length - at <= MAX_LINE ? text.length : -1
}
