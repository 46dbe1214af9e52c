// What of a user message the user typed: the client puts the words into a tag, and others beside it.

import { taggedParts } from '../tagged-text.ts'

export function typedText(text: string): string {
  const words = taggedParts(text, 'user_query').map((query) => query.trim())
  return words.length === 0 ? text : words.join('\n\n')
}

/** The time in a message, where the client wrote one. */
export function timeOf(text: string): number | undefined {
  const words = /<timestamp>([\s\S]{1,100}?)<\/timestamp>/.exec(text)?.[1]
  const time = Date.parse((words ?? '').replace(/^\w+day,\s*/, '').replace(/\(UTC([+-]\d+)?(?::00)?\)/, 'UTC$1'))
  return Number.isNaN(time) ? undefined : time
}
