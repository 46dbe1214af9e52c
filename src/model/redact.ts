// Replaces secrets by `[REDACTED:<kind>]`, in texts and in all strings of decoded JSON. Works on decoded text only:
// there it makes no difference how JSON was escaped. If a rule fails, the promise rejects: nothing passes unexamined.

import { lastAtOrBefore, readingsOf } from './escaped-text.ts'
import { mapStrings } from './json-strings.ts'
import { hide, hideSecret, MARK, markLines, markOf, splitLike } from './redact-marks.ts'
import type { Mark } from './redact-marks.ts'
import { sumCounts } from './redaction-counts.ts'
import type { RedactionCounts } from './redaction-counts.ts'
import { isSecretName, kindOfName } from './secret-assignments.ts'
import type { Finding } from './secret-finding.ts'
import { findSecrets } from './secret-patterns.ts'
import { loadSecretlint, scanWithSecretlint } from './secretlint.ts'
import { isPlaceholder } from './secret-values.ts'

/** Goes up with every change of the rules, so that what older rules have passed can be found again. */
export const RULES_VERSION = 2

export type { RedactionCounts }

export interface RedactedText {
  readonly text: string
  readonly counts: RedactionCounts
}

/** Finds secrets in a text, or rejects. */
export type Scan = (text: string) => Promise<readonly Finding[]>

/** Secretlint is shown what our own rules left: its time grows with the square of what it finds. */
const scanWithAll: Scan = async (text) => {
  const own = findSecrets(text)
  return [...own, ...await scanWithSecretlint(replaceFindings(text, own, hideSecret).text)]
}

/** Loads the rules ahead of use. Rejects if they do not work. */
export async function loadRules(): Promise<void> {
  await loadSecretlint()
}

export async function redactTexts(
  texts: readonly string[],
  scan: Scan = scanWithAll,
): Promise<{ readonly texts: readonly string[]; readonly counts: RedactionCounts }> {
  const redacted = await redactEach(texts, scan)
  const results = texts.map((text) => redacted.get(text)!)
  return { texts: results.map(({ text }) => text), counts: sumCounts(results.map(({ counts }) => counts)) }
}

/** By our own rules alone, which need no loading. */
export const redactKnown = <Text extends string>(text: Text): Text =>
  replaceFindings(text, findSecrets(text), markOf).text as Text

/** Each value is decoded JSON. Strings and keys are redacted; structure, numbers, booleans and null stay. */
export async function redactValues(
  values: readonly unknown[],
  scan: Scan = scanWithAll,
): Promise<readonly { readonly value: unknown; readonly counts: RedactionCounts }[]> {
  const strings = new Set<string>()
  const lists = new Set<string>()
  const see = (text: string, name: string | undefined): string => {
    if (!isNamedSecret(text, name)) strings.add(text)
    return text
  }
  for (const value of values) {
    mapStrings(value, see, (texts, name) => {
      if (isTelling(name)) return texts.map((text) => see(text, name))
      lists.add(texts.join('\n'))
      return texts
    })
  }
  const redacted = await redactEach([...strings], scan)
  const redactedLists = await redactEach([...lists], scan, markLines)
  return values.map((value) => {
    const counts: RedactionCounts[] = []
    const take = (result: RedactedText): string => {
      counts.push(result.counts)
      return result.text
    }
    const replace = (text: string, name: string | undefined): string =>
      take(isNamedSecret(text, name) ? wholeSecret(name) : redacted.get(text)!)
    const copy = mapStrings(value, replace, (texts, name) => isTelling(name)
      ? texts.map((text) => replace(text, name)) : splitLike(texts, take(redactedLists.get(texts.join('\n'))!)),
    (number, name) => isNumericSecret(number, name) ? take(wholeSecret(name)) : number)
    return { value: copy, counts: sumCounts(counts) }
  })
}

export const mergeCounts = (a: RedactionCounts, b: RedactionCounts): RedactionCounts => sumCounts([a, b])

const isTelling = (name: string | undefined): name is string => name !== undefined && isSecretName(name)

/** Under a telling key every text is a secret, unless nothing is left of it but marks. */
const isNamedSecret = (text: string, name: string | undefined): name is string =>
  isTelling(name) && !isPlaceholder(text) && text.replace(MARK, '').trim() !== ''

/** Only of passwords: tokens are counted. */
const isNumericSecret = (number: number, name: string | undefined): name is string =>
  isTelling(name) && kindOfName(name) === 'password' && String(number).length >= 4

const wholeSecret = (name: string): RedactedText => {
  const kind = kindOfName(name)
  return { text: markOf(kind, name), counts: { [kind]: 1 } }
}

