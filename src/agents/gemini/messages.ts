// What the single messages of a transcript tell: prompts, answers and thoughts, tool calls, tokens, ends of turns.

import { readToolCall } from './calls.ts'
import { eventId } from '../event-ids.ts'
import { turnOf } from './ids.ts'
import { rememberPrompt } from './memory.ts'
import { spokenText, userMessageOf } from './prompts.ts'
import { tell } from './reader.ts'
import type { Message, Reader } from './reader.ts'
import { digestOf, given, isObject, listOf, numberOf, objectOf, wordsOf } from '../json.ts'

export function readUser(reader: Reader, message: Message): void {
  const { memory, source } = reader
  const said = userMessageOf(message.raw, memory.blocked)
  if (said.kind === 'context') return
  if (said.kind === 'shell') {
    return tell(reader, message.at, eventId('notice', message.id),
      { kind: 'notice', what: 'user-shell', text: said.command })
  }
  if (isCopy(reader, message, said.text)) return
  const isFirst = memory.prompts.length === 0
  rememberPrompt(memory, digestOf(said.text))
  memory.blocked = undefined
  const { steers, ...prompt } = said
  const opens = steers !== true && (said.origin === 'human' || memory.turn === undefined)
  if (source.subagent === undefined && opens) beginTurn(reader, message)
  // The words of whoever called a subagent; after them the client may urge it to come to an end.
  const origin = source.subagent === undefined ? said.origin : isFirst ? 'agent' : 'client'
  tell(reader, message.at, eventId('prompt', message.id), { ...prompt, origin })
}

/** A prompt can only be given when the turn before is over: with an answer, or broken off while tools were at work. */
function beginTurn(reader: Reader, { id, before }: Message): void {
  const { memory } = reader
  end(reader, before, memory.phase === 'answered' ? 'completed' : 'interrupted')
  memory.turn = turnOf(id)
  memory.phase = 'working'
}

/**
 * When the client shortens the history it may write all messages of it down again, under new ids and at once. No user
 * gives the same prompt again in the moment in which another message was written.
 */
const isCopy = ({ memory }: Reader, { at, before }: Message, text: string): boolean =>
  at - before <= COPYING_MS && memory.prompts.includes(digestOf(text))

const COPYING_MS = 20

/** The client writes a message when the model has said all of it, and again when the tools it called have ended. */
export function readGemini(reader: Reader, message: Message): void {
  const { raw, id, at } = message
  const { memory, source } = reader
  const model = wordsOf(raw['model'])?.slice(0, 100)
  const calls = listOf(raw['toolCalls']).map(objectOf)
  // No model said it: the client did, or copied it.
  if (model === undefined && calls.length === 0) return
  listOf(raw['thoughts']).map(objectOf).forEach((thought, index) => {
    const text = thoughtOf(thought['subject'], thought['description'])
    if (text === undefined) return
    tell(reader, at, eventId('reasoning', id, index), { kind: 'reasoning', text, ...given('model', model) })
  })
  const text = wordsOf(spokenText(raw['content']))
  if (text !== undefined) {
    tell(reader, at, eventId('response', id), { kind: 'response', text, ...given('model', model) })
  }
  if (model !== undefined) readUsage(reader, message, model)
  for (const call of calls) readToolCall(reader, message, call)
  if (memory.phase !== 'ended') memory.phase = calls.length === 0 ? 'answered' : 'working'
  if (model !== undefined && source.subagent === undefined) reader.facts = { ...reader.facts, model }
}

/** The subject is the beginning of the description, or a title over it. */
function thoughtOf(subject: unknown, description: unknown): string | undefined {
  const title = wordsOf(subject)
  const text = wordsOf(description)
  if (title === undefined || text === undefined) return title ?? text
  return text.startsWith(title) ? text : `${title}\n\n${text}`
}

/** Tokens of the prompt include those that came from the cache, and those of the answer exclude the thoughts. */
function readUsage(reader: Reader, { raw, id, at }: Message, model: string): void {
  if (!isObject(raw['tokens'])) return
  const tokens = raw['tokens']
  const count = (key: string): number => Math.max(0, numberOf(tokens[key]) ?? 0)
  const cacheRead = Math.min(count('cached'), count('input'))
  tell(reader, at, eventId('usage', id), { kind: 'usage', message: id, model, tokens: {
    input: count('input') - cacheRead + count('tool'), output: count('output') + count('thoughts'),
    cacheRead, cacheWrite: 0,
  } })
}

/** What the client said to the user. */
export function readNote(reader: Reader, { raw, id, at }: Message): void {
  const text = spokenText(raw['content'])
  if (raw['type'] === 'info' && text === 'Request cancelled.') end(reader, at, 'interrupted')
  const reason = /^Agent execution blocked: ([\s\S]*)$/.exec(text)?.[1]
  if (raw['type'] === 'warning' && reason !== undefined) reader.memory.blocked = digestOf(reason.trim())
  if (raw['type'] !== 'error' || text.trim() === '') return
  const isApiError = text.startsWith('[API Error')
  tell(reader, at, eventId('notice', id), { kind: 'notice', what: isApiError ? 'api-error' : 'error', text })
  if (isApiError) end(reader, at, 'failed')
}

/** Whether the last answer before another process went on was meant to be the last one, nobody knows. */
export function goOn({ memory }: Reader): void {
  if (memory.phase === 'answered') memory.phase = 'ended'
}

function end(reader: Reader, at: number, outcome: 'completed' | 'interrupted' | 'failed'): void {
  const { memory, source } = reader
  if (source.subagent !== undefined || memory.turn === undefined || memory.phase === 'ended') return
  memory.phase = 'ended'
  tell(reader, at, eventId('end', memory.turn), { kind: 'turn-end', outcome })
}
