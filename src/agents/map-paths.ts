// Makes absolute paths of another machine those of this one, in lines of JSON. What is not touched stays byte for byte.

export interface PathMapping {
  /** Absolute, without a slash at its end. */
  readonly from: string
  readonly to: string
}

/** Strings under the `sealed` names stay: a signature speaks for them, or they are encrypted. */
export function mapPaths(
  line: string, mappings: readonly PathMapping[], sealed: ReadonlySet<string> = new Set(),
): string {
  const real = mappings.filter(({ from, to }) => from !== to && from.length > 1)
  if (!real.some(({ from }) => line.includes(inJson(from)))) return line
  const replace = replacerOf(real)
  const parts: string[] = []
  let name = ''
  let at = 0
  for (let start = line.indexOf('"'); start >= 0; start = line.indexOf('"', at)) {
    const end = endOfString(line, start)
    if (end === undefined) break
    const literal = line.slice(start, end)
    COLON.lastIndex = end
    const isKey = COLON.test(line)
    if (isKey) name = literal.slice(1, -1)
    // Some lists of files have paths for keys.
    const stays = !isKey && sealed.has(name)
    parts.push(line.slice(at, start), stays ? literal : mapLiteral(literal, replace))
    at = end
  }
  return parts.join('') + line.slice(at)
}

const COLON = /\s*:/y

/** Behind the quotation mark that ends a string of JSON; strings may be too long for a regular expression. */
function endOfString(line: string, start: number): number | undefined {
  for (let end = line.indexOf('"', start + 1); end >= 0; end = line.indexOf('"', end + 1)) {
    let before = end - 1
    while (line[before] === '\\') before -= 1
    if ((end - before) % 2 === 1) return end + 1
  }
  return undefined
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

function mapLiteral(literal: string, replace: (text: string) => string): string {
  try {
    const text = JSON.parse(literal) as string
    const mapped = replace(text)
    return mapped === text ? literal : JSON.stringify(mapped)
  } catch {
    // No JSON: a broken line stays as it is.
    return literal
  }
}

/** Where a path may begin: a text, a word, the path of a URL, behind the `a` of a diff, behind an escape. */
const BEFORE = String.raw`(?:^|\s)[ab]|^|[^A-Za-z0-9_./~\\-]|:\/\/|\\[nrt"]`
/** It ends with its last name: `/home/dev/project-old` and `/home/dev/project.bak` are other folders. */
const AFTER = String.raw`(?![A-Za-z0-9_-]|\.[A-Za-z0-9])`

function replacerOf(mappings: readonly PathMapping[]): (text: string) => string {
  const targets = new Map(mappings.map(({ from, to }) => [from, to]))
  const names = [...targets.keys()].sort((left, right) => right.length - left.length).map(escapeRegExp)
  const path = new RegExp(`(${BEFORE})(${names.join('|')})${AFTER}`, 'g')
  return (text) => text.replace(path, (_, before: string, from: string) => before + targets.get(from)!)
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The home folder that a path lies in, by the usual places of homes. */
export const homeOf = (path: string): string | undefined =>
  /^(?:\/(?:home|Users)\/[^/]+|\/root|[A-Za-z]:\\Users\\[^\\]+)(?=[/\\]|$)/.exec(path)?.[0]

/**
 * The root of the working tree that a session was started in or below: of the folders above `cwd`, the one below which
 * most of the known paths (from the root) are spoken of. Where none is, `cwd` itself. `known`: how many are.
 */
export function findOldRoot(
  cwd: string, lines: readonly string[], paths: readonly string[],
): { readonly root: string; readonly known: number } {
  const separator = cwd.includes('/') ? '/' : '\\'
  let best = { root: cwd, known: 0 }
  for (let root = cwd; root.lastIndexOf(separator) > 0; root = root.slice(0, root.lastIndexOf(separator))) {
    const names = paths.map((path) => inJson(`${root}${separator}${path.replaceAll('/', separator)}`))
    const known = names.filter((name) => lines.some((line) => line.includes(name))).length
    if (known > best.known) best = { root, known }
  }
  return best
}
