// Reads what `git diff-tree` prints: the raw list of paths, and patches.

import type { Oid } from './ids.ts'

/** One path of a commit. */
export interface ChangedPath {
  readonly path: string
  /** Where a renamed file was. */
  readonly from?: string
  readonly change: 'create' | 'modify' | 'delete' | 'rename' | 'type'
  /** Blob after; undefined when deleted. */
  readonly oid?: Oid
}

/** The lines of one file's patch. Line ends are left out, carriage returns too. */
export interface FilePatch {
  readonly path: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Headings git found for the hunks: the function or section around them. */
  readonly headings: readonly string[]
  readonly binary: boolean
}

const CHANGES: Readonly<Record<string, ChangedPath['change']>> = {
  A: 'create', C: 'create', M: 'modify', D: 'delete', R: 'rename', T: 'type',
}

/**
 * `git diff-tree --raw`: `:100644 100644 <old> <new> M TAB path`, two paths for renames; names are quoted as git
 * does.
 */
export function parseRawDiff(output: string): readonly ChangedPath[] {
  return output.split('\n').filter((line) => line.startsWith(':') && !isSubmodule(line)).map((line) => {
    const [head = '', first = '', second] = line.split('\t')
    const parts = head.split(' ')
    const newOid = parts.at(-2) ?? ''
    const change = CHANGES[parts.at(-1)!.charAt(0)] ?? 'modify'
    return {
      path: unquote(second ?? first),
      ...(change === 'rename' ? { from: unquote(first) } : {}),
      change,
      ...(/^0+$/.test(newOid) ? {} : { oid: newOid as Oid }),
    }
  })
}

/** A submodule is a repository of its own, with reasons of its own. */
const isSubmodule = (line: string): boolean => /^:160000 |^:\d+ 160000 /.test(line)

/** `git diff-tree -p`. A path that changed its type has two patches; they come together here. */
export function parsePatch(output: string): ReadonlyMap<string, FilePatch> {
  const files = new Map<string, { added: string[]; removed: string[]; headings: string[]; binary: boolean }>()
  let file: { added: string[]; removed: string[]; headings: string[]; binary: boolean } | undefined
  let oldPath = ''
  let inHunk = false
  const open = (path: string): void => {
    file = files.get(path) ?? { added: [], removed: [], headings: [], binary: false }
    files.set(path, file)
  }
  for (const line of output.split('\n')) {
    if (line.startsWith('diff --git ')) {
      inHunk = false
      file = undefined
      const same = pathOfHeader(line)
      if (same !== undefined) open(same)
    } else if (!inHunk && line.startsWith('--- ')) {
      oldPath = pathOf(line.slice(4))
    } else if (!inHunk && line.startsWith('+++ ')) {
      const path = pathOf(line.slice(4))
      open(path === '/dev/null' ? oldPath : path)
    } else if (!inHunk && line.startsWith('rename to ')) {
      open(unquote(line.slice(10)))
    } else if (!inHunk && (line.startsWith('Binary files ') || line === 'GIT binary patch')) {
      if (file !== undefined) file.binary = true
    } else if (line.startsWith('@@ ')) {
      inHunk = true
      const heading = /^@@ [^@]* @@ (.+)$/.exec(line)?.[1]
      if (heading !== undefined) file?.headings.push(heading.trim())
    } else if (inHunk && line.startsWith('+')) {
      file?.added.push(withoutReturn(line.slice(1)))
    } else if (inHunk && line.startsWith('-')) {
      file?.removed.push(withoutReturn(line.slice(1)))
    }
  }
  return new Map([...files].map(([path, lines]) => [path, { path, ...lines }]))
}

export const withoutReturn = (line: string): string => line.endsWith('\r') ? line.slice(0, -1) : line

/** `diff --git a/x b/x` names one path twice when neither is quoted; otherwise later header lines tell. */
function pathOfHeader(line: string): string | undefined {
  const both = line.slice('diff --git '.length)
  if (both.startsWith('"')) {
    const half = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(both)
    return half === null ? undefined : pathOf(half[2]!)
  }
  const middle = (both.length - 1) / 2
  const [first, second] = [both.slice(0, middle), both.slice(middle + 1)]
  return first.slice(2) === second.slice(2) ? second.slice(2) : undefined
}

/** The path of a `---` or `+++` line: prefix and the tab that git adds after names with blanks taken off. */
function pathOf(text: string): string {
  const plain = unquote(text.endsWith('\t') ? text.slice(0, -1) : text)
  return plain === '/dev/null' ? plain : plain.slice(2)
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 }

/** Undoes git's C-style quoting of names. */
export function unquote(name: string): string {
  if (!name.startsWith('"')) return name
  const bytes: Buffer[] = []
  const inner = name.slice(1, -1)
  for (const [part, octal, letter] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gsu)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8)]))
    else if (letter !== undefined) bytes.push(Buffer.from([ESCAPES[letter] ?? letter.charCodeAt(0)]))
    else bytes.push(Buffer.from(part))
  }
  return Buffer.concat(bytes).toString('utf8')
}
