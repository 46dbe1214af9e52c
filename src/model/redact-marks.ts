// What stands in the place of a secret: in what is kept, and in what is shown to a rule.

/** What is put in the place of a secret. */
export type Mark = (kind: string, secret: string) => string

export const MARK = /\[REDACTED:[a-z][a-z0-9-]{0,40}\]/g
export const markOf: Mark = (kind) => `[REDACTED:${kind}]`

/** A mark in each line, behind the sign that the lines of a diff begin with. */
export const markLines: Mark = (kind, secret) => secret.split('\n').map((line, at) => {
  if (at > 0 && line === '') return ''
  return at === 0 ? markOf(kind, line) : `${/^[ +-]?/.exec(line)![0]}${markOf(kind, line)}`
}).join('\n')

/** Cuts what was joined of several texts, by line feeds, back into these: it still has as many lines. */
export function splitLike(texts: readonly string[], joined: string): readonly string[] {
  const lines = joined.split('\n')
  let from = 0
  return texts.map((text) => {
    const to = from + text.split('\n').length
    const part = lines.slice(from, to).join('\n')
    from = to
    return part
  })
}

/** What is shown to a rule instead of something already found: as long, and the end of every word and every value. */
export const hide = (length: number): string => `\n${'\x01'.repeat(Math.max(0, length - 2))}\n`.slice(0, length)
export const hideSecret: Mark = (_kind, secret) => hide(secret.length)
