// The content of a message: a string, or a list of blocks.

import { listOf, objectOf, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** The blocks; a string counts as one text block. */
export const blocksOf = (content: unknown): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content).map(objectOf)

const textsOf = (blocks: readonly JsonObject[]): string =>
  blocks.flatMap((block) => block['type'] === 'text' ? [textOf(block['text']) ?? ''] : []).join('\n')

/** The text of a user message ('' for images alone), or undefined when it holds results of tools. */
export function promptText(content: unknown): string | undefined {
  const blocks = blocksOf(content)
  return blocks.some((block) => block['type'] === 'tool_result') ? undefined : textsOf(blocks)
}

export const imagesOf = (content: unknown): number =>
  blocksOf(content).filter((block) => block['type'] === 'image').length

/** A tool's result as the model got it; an image is only named. */
export const outputText = (content: unknown): string =>
  blocksOf(content).map((block) => textOf(block['text']) ?? `[${textOf(block['type']) ?? 'unknown'}]`).join('\n')
