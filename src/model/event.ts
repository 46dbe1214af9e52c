// An event is one fact of a session. Adapters make events, the live store keeps them, promotion copies them into
// checkpoints. Events are appended and never changed. The same fact may be told by several sources; `pickEvents`
// keeps the best telling.

import type { EventId, TurnId } from './ids.ts'

/**
 * Who told the fact; `call`: what a tool call asked for.
 * Later in this list wins: the agent's own record is the most complete.
 */
export const EVENT_SOURCES = ['call', 'worktree', 'hook', 'transcript'] as const
export type EventSource = (typeof EVENT_SOURCES)[number]

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number

export interface EventHead {
  readonly id: EventId
  /** Absent where the source does not say which turn (old clients' hooks, session events). */
  readonly turn?: TurnId
  /** The agent's id of the subagent that did this; absent for the main conversation. */
  readonly subagent?: string
  /** When it happened by the agent's own clock; by arrival of the hook where the agent gives no time. */
  readonly at: Millis
}

export type EventBody =
  | { readonly kind: 'session-start'; readonly reason: string }
  | { readonly kind: 'session-end'; readonly reason: string }
  /** `origin`: who wrote the text. Only `human` prompts are the user's words. `images`: how many came with it. */
  | {
    readonly kind: 'prompt'; readonly text: string; readonly origin: 'human' | 'client' | 'agent'
    readonly images?: number
  }
  | { readonly kind: 'turn-end'; readonly outcome: 'completed' | 'interrupted' | 'failed' }
  | { readonly kind: 'response'; readonly text: string; readonly model?: string }
  | { readonly kind: 'reasoning'; readonly text: string; readonly model?: string }
  /** `reads`: the files that the call is known to read, as the agent said them. */
  | {
    readonly kind: 'tool-call'; readonly tool: string; readonly call: string; readonly input: unknown
    readonly reads?: readonly string[]
  }
  /** `output` as the agent recorded it (text or JSON); `outcome` tells refused from failed. */
  | {
    readonly kind: 'tool-result'; readonly tool?: string; readonly call: string
    readonly outcome: 'ok' | 'failed' | 'refused' | 'interrupted'
    readonly output: unknown; readonly durationMs?: number
  }
  | FileChange
  | { readonly kind: 'decision'; readonly text: string; readonly why?: string }
  | { readonly kind: 'constraint'; readonly text: string; readonly why?: string }
  | { readonly kind: 'rejected'; readonly text: string; readonly why?: string }
  | { readonly kind: 'compaction'; readonly trigger: string; readonly summary?: string }
  | { readonly kind: 'subagent-start'; readonly agentType: string; readonly call?: string }
  | { readonly kind: 'subagent-end'; readonly agentType: string; readonly text?: string }
  /** Tokens of one API message; its id makes it count once, over files and sessions. */
  | { readonly kind: 'usage'; readonly message: string; readonly model: string; readonly tokens: TokenUsage }
  /**
   * Something the agent or the user did outside of tools: a shell command of the user, a local command, an API
   * failure.
   */
  | { readonly kind: 'notice'; readonly what: string; readonly text: string }

export type EventKind = EventBody['kind']

/** Kinds that make a checkpoint worth having: something was said or done. */
export const SAID_KINDS: readonly EventKind[] = ['prompt', 'response', 'reasoning', 'tool-call', 'tool-result']
export const isSaid = ({ kind }: { readonly kind: EventKind }): boolean => SAID_KINDS.includes(kind)

export interface FileChange {
  readonly kind: 'file-change'
  /** As the agent said it, absolute. The live store keeps it as (worktree root, path). */
  readonly path: string
  /** Where it was before, for a rename. */
  readonly from?: string
  readonly change: 'create' | 'modify' | 'delete' | 'rename'
  /** The tool that did it, or `worktree` when found by comparing the working tree. */
  readonly tool: string
  readonly call?: string
  /**
   * How sure it is that the agent did it: `tool` said so; `inferred` while it ran something; `unknown` it may have
   * been the user.
   */
  readonly evidence: 'tool' | 'inferred' | 'unknown'
  /** What changed, when the tool tells. Lines keep their ' ', '+' or '-'. Absent: only the path is known. */
  readonly hunks?: readonly Hunk[]
  /** SHA-256 (hex) of the whole text before and after, when known. `null` before: it did not exist. */
  readonly before?: string | null
  readonly after?: string | null
}

export interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  readonly lines: readonly string[]
}

/**
 * Token counts of the vendor's API, made comparable: `input` is what was neither read from a cache nor written to
 * one, `output` holds the tokens of reasoning.
 */
export interface TokenUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

export type Event = EventHead & EventBody

/** One telling of an event. */
export interface Observation {
  readonly event: Event
  readonly source: EventSource
  /**
   * The source did not name the fact with the agent's own id (the last answer in a Stop payload, a prompt of an
   * old client), or knows less of it than another will tell (a change of a file without its lines). Such an event gives
   * way to one of the same kind and text, or file, that has an id, in the same session.
   */
  readonly unnamed?: true
  /** Position in the transcript, bytes from its start, or in the payload; orders events of the same millisecond. */
  readonly offset?: number
}

/** The text, or the path, by which an unnamed event is recognised as another one. */
export function recognisedBy(event: Event): string | undefined {
  if (event.kind === 'file-change') return event.path
  return event.kind === 'prompt' || event.kind === 'response' ? event.text.trim() : undefined
}
