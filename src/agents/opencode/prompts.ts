// What of a user's message the user typed. The client keeps its own words in messages of the user as well: files that
// were mentioned, the request to go on after a compaction, the result of a subtask.

import { numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

export interface Prompt {
  readonly text: string
  readonly origin: 'human' | 'client'
  readonly images: number
}

/** The words of the client before the command that a user ran in the terminal with `!`. */
export const USER_SHELL = 'The following tool was executed by the user'

/** Undefined for a message that says nothing: the mark of a compaction. */
export function promptOf(parts: readonly JsonObject[]): Prompt | undefined {
  const images = parts.filter((part) => part['type'] === 'file' && textOf(part['mime'])?.startsWith('image/') === true)
    .length
  const typed = wordsOf(parts.filter((part) => part['synthetic'] !== true).flatMap(wordsOfPart).join('\n'))
  if (typed !== undefined || images > 0) return { text: unquoted(typed ?? ''), origin: 'human', images }
  const added = wordsOf(parts.flatMap(wordsOfPart).join('\n'))
  return added === undefined ? undefined : { text: added, origin: 'client', images }
}

/** A command may be carried out by a subagent: what the user typed is then the command. */
function wordsOfPart(part: JsonObject): readonly string[] {
  if (part['type'] === 'subtask') {
    const command = wordsOf(part['command'])
    return [command === undefined ? textOf(part['prompt']) ?? '' : `/${command} ${textOf(part['description']) ?? ''}`]
  }
  return part['type'] === 'text' && part['ignored'] !== true ? [textOf(part['text']) ?? ''] : []
}

/** `opencode run "two words"` sends the words in quotes, and then what came on its standard input. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text
  const end = /(?<!\\)"/.exec(text.slice(1))
  if (end === null) return text
  const [inside, after] = [text.slice(1, end.index + 1), text.slice(end.index + 2)]
  return after === '' || after.startsWith('\n') ? inside.replaceAll('\\"', '"') + after : text
}

/** When the client made a message or a session. */
export const createdAt = (info: JsonObject): number | undefined => numberOf(objectOf(info['time'])['created'])
