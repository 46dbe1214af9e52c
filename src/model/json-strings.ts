// Walks over all strings of a decoded JSON value, however deep it is nested.

/** `name`: the key the string stands under; an array's elements have the array's. Absent for keys and at the top. */
export type ReplaceString = (text: string, name: string | undefined) => string
/** Several strings in a list, and nothing else, may be one text, as the lines of a diff are. As many come back. */
export type ReplaceList = (texts: readonly string[], name: string | undefined) => readonly string[]

interface Open {
  readonly source: object
  readonly copy: unknown[] | Record<string, unknown>
  readonly name: string | undefined
}

/** Gives the number back, or a text for it. */
export type ReplaceNumber = (number: number, name: string | undefined) => number | string

/** A copy with every string replaced, keys too; numbers, booleans and null stay. The order of visits is fixed. */
export function mapStrings(
  value: unknown, replace: ReplaceString,
  replaceList: ReplaceList = (texts, name) => texts.map((text) => replace(text, name)),
  replaceNumber: ReplaceNumber = (number) => number,
): unknown {
  const open: Open[] = []
  const copyOf = (source: unknown, name: string | undefined): unknown => {
    if (typeof source === 'string') return replace(source, name)
    if (typeof source === 'number') return replaceNumber(source, name)
    if (typeof source !== 'object' || source === null) return source
    if (isTexts(source)) return replaceList(source, name)
    const copy = Array.isArray(source) ? [] : {}
    open.push({ source, copy, name })
    return copy
  }
  const top = copyOf(value, undefined)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { source, copy, name } = next
    if (Array.isArray(copy)) {
      for (const element of source as unknown[]) copy.push(copyOf(element, name))
    } else {
      copyEntries(source as Record<string, unknown>, copy, replace, copyOf)
    }
  }
  return top
}

const isTexts = (value: object): value is readonly string[] =>
  Array.isArray(value) && value.length > 1 && value.every((each) => typeof each === 'string')

function copyEntries(
  source: Readonly<Record<string, unknown>>,
  copy: Record<string, unknown>,
  replace: ReplaceString,
  copyOf: (value: unknown, name: string) => unknown,
): void {
  const label = labelOf(source)
  for (const [key, value] of Object.entries(source)) {
    const name = key === 'value' && label !== undefined ? label : key
    define(copy, freeKey(copy, replace(key, undefined)), copyOf(value, name))
  }
}

/** In `{ "name": "DB_PASSWORD", "value": "…" }` the value belongs to the name. */
function labelOf(source: Readonly<Record<string, unknown>>): string | undefined {
  const label = source['name'] ?? source['key']
  return typeof label === 'string' ? label : undefined
}

/** Two keys that became equal stay two. */
function freeKey(copy: object, key: string): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? key : `${key} (${count})`
    if (!Object.hasOwn(copy, candidate)) return candidate
  }
}

/** Unlike an assignment, this treats `__proto__` as the plain key it is in JSON. */
function define(copy: object, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true })
}
