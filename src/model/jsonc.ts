// Edits JSON that somebody else wrote: comments, order, indentation and every other byte stay. The only file that
// imports jsonc-parser; its own `modify` formats the neighbours anew, so only positions are taken from its tree.

import { findNodeAtLocation, parse, parseTree } from 'jsonc-parser'
import type { JSONPath, Node, ParseError } from 'jsonc-parser'

const LENIENT = { allowTrailingComma: true }

/** The tree of a text that is JSON, with or without comments; undefined when it is broken or empty. */
function treeOf(text: string): Node | undefined {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, LENIENT)
  return errors.length > 0 ? undefined : root
}

/** The value of a text, comments or not; undefined when it is not JSON. */
export function parseJsonc(text: string): unknown {
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, LENIENT)
  return errors.length > 0 ? undefined : value
}

/** Sets a member, or appends an item to a list when the last step is -1. Missing objects on the way are made. */
export function putValue(text: string, path: JSONPath, value: unknown): string {
  const root = treeOf(text)
  if (root === undefined) throw new Error('not JSON')
  const known = findNodeAtLocation(root, path)
  if (known !== undefined) {
    const { offset, length } = known
    return splice(text, offset, offset + length, write(text, value, indentAt(text, offset)))
  }
  let depth = path.length - 1
  while (findNodeAtLocation(root, path.slice(0, depth)) === undefined) depth -= 1
  const parent = findNodeAtLocation(root, path.slice(0, depth))!
  const missing = path.slice(depth + 1)
  const made = missing.reduceRight<unknown>((inner, step) => step === -1 ? [inner] : { [step]: inner }, value)
  return insert(text, parent, parent.type === 'object' ? String(path[depth]) : undefined, made)
}

/** Takes out a member or an item, with its comma and the white space before it. */
export function takeValue(text: string, path: JSONPath): string {
  const root = treeOf(text)
  const found = root === undefined ? undefined : findNodeAtLocation(root, path)
  if (found?.parent === undefined) return text
  const child = found.parent.type === 'property' ? found.parent : found
  const parent = child.parent!
  const siblings = parent.children!
  const at = siblings.indexOf(child)
  const end = child.offset + child.length
  const before = siblings[at - 1]
  const next = siblings[at + 1]
  if (siblings.length === 1) return splice(text, parent.offset + 1, parent.offset + parent.length - 1, '')
  if (next !== undefined) return splice(text, lastInk(text, child.offset), commaAfter(text, end)! + 1, '')
  const ours = splice(text, lastInk(text, child.offset), end, '')
  const comma = commaAfter(ours, before!.offset + before!.length)
  return comma === undefined ? ours : splice(ours, comma, comma + 1, '')
}

function insert(text: string, parent: Node, key: string | undefined, value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const close = parent.offset + parent.length - 1
  const last = parent.children?.at(-1)
  const outer = indentAt(text, parent.offset)
  const aligned = last !== undefined && startsItsLine(text, last.offset)
  const inner = aligned ? indentAt(text, last.offset) : outer + unitOf(text)
  const item = `${key === undefined ? '' : `${JSON.stringify(key)}: `}${write(text, value, inner)}`
  const at = lastInk(text, close)
  const tail = text.slice(at, close).includes('\n') ? '' : eol + outer
  const put = splice(text, at, at, `${eol}${inner}${item}${tail}`)
  if (last === undefined || commaAfter(text, last.offset + last.length) !== undefined) return put
  return splice(put, last.offset + last.length, last.offset + last.length, ',')
}

const splice = (text: string, from: number, to: number, put: string): string =>
  text.slice(0, from) + put + text.slice(to)

/** The position after the last character before `end` that is not white space. */
const lastInk = (text: string, end: number): number => text.slice(0, end).trimEnd().length

/** The position of the comma that follows a value, comments between them or not. */
function commaAfter(text: string, from: number): number | undefined {
  const gap = /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/.exec(text.slice(from))![0]
  return text[from + gap.length] === ',' ? from + gap.length : undefined
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const indentAt = (text: string, at: number): string => /^[ \t]*/.exec(text.slice(lineStart(text, at), at))![0]
const startsItsLine = (text: string, at: number): boolean => indentAt(text, at).length === at - lineStart(text, at)
const unitOf = (text: string): string => /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '

const write = (text: string, value: unknown, indent: string): string =>
  JSON.stringify(value, null, unitOf(text)).replaceAll('\n', `${text.includes('\r\n') ? '\r\n' : '\n'}${indent}`)
