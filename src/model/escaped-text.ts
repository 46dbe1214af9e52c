// A secret may hide in text within text: JSON inside a string, terminal colours in the middle, UTF-16 read as UTF-8.
// This gives the readings of a text that a scanner must see, and leads what it finds there back to the text itself.

/** One way to read a text. `toSource` maps a position in it to the position in the text it was made from. */
export interface Reading {
  readonly text: string
  readonly toSource: (position: number) => number
}

const HIDDEN = /\x1b\[[0-?]*[ -/]*[@-~]|\0|\\(?:["'\\/bfnrt]|u[0-9a-fA-F]{4})/g
/** Text in JSON in JSON in JSON: deeper than tools nest it. */
const MAX_DEPTH = 4

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** The text as it is, then with one more layer of escapes undone each, until nothing is left to undo. */
export function readingsOf(text: string): readonly Reading[] {
  const readings: Reading[] = [{ text, toSource: (position) => position }]
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const deeper = unescapeOnce(readings[depth]!)
    if (deeper === undefined) break
    readings.push(deeper)
  }
  return readings
}

function unescapeOnce(outer: Reading): Reading | undefined {
  if (outer.text.search(HIDDEN) < 0) return undefined
  const pieces: string[] = []
  // Where the text behind the n-th escape begins, in the new text and in the outer one.
  const innerAt = [0]
  const outerAt = [0]
  let length = 0
  let from = 0
  for (const { index, 0: escape } of outer.text.matchAll(HIDDEN)) {
    const piece = outer.text.slice(from, index)
    const meant = meaningOf(escape)
    pieces.push(piece, meant)
    length += piece.length + meant.length
    from = index + escape.length
    innerAt.push(length)
    outerAt.push(from)
  }
  pieces.push(outer.text.slice(from))
  const toSource = (position: number): number => {
    const piece = lastAtOrBefore(innerAt, position)
    return outer.toSource(outerAt[piece]! + position - innerAt[piece]!)
  }
  return { text: pieces.join(''), toSource }
}

function meaningOf(escape: string): string {
  if (escape[0] !== '\\') return ''
  const letter = escape[1]!
  return letter === 'u' ? String.fromCharCode(parseInt(escape.slice(2), 16)) : CONTROLS[letter] ?? letter
}

/** The index of the last number that is not above the wanted one, in an ascending list that starts at or below it. */
export function lastAtOrBefore(ascending: readonly number[], wanted: number): number {
  let low = 0
  let high = ascending.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (ascending[middle]! <= wanted) low = middle
    else high = middle
  }
  return low
}
