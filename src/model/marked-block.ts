// A marked block of lines in somebody else's text. Taking it out gives back the text as it was, byte for byte.

export const BLOCK_BEGIN = '# >>> git-bitloops >>>'
export const BLOCK_END = '# <<< git-bitloops <<<'

/** The block, and the line ends around it that came with it. */
const BLOCK = new RegExp(`(^|\\n)${BLOCK_BEGIN}\\n((?:(?!${BLOCK_BEGIN}\\n)[^\\n]*\\n)*?)${BLOCK_END}(\\n|$)`)

/** The lines of the block in the text; undefined where there is none. */
export function findBlock(text: string): readonly string[] | undefined {
  return BLOCK.exec(text)?.[2]?.split('\n').slice(0, -1)
}

/** Puts the block at a position, which is the start of a line or the end of the text; one that is there is replaced. */
export function putBlock(text: string, lines: readonly string[], at: number): string {
  const block = [BLOCK_BEGIN, ...lines, BLOCK_END].join('\n')
  if (findBlock(text) !== undefined) {
    return text.replace(BLOCK, (_, before: string, __, after: string) => before + block + after)
  }
  // A last line without an end leaves the block without one: that tells later that the line end before it is ours.
  if (at > 0 && text[at - 1] !== '\n') return `${text}\n${block}`
  return `${text.slice(0, at)}${block}\n${text.slice(at)}`
}

/** The text without the block. */
export const takeBlock = (text: string): string =>
  text.replace(BLOCK, (_, before: string, __, after: string) => after === '\n' ? before : '')
