// Texts in which a client marks parts by tags. In time that grows with the text, whatever somebody pasted into it.

/** What stands between `<tag>` and `</tag>`, each time. */
export function taggedParts(text: string, tag: string): readonly string[] {
  const [open, close] = [`<${tag}>`, `</${tag}>`]
  const parts: string[] = []
  for (let start = text.indexOf(open); start !== -1;) {
    const end = text.indexOf(close, start)
    if (end === -1) break
    parts.push(text.slice(start + open.length, end))
    start = text.indexOf(open, end)
  }
  return parts
}

/** The text without parts in these tags, whose opening one may have attributes. */
export function withoutTagged(text: string, tags: readonly string[]): string {
  const opening = new RegExp(`<(${tags.join('|')})(?:\\s[^<>]*)?>`, 'g')
  const unclosed = new Set<string>()
  let rest = ''
  let from = 0
  for (const { index, 1: tag = '' } of text.matchAll(opening)) {
    if (index < from || unclosed.has(tag)) continue
    const end = text.indexOf(`</${tag}>`, index)
    if (end === -1) {
      unclosed.add(tag)
      continue
    }
    rest += text.slice(from, index)
    from = end + tag.length + 3
  }
  return rest + text.slice(from)
}
