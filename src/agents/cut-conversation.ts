// Cuts a conversation at a turn, as a new session of the same agent that can be continued from there.

import type { SessionId, TurnId } from '../model/ids.ts'
import type { AgentAdapter, TranscriptLine } from './agent.ts'
import type { AgentResume } from './resume.ts'

export interface ConversationCut {
  readonly session: SessionId
  readonly turn: TurnId
  /** `after`: the turn is the last one that stays; `before`: its prompt is the first thing that goes. */
  readonly keep: 'before' | 'after'
  readonly newSession: SessionId
}

export type Cut =
  | { readonly kind: 'cut'; readonly lines: readonly string[] }
  /** No line of the transcript belongs to the turn. */
  | { readonly kind: 'unknown-turn' }
  /** Nothing is left before the turn: the conversation begins with it. */
  | { readonly kind: 'nothing-left' }

/**
 * `lines`: of the main transcript, in the order of the file. What the client asks by itself belongs to the user's
 * prompt before it, as it does in the numbers of turns.
 */
export function cutConversation(
  adapter: AgentAdapter, agent: AgentResume, lines: readonly string[], cut: ConversationCut,
): Cut {
  const placed = placeLines(adapter, lines, cut.session)
  const groups = groupTurns(placed)
  const at = groups.findIndex(({ turns }) => turns.has(cut.turn))
  if (at < 0) return { kind: 'unknown-turn' }
  const count = cut.keep === 'after' ? at + 1 : at
  if (count === 0) return { kind: 'nothing-left' }
  const kept = new Set(groups.slice(0, count).flatMap(({ turns }) => [...turns]))
  const next = groups[count]
  const end = next === undefined ? lines.length : beginOf(agent, lines, placed, next.prompt)
  // What belongs to an earlier turn may come late: the result of a tool behind prompts that were queued meanwhile.
  const left = lines.filter((_, index) => {
    const { turn } = placed[index]!
    return index < end || (turn !== undefined && kept.has(turn))
  })
  return { kind: 'cut', lines: agent.copyInto(left, cut.session, cut.newSession) }
}

interface PlacedLine {
  readonly turn?: TurnId
  /** A prompt stands here: of the user, or one of the client or the agent. */
  readonly prompt?: 'human' | 'other'
}

interface TurnGroup {
  readonly turns: Set<TurnId>
  /** The line of the prompt that it begins with. */
  readonly prompt: number
}

function groupTurns(placed: readonly PlacedLine[]): readonly TurnGroup[] {
  const groups: TurnGroup[] = []
  for (const [index, { turn, prompt }] of placed.entries()) {
    if (turn === undefined || prompt === undefined || groups.some(({ turns }) => turns.has(turn))) continue
    if (prompt === 'human' || groups.length === 0) groups.push({ turns: new Set([turn]), prompt: index })
    else groups.at(-1)!.turns.add(turn)
  }
  return groups
}

/** Where a turn begins whose prompt is at `prompt`: some clients open it before. */
function beginOf(
  agent: AgentResume, lines: readonly string[], turns: readonly PlacedLine[], prompt: number,
): number {
  const { turn } = turns[prompt]!
  for (let at = prompt - 1; at >= 0; at -= 1) {
    if (agent.opensTurn?.(lines[at]!) === true) return at
    const other = turns[at]!.turn
    if (other !== undefined && other !== turn) break
  }
  return prompt
}

/** To which turn each line belongs, by what the adapter reads in it. */
function placeLines(adapter: AgentAdapter, lines: readonly string[], session: SessionId): readonly PlacedLine[] {
  let offset = 0
  const read = lines.map((text): TranscriptLine => {
    const line = { offset, text }
    offset += Buffer.byteLength(text) + 1
    return line
  })
  const placed: { turn?: TurnId; prompt?: 'human' | 'other' }[] = lines.map(() => ({}))
  for (const { event, offset: at } of adapter.parseTranscript(read, { session }, undefined).observations) {
    const line = placed[lineAt(read, at ?? 0)]
    if (line === undefined || event.turn === undefined || event.subagent !== undefined) continue
    line.turn ??= event.turn
    if (event.kind === 'prompt') line.prompt = event.origin === 'human' ? 'human' : 'other'
  }
  return placed
}

/** Events of one line stand a few bytes behind each other. */
function lineAt(lines: readonly TranscriptLine[], offset: number): number {
  let low = 0
  let high = lines.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (lines[middle]!.offset <= offset) low = middle
    else high = middle
  }
  return low
}
