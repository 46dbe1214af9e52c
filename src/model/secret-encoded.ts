// Finds secrets in Base64 of text: `kubectl get secret`, `base64 key.pem`. Pictures and digests are no text.

import type { Finding } from './secret-finding.ts'

/** Whole lines of a text that was cut into lines, and what follows them. */
const RUN = /(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{60,76}\r?\n)*[A-Za-z0-9+/_-]{24,}={0,2}/g
/** Where these are no text, the whole is none. */
const FIRST = 32
const LATIN_TEXT = /^[\t\n\r\x20-\x7e\x80-\xff]*$/
const TEXT = /^[\t\n\r\x20-\x7e\xa0-\ufffc]*$/

export function findEncoded(text: string, find: (text: string) => readonly Finding[]): readonly Finding[] {
  const findings: Finding[] = []
  for (const { index, 0: run } of text.matchAll(RUN)) {
    if (!LATIN_TEXT.test(Buffer.from(run.slice(0, FIRST), 'base64').toString('latin1'))) continue
    const decoded = Buffer.from(run, 'base64').toString('utf8')
    const found = TEXT.test(decoded) ? find(decoded)[0] : undefined
    if (found !== undefined) findings.push({ kind: found.kind, start: index, end: index + run.length })
  }
  return findings
}
