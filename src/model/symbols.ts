// Names of the functions, classes and types a patch touches: git's own hunk headings, and definitions among the
// added lines. A reading of lines, not of a language: what cannot be told is left out.

import type { FilePatch } from './diff.ts'
import type { SymbolRecord } from './checkpoint.ts'

const MAX_SYMBOLS = 100
const NAME = String.raw`([\p{L}_$][\p{L}\p{N}_$]*)`
const MODIFIER = [
  'export', 'default', 'public', 'private', 'protected', 'static', 'final', 'abstract', 'async',
  String.raw`pub(?:\([a-z]+\))?`, 'unsafe', 'extern', 'inline', 'override', 'declare',
].join('|')
const MODIFIERS = String.raw`(?:(?:${MODIFIER})\s+)*`
const KEYWORDS = [
  String.raw`function\*?`, 'class', 'interface', 'type', 'enum', 'struct', 'trait', 'impl', 'def', 'fn', 'func', 'fun',
  'module', 'namespace', 'record', 'protocol', 'object', 'macro_rules!',
].join('|')

const DEFINITION = new RegExp(String.raw`^\s*${MODIFIERS}(?:${KEYWORDS})\s+(?:\([^)]*\)\s*)?${NAME}`, 'u')
const ARROW = new RegExp(
  String.raw`^\s*${MODIFIERS}(?:const|let|var)\s+${NAME}\s*(?::[^=]+)?=\s*`
    + String.raw`(?:async\s*)?(?:\([^)]*\)|[\p{L}_$][\p{L}\p{N}_$]*)\s*(?::[^=]+)?=>`, 'u')
const C_FUNCTION = new RegExp(String.raw`^[\p{L}_][\p{L}\p{N}_\s*&<>,:]*[\s*&]${NAME}\s*\([^;]*$`, 'u')
const NOT_A_NAME = new Set([
  'if', 'for', 'while', 'switch', 'return', 'else', 'catch', 'new', 'throw', 'await', 'of', 'in',
])

/** The symbols of the patches, each once, in the order of the paths. */
export function findSymbols(patches: Iterable<FilePatch>): readonly SymbolRecord[] {
  const found = new Map<string, SymbolRecord>()
  for (const { path, headings, added, binary } of patches) {
    if (binary) continue
    for (const line of headings) add(path, nameOf(line) ?? lastResort(line))
    for (const line of added) add(path, nameOf(line))
  }
  return [...found.values()].slice(0, MAX_SYMBOLS)

  function add(path: string, name: string | undefined): void {
    if (name !== undefined) found.set(`${path}\0${name}`, { path, name })
  }
}

const nameOf = (line: string): string | undefined => {
  const name = DEFINITION.exec(line)?.[1] ?? ARROW.exec(line)?.[1]
  return name === undefined || NOT_A_NAME.has(name) ? undefined : name
}

/** A heading is what git took for a function line, so a C-like form is believed there. */
const lastResort = (line: string): string | undefined => {
  const name = C_FUNCTION.exec(line)?.[1]
  return name === undefined || NOT_A_NAME.has(name) ? undefined : name
}