/** A text that is JSON, as arguments of tools are: what stands under telling keys in it. */
function redactNamed(text: string): RedactedText {
  const indent = /^\s*[{[](?:\r?\n( +)\S)?/.exec(text)
  if (indent === null) return { text, counts: {} }
  try {
    const counts: RedactionCounts[] = []
    const take = (result: RedactedText): string => {
      counts.push(result.counts)
      return result.text
    }
    const value = mapStrings(JSON.parse(text), (inner, name) =>
      take(isNamedSecret(inner, name) ? wholeSecret(name) : redactNamed(inner)),
    undefined, (number, name) => isNumericSecret(number, name) ? take(wholeSecret(name)) : number)
    const sum = sumCounts(counts)
    return Object.keys(sum).length === 0 ? { text, counts: {} }
      : { text: JSON.stringify(value, undefined, indent[1]), counts: sum }
  } catch {
    // No JSON, or too deep to be written again.
    return { text, counts: {} }
  }
}

/** Redacts every different text once. What has findings is looked at again until it has none: a second run is idle. */
async function redactEach(
  texts: readonly string[], scan: Scan, mark: Mark = markOf,
): Promise<ReadonlyMap<string, RedactedText>> {
  const results = new Map<string, RedactedText>(texts.map((text) => [text, redactNamed(text)]))
  for (let open = [...results.keys()]; open.length > 0;) {
    const found = await findInTexts(open.map((original) => results.get(original)!.text), scan)
    open = open.filter((original, index) => {
      const findings = found[index]!
      if (findings.length === 0) return false
      const { text, counts } = results.get(original)!
      const next = replaceFindings(text, findings, mark)
      results.set(original, { text: next.text, counts: mergeCounts(counts, next.counts) })
      return true
    })
  }
  return results
}

function replaceFindings(
  text: string,
  findings: readonly Finding[],
  replacement: Mark,
): RedactedText {
  const pieces: string[] = []
  const counts: Record<string, number> = {}
  let from = 0
  for (const { kind, start, end } of mergeOverlaps(findings)) {
    pieces.push(text.slice(from, start), replacement(kind, text.slice(start, end)))
    counts[kind] = (counts[kind] ?? 0) + 1
    from = end
  }
  pieces.push(text.slice(from))
  return { text: pieces.join(''), counts }
}

/** Overlapping findings become one, of the kind that was found first: the more telling rules come first. */
function mergeOverlaps(findings: readonly Finding[]): readonly Finding[] {
  const worth = new Map(findings.map((finding, index) => [finding, index]))
  const merged: (Finding & { readonly rank: number })[] = []
  for (const finding of [...findings].sort((a, b) => a.start - b.start)) {
    const rank = worth.get(finding)!
    const last = merged.at(-1)
    if (last === undefined || finding.start >= last.end) {
      merged.push({ ...finding, rank })
    } else {
      const { kind } = rank < last.rank ? finding : last
      const end = Math.max(last.end, finding.end)
      merged[merged.length - 1] = { kind, start: last.start, end, rank: Math.min(rank, last.rank) }
    }
  }
  return merged
}

/** Between texts that are scanned as one. */
const BETWEEN = hide(3)
/** In UTF-16 units. Larger texts are scanned alone. */
const CHUNK_SIZE = 1 << 20

interface Place {
  readonly index: number
  readonly at: number
  readonly length: number
  readonly toSource: (position: number) => number
}

/** The findings of each text. Small texts are joined, since a scan costs more to start than to run. */
async function findInTexts(texts: readonly string[], scan: Scan): Promise<readonly (readonly Finding[])[]> {
  const findings: Finding[][] = texts.map(() => [])
  let parts: string[] = []
  let places: Place[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    if (places.length === 0) return
    const starts = places.map(({ at }) => at)
    for (const { kind, start, end } of await scan(parts.join(BETWEEN))) {
      const place = places[lastAtOrBefore(starts, start)]!
      const stop = Math.min(end - place.at, place.length)
      findings[place.index]!.push({ kind, start: place.toSource(start - place.at), end: place.toSource(stop) })
    }
    parts = []
    places = []
    size = 0
  }
  for (const [index, text] of texts.entries()) {
    for (const reading of readingsOf(text.replace(MARK, (mark) => hide(mark.length)))) {
      if (size + reading.text.length > CHUNK_SIZE) await flush()
      places.push({ index, at: size, length: reading.text.length, toSource: reading.toSource })
      parts.push(reading.text)
      size += reading.text.length + BETWEEN.length
    }
  }
  await flush()
  return findings
}
