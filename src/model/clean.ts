// Makes text harmless to show: nothing a terminal would obey, nothing that turns the reading order, nothing unseen.

/** ESC sequences as ECMA-48 has them: strings such as OSC 8 with their text up to BEL or ST (an open one
 * loses its first two characters only), CSI, and the short ones. */
const ESCAPE_SEQUENCES = new RegExp([
  // OSC, DCS, SOS, PM, APC
  '(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x07\\x1b\\x80-\\x9f\\n]*(?:\\x07|\\x1b\\\\|\\x9c)',
  '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?', // CSI
  '\\x1b[ -/]*[0-~]?',
].join('|'), 'g')
/** C0 but tab and line feed, DEL, C1. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g
/** Bidi controls, zero-width characters but the joiners that emoji and some scripts need, tags, invisible operators. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g

/** Text of several lines; line feeds and tabs stay. */
export const cleanForTerminal = (text: string): string =>
  text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE_SEQUENCES, '')
    .replace(CONTROLS, '')
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(INVISIBLE, '')

const ELLIPSIS = '…'
/** A grapheme can have any number of marks; what is cut off is looked at no further than this. */
const GRAPHEME_REACH = 64

/** Text as one line of at most `maxChars` code points, the `…` of a cut included. */
export function cleanLine(text: string, maxChars: number): string {
  const line = cleanForTerminal(text).replace(/\s+/g, ' ').trim()
  // A code point has at most two units, so what is behind these cannot be shown.
  const shown = Array.from(line.slice(0, 2 * (maxChars + GRAPHEME_REACH)))
  if (shown.length <= maxChars) return line
  if (maxChars <= 0) return ''
  let kept = ''
  let count = 0
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(shown.join(''))) {
    count += Array.from(segment).length
    if (count > maxChars - 1) break
    kept += segment
  }
  return kept.trimEnd() + ELLIPSIS
}
