// The user's words in what Codex records as a user's message.

import { listOf, objectOf, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** The editor's extension puts open files and the selection before the words, under headings of its own. */
const IDE_HEADING = '# Context from my IDE setup:'
const REQUEST_HEADING = '## My request for Codex:'

/** Texts the client sends in the user's name, on its own account. */
const CLIENT_TEXT = /^<(?:environment_context|hook_prompt|skill|subagent_notification|turn_aborted|user_instructions)\b/

export function typedText(text: string): string {
  if (!text.trimStart().startsWith(IDE_HEADING)) return text
  const request = text.lastIndexOf(REQUEST_HEADING)
  return request === -1 ? text : text.slice(request + REQUEST_HEADING.length).trim()
}

export const originOfText = (text: string): 'human' | 'client' =>
  CLIENT_TEXT.test(text.trimStart()) ? 'client' : 'human'

/** The texts of a message's parts, of whatever kind; an image tells none. */
export const textOfParts = (content: unknown): string => typeof content === 'string' ? content
  : listOf(content).map(objectOf).flatMap((part) => textOf(part['text']) ?? []).join('\n')

export const imagesOf = (content: unknown): number =>
  listOf(content).map(objectOf).filter((part: JsonObject) => /image/i.test(textOf(part['type']) ?? '')).length

/** What a parent tells its subagent, without the envelope. It may be encrypted: then there is nothing to tell. */
export function taskOf(message: JsonObject): string | undefined {
  const [, type, payload = ''] =
    /^Message Type: (\w+)\n[\s\S]*?\nPayload:\n([\s\S]*)$/.exec(textOfParts(message['content'])) ?? []
  return type === undefined || type === 'FINAL_ANSWER' || payload.trim() === '' ? undefined : payload.trim()
}
