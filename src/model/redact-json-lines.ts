// Redacts lines of JSON: their decoded strings, so that a line stays JSON and a telling key counts. A line without a
// secret stays byte for byte.

import { redactTexts, redactValues } from './redact.ts'

export async function redactJsonLines(lines: readonly string[]): Promise<readonly string[]> {
  const parsed = lines.map(parse)
  const values = await redactValues(parsed.flatMap((one) => one === undefined ? [] : [one.value]))
  const { texts } = await redactTexts(lines.filter((_, at) => parsed[at] === undefined))
  let [nextValue, nextText] = [0, 0]
  return parsed.map((one, at) => {
    if (one === undefined) return texts[nextText++]!
    const { value } = values[nextValue++]!
    const redacted = JSON.stringify(value)
    const line = lines[at]!
    // Of two equal keys of an object, only the last one's value was looked at.
    return redacted === one.text && (line === one.text || countQuotes(line) === countQuotes(one.text)) ? line : redacted
  })
}

/** A line with its shortest form; undefined where it is no JSON, or nested too deep to be written again. */
function parse(line: string): { readonly value: unknown; readonly text: string } | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return { value, text: JSON.stringify(value) }
  } catch {
    return undefined
  }
}

/** Quotation marks that begin or end a string. */
function countQuotes(json: string): number {
  let count = 0
  for (const [token] of json.matchAll(/\\[^]|"/g)) if (token === '"') count += 1
  return count
}
