// Lines of real transcripts as a crash, another version of the client or a curious user may leave them.

import fc from 'fast-check'

type Json = Record<string, unknown>

/**
 * A line cut short, with a field of another kind, or repeated. `inner`: the path to the object inside a line whose
 * fields go bad as well, such as that of its message.
 */
export function spoiledFrom(
  lines: readonly string[], ...inner: readonly (readonly string[])[]
): fc.Arbitrary<readonly string[]> {
  const spoiled = fc.record({
    line: fc.constantFrom(...lines), value: fc.jsonValue({ maxDepth: 2 }), index: fc.nat(),
    how: fc.constantFrom('cut', 'twice', [], ...inner),
  })
  return spoiled.map(({ line, value, index, how }) => {
    if (how === 'twice') return [line, line]
    if (how === 'cut') return [line.slice(0, index % line.length)]
    const whole = JSON.parse(line) as Json
    const target = (how as readonly string[]).reduce((object, key) => isJson(object[key]) ? object[key] : object, whole)
    const keys = Object.keys(target)
    target[keys[index % keys.length] ?? 'x'] = value
    return [JSON.stringify(whole)]
  })
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null
