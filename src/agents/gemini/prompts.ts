// Whose words stand in a message of type `user`. The client writes results of tools, set-up and texts of its own there,
// too.

import { digestOf, given, isObject, listOf, objectOf, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** What a message of type `user` is. */
export type UserMessage =
  /** `steers`: it was given in the middle of a turn. */
  | {
    readonly kind: 'prompt'; readonly text: string; readonly origin: 'human' | 'client'
    readonly images?: number; readonly steers?: true
  }
  /** A command of the user's `!` mode. */
  | { readonly kind: 'shell'; readonly command: string }
  /** Results of tools, or what the client tells the model of itself. */
  | { readonly kind: 'context' }

/** The parts of a message; a string counts as one part of text. */
export const partsOf = (content: unknown): readonly JsonObject[] =>
  typeof content === 'string' ? [{ text: content }] : (isObject(content) ? [content] : listOf(content)).map(objectOf)

/** What was said, without the thoughts that the client puts there when it resumes a session. */
export const spokenText = (content: unknown): string =>
  partsOf(content).map((part) => part['thought'] === true ? '' : textOf(part['text']) ?? '').join('')

/** What the client tells the model about the session and the editor. */
const CONTEXTS = [
  '<session_context>', '<state_snapshot>', "Here is the user's editor context",
  'Here is a summary of changes in the user',
]

/** What the client says to the model on its own account. */
const CLIENT_TEXTS = ['System: Please continue.', '[System: You previously', 'Background execution update:']

const startsWithAny = (text: string, starts: readonly string[]): boolean =>
  starts.some((start) => text.startsWith(start))

/**
 * `blocked`: digest of what a hook said must be done before the turn may end; the client asks for it in the user's
 * name.
 */
export function userMessageOf(raw: JsonObject, blocked: string | undefined): UserMessage {
  const parts = partsOf(raw['content'])
  if (parts.some((part) => isObject(part['functionResponse']))) return steeringOf(parts)
  const content = spokenText(parts)
  if (startsWithAny(content, CONTEXTS)) return { kind: 'context' }
  const command = /^I ran the following shell command:\n```sh\n([\s\S]*?)\n```\n\nThis produced /.exec(content)?.[1]
  if (command !== undefined) return { kind: 'shell', command }
  const asked = withoutContext(content)
  const origin = digestOf(asked) === blocked || startsWithAny(asked, CLIENT_TEXTS) ? 'client' : 'human'
  // What the user typed, where the client made something else of it: a command of the user's, a file put in.
  const typed = withoutContext(spokenText(raw['displayContent']))
  const text = hintOf(asked) ?? (origin === 'client' || typed === '' ? asked : typed)
  const images = parts.filter((part) => isObject(part['inlineData']) || isObject(part['fileData'])).length
  if (text === '' && images === 0) return { kind: 'context' }
  return { kind: 'prompt', text, origin, ...given('images', images === 0 ? undefined : images) }
}

/** What a hook added, and files that the text names by `@path`, are not the user's words. */
function withoutContext(text: string): string {
  const files = text.indexOf('\n--- Content from referenced files ---\n')
  const words = files < 0 ? text : text.slice(0, files)
  const kept: string[] = []
  let from = 0
  for (let next = enclosed(words, 'hook_context'); next !== undefined; next = enclosed(words, 'hook_context', from)) {
    kept.push(words.slice(from, next.from))
    from = next.to
  }
  return [...kept, words.slice(from)].join('').trim()
}

/** The first text between a tag and its end, and where both stand. */
export function enclosed(
  text: string, tag: string, start = 0,
): { readonly text: string; readonly from: number; readonly to: number } | undefined {
  const [open, close] = [`<${tag}>`, `</${tag}>`]
  const from = text.indexOf(open, start)
  const end = from < 0 ? -1 : text.indexOf(close, from)
  return end < 0 ? undefined : { text: text.slice(from + open.length, end), from, to: end + close.length }
}

/** What the user typed while the agent worked goes to the model beside the results of tools. */
function steeringOf(parts: readonly JsonObject[]): UserMessage {
  const hints = parts.flatMap((part) => hintOf(textOf(part['text']) ?? '') ?? [])
  return hints.length === 0 ? { kind: 'context' }
    : { kind: 'prompt', text: hints.join('\n'), origin: 'human', steers: true }
}

const hintOf = (text: string): string | undefined =>
  /^User (?:steering update|hints):\n<user_input>\n([\s\S]*?)\n<\/user_input>/.exec(text.trim())?.[1]
