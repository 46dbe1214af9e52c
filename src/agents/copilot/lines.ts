// What the lines of a conversation tell: prompts, answers, ends of turns, tokens, subagents.

import type { EventBody, TokenUsage } from '../../model/event.ts'
import { eventId, idOf, turnIdOf } from '../event-ids.ts'
import { placeOf, remember, shortName } from './memory.ts'
import { isClientText, typedText } from './prompts.ts'
import { endTurn, tell, tellOutside } from './reader.ts'
import type { Line, Reader } from './reader.ts'
import { given, listOf, numberOf, objectOf, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** A client that was killed says nothing of the turn it was in: it ended with the last line before. */
export function readStart(reader: Reader, line: Line): void {
  const { memory } = reader
  if (line.subagent !== undefined) return
  endTurn(reader, line, 'interrupted', memory.at)
  memory.closed = false
  const { context, copilotVersion, selectedModel } = line.data
  const { cwd, branch } = objectOf(context)
  memory.cwd = placeOf(wordsOf(cwd)) ?? memory.cwd
  reader.facts = {
    ...reader.facts, ...given('agentVersion', wordsOf(copilotVersion)),
    ...given('model', wordsOf(selectedModel)), ...given('gitBranch', wordsOf(branch)),
  }
  const reason = line.type === 'session.start' ? 'startup' : 'resume'
  tellOutside(reader, line, eventId('session-start', line.id), { kind: 'session-start', reason })
}

/** The line comes after the hook that told the same, by the time that both know. */
export function readHookStart(reader: Reader, line: Line): void {
  const { hookType, input } = line.data
  const { timestamp, reason } = objectOf(input)
  if (hookType !== 'sessionEnd' || typeof timestamp !== 'number') return
  reader.memory.closed = true
  const body: EventBody = { kind: 'session-end', reason: wordsOf(reason) ?? 'other' }
  tellOutside(reader, line, eventId('session-end', String(timestamp)), body, timestamp)
}

export function readShutdown(reader: Reader, line: Line): void {
  endTurn(reader, line, 'interrupted')
  if (reader.memory.closed) return
  const body: EventBody = { kind: 'session-end', reason: wordsOf(line.data['shutdownType']) ?? 'other' }
  tellOutside(reader, line, eventId('session-end', line.id), body)
}

/** What is typed while the agent works joins the turn that is under way. */
export function readUser(reader: Reader, line: Line): void {
  const { memory } = reader
  const { content, messageId, delivery, attachments } = line.data
  const id = idOf(messageId) ?? line.id
  if (line.subagent === undefined && (delivery !== 'steering' || memory.turn === undefined || memory.ended)) {
    endTurn(reader, line, 'interrupted', memory.at)
    Object.assign(memory, { turn: turnIdOf(id), ended: false, answered: false })
  }
  const words = textOf(content) ?? ''
  const images = listOf(attachments).filter(isImage).length
  if (words.trim() === '' && images === 0) return
  tell(reader, line, eventId('prompt', id), {
    kind: 'prompt', text: typedText(words), origin: originOf(line, words),
    ...given('images', images === 0 ? undefined : images),
  })
}

function isImage(attachment: unknown): boolean {
  const { type, mimeType } = objectOf(attachment)
  return type === 'image' || (textOf(mimeType) ?? '').startsWith('image/')
}

function originOf({ subagent, data }: Line, text: string): 'human' | 'client' | 'agent' {
  if (subagent !== undefined) return 'agent'
  const { source, isAutopilotContinuation } = data
  const sent = wordsOf(source)
  const own = isAutopilotContinuation === true || (sent !== undefined && sent !== 'user')
  return own || isClientText(text) ? 'client' : 'human'
}

export function readAssistant(reader: Reader, line: Line): void {
  const { content, reasoningText, toolRequests, model } = line.data
  const named = given('model', wordsOf(model))
  const thought = wordsOf(reasoningText)
  const said = wordsOf(content)
  if (thought !== undefined) {
    tell(reader, line, eventId('reasoning', line.id), { kind: 'reasoning', text: thought, ...named })
  }
  if (said !== undefined) tell(reader, line, eventId('response', line.id), { kind: 'response', text: said, ...named })
  if (line.subagent !== undefined) return
  reader.facts = { ...reader.facts, ...named }
  reader.memory.answered = listOf(toolRequests).length === 0
}

/** The client calls each call of the model a turn. */
export function readStep(reader: Reader, line: Line): void {
  if (line.subagent !== undefined) return
  if (line.type === 'assistant.turn_start') reader.memory.answered = false
  else if (reader.memory.answered) endTurn(reader, line, 'completed')
}

export function readAbort(reader: Reader, line: Line): void {
  if (line.subagent === undefined) endTurn(reader, line, 'interrupted')
}

export function readError(reader: Reader, line: Line): void {
  const text = wordsOf(line.data['message']) ?? wordsOf(line.data['errorType']) ?? 'unknown error'
  tell(reader, line, eventId('notice', line.id), { kind: 'notice', what: 'api-error', text })
  if (line.subagent === undefined) endTurn(reader, line, 'failed')
}

export function readModelChange(reader: Reader, line: Line): void {
  if (line.subagent === undefined) reader.facts = { ...reader.facts, ...given('model', wordsOf(line.data['newModel'])) }
}

export function readContext(reader: Reader, line: Line): void {
  const { cwd, branch } = line.data
  reader.memory.cwd = placeOf(wordsOf(cwd)) ?? reader.memory.cwd
  reader.facts = { ...reader.facts, ...given('gitBranch', wordsOf(branch)) }
}

export function readUsageRecord(reader: Reader, line: Line): void {
  const usage = objectOf(line.data['usage'])
  const message = idOf(objectOf(usage['accounting'])['usageId']) ?? idOf(usage['apiCallId']) ?? line.id
  readUsage(reader, line, message, usage, wordsOf(usage['model']))
}

/** The client's `inputTokens` hold what was read from the cache and written to it. */
function readUsage(
  reader: Reader, line: Line, message: string, usage: JsonObject, model: string | undefined,
): void {
  const count = (key: string): number => Math.max(0, numberOf(usage[key]) ?? 0)
  if (numberOf(usage['inputTokens']) === undefined || numberOf(usage['outputTokens']) === undefined) return
  if (reader.memory.counted.has(message)) return
  const [cacheRead, cacheWrite] = [count('cacheReadTokens'), count('cacheWriteTokens')]
  const tokens: TokenUsage = {
    input: Math.max(0, count('inputTokens') - cacheRead - cacheWrite), output: count('outputTokens'),
    cacheRead, cacheWrite,
  }
  remember(reader.memory, 'counted', message, true)
  const body: EventBody = { kind: 'usage', message, model: shortName(model ?? 'unknown'), tokens }
  tell(reader, line, eventId('usage', message), body)
}

/** The request that wrote the summary has no usage record, and is in none of the client's totals. */
export function readCompaction(reader: Reader, line: Line): void {
  const { success, compactionAttemptId, trigger, summaryContent, compactionTokensUsed, model } = line.data
  const used = objectOf(compactionTokensUsed)
  const attempt = idOf(compactionAttemptId) ?? line.id
  readUsage(reader, line, `compaction:${attempt}`, used, wordsOf(used['model']) ?? wordsOf(model))
  if (success === false) return
  tell(reader, line, eventId('compaction', attempt), {
    kind: 'compaction', trigger: shortName(textOf(trigger) ?? 'unknown'), ...given('summary', wordsOf(summaryContent)),
  })
}

export function readSubagentStart(reader: Reader, line: Line): void {
  const { memory } = reader
  const { toolCallId, agentType, agentName, parentId } = line.data
  const subagent = line.subagent ?? idOf(toolCallId)
  if (subagent === undefined) return
  const parent = idOf(parentId)
  const turn = (parent === undefined ? undefined : memory.subagents.get(parent)?.turn) ?? memory.turn
  const type = shortName(wordsOf(agentType) ?? wordsOf(agentName) ?? 'unknown')
  remember(memory, 'subagents', subagent, { ...given('turn', turn), agentType: type })
  tell(reader, { ...line, subagent }, eventId('subagent-start', subagent),
    { kind: 'subagent-start', agentType: type, ...given('call', idOf(toolCallId)) })
}

/** What it answered is told by its last message, and by a hook. */
export function readSubagentEnd(reader: Reader, line: Line): void {
  const { toolCallId, agentName, error } = line.data
  const subagent = line.subagent ?? idOf(toolCallId)
  if (subagent === undefined) return
  const agentType = reader.memory.subagents.get(subagent)?.agentType ?? shortName(wordsOf(agentName) ?? 'unknown')
  tell(reader, { ...line, subagent }, eventId('subagent-end', subagent),
    { kind: 'subagent-end', agentType, ...given('text', wordsOf(error)) })
}
