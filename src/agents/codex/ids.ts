// How the events of Codex are named: by the client's own ids, so that hook and transcript name a fact alike.

import type { EventId } from '../../model/ids.ts'
import { digestOf } from '../json.ts'

const id = (text: string): EventId => text as EventId

/** The client gives a prompt other ids in the hook and in the transcript; its turn and its text are the same. */
export const promptEvent = (turn: string | undefined, text: string): EventId =>
  id(`prompt:${turn ?? ''}:${digestOf(text.trim())}`)
export const endEvent = (turn: string): EventId => id(`end:${turn}`)
export const callEvent = (call: string): EventId => id(`call:${call}`)
export const resultEvent = (call: string): EventId => id(`result:${call}`)
/** `path`: where the file was before the call, absolute. */
export const changeEvent = (call: string, path: string): EventId => id(`change:${call}:${digestOf(path)}`)
export const usageEvent = (message: string): EventId => id(`usage:${message}`)
export const subagentStartEvent = (agent: string): EventId => id(`subagent-start:${agent}`)
/** `turn`: the subagent's own; it may be given another task. */
export const subagentEndEvent = (agent: string, turn: string): EventId => id(`subagent-end:${agent}:${turn}`)
export const itemEvent = (kind: 'response' | 'reasoning' | 'prompt' | 'notice' | 'compaction', item: string): EventId =>
  id(`${kind}:${item}`)
/** What a hook tells without an id of the client. */
export const digestEvent = (kind: string, digest: string): EventId => id(`${kind}:${digest}`)
