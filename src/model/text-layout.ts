// How text is laid out on a terminal: wrapping, columns, and short words for times and amounts.

import type { Millis } from './event.ts'
import type { Oid } from './ids.ts'

const WIDE_SCRIPTS = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]$/
const EMOJI = /^\p{Emoji_Presentation}$/u
const COMBINING = /^[\p{Mn}\p{Me}\u200b-\u200d\ufe00-\ufe0f]$/u
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/

/** How many columns a terminal needs for a line. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  let columns = 0
  for (const character of text) {
    if (!COMBINING.test(character)) columns += WIDE_SCRIPTS.test(character) || EMOJI.test(character) ? 2 : 1
  }
  return columns
}

export const padTo = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)))

/** Breaks a text at spaces so that no line is wider than `width`, where that can be done; code blocks stay whole. */
export function wrap(text: string, width: number): string[] {
  let inCode = false
  return text.replaceAll('\t', '    ').split('\n').flatMap((line) => {
    const fence = /^\s*(?:```|~~~)/.test(line)
    if (fence) inCode = !inCode
    return fence || inCode ? [line.trimEnd()] : wrapLine(line.trimEnd(), width)
  })
}

/** The lines that follow stand under the text of a list item, not under its mark. */
function wrapLine(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line]
  const indent = ' '.repeat(Math.min(/^\s*(?:[-*+•>] |\d+[.)] )?\s*/.exec(line)![0].length, Math.floor(width / 2)))
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<=\S) +/)) {
    const longer = current === '' ? word : `${current} ${word}`
    if (current.trim() !== '' && widthOf(longer) > width) {
      lines.push(current)
      current = indent + word
    } else {
      current = longer
    }
  }
  return [...lines, current]
}

export const shortOid = (oid: Oid): string => oid.slice(0, 10)

/** `just now`, `5m ago`, `3h ago`, `2d ago`; after two months the day itself. */
export function formatAge(at: Millis, now: Millis): string {
  const minutes = Math.floor((now - at) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes}m ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours}h ago`
  const days = Math.floor(hours / 24)
  return days < 60 ? `${days}d ago` : `on ${new Date(at).toISOString().slice(0, 10)}`
}

/** `940`, `12.1k`, `3.4M` */
export function formatAmount(count: number): string {
  if (count < 1000) return String(count)
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`
}

export const countOf = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** `12 KiB`, `3.4 MiB`. */
export const formatBytes = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
