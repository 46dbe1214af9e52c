// To which turn a line of a transcript belongs, and whether it was copied from another session.
//
// A fork copies every line under a new session id. Old clients keep the origin's session id in prompts, `/branch` adds
// `forkedFrom`, `--fork-session` marks only assistant lines (`requestSessionId`) and writes the id of its own first
// prompt into all copied lines. Such prompts are known by being older than the file; what a copy keeps is their uuid.

import type { TranscriptSource } from '../agent.ts'
import { idOf, turnIdOf } from '../event-ids.ts'
import type { Memory, Turn } from './memory.ts'
import { isEcho, isInterruption } from './prompts.ts'
import { promptText } from './content.ts'
import { digestOf, given, isObject, objectOf, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

export interface RawLine {
  readonly raw: JsonObject
  readonly type: string
  readonly uuid: string
  readonly offset: number
}

export interface PlacedLine extends RawLine {
  readonly at: number
  readonly turn: Turn
}

interface Reading {
  readonly source: TranscriptSource
  readonly memory: Memory
}

export function placeInTurn(reading: Reading, line: RawLine): PlacedLine {
  const { memory } = reading
  const time = Date.parse(textOf(line.raw['timestamp']) ?? '')
  const at = Number.isNaN(time) ? memory.at : time
  const turn = turnOf(reading, line, at)
  memory.at = at
  memory.turn = turn
  return { ...line, at, turn }
}

function turnOf({ source, memory }: Reading, { raw, type, uuid }: RawLine, at: number): Turn {
  const parent = textOf(raw['parentUuid']) ?? textOf(raw['logicalParentUuid'])
  const ancestor = parent === undefined ? undefined : memory.lines.get(parent)
  const id = turnIdOf(raw['promptId'])
  if (source.subagent !== undefined) return id === undefined ? ancestor ?? {} : { id }
  const foreign = isForeign(raw, source)
  if (type === 'user' && opensTurn(raw)) {
    const copied = foreign || isOlderThanFile(memory, raw, uuid, at)
    if (!copied) memory.own = true
    return !copied && id !== undefined ? { id } : namedByLine(uuid, copied)
  }
  if (ancestor?.copied === true) return ancestor
  if (foreign) return { ...ancestor ?? memory.turn ?? namedByLine(uuid, true), copied: true }
  return ancestor ?? (id === undefined ? memory.turn ?? {} : { id })
}

const namedByLine = (uuid: string, copied: boolean): Turn =>
  ({ ...given('id', turnIdOf(uuid)), byLine: true, ...(copied ? { copied: true } : {}) })

/** A prompt, a command or a `!` command; not a tool's result, nor what the client adds to either. */
function opensTurn(raw: JsonObject): boolean {
  if (raw['isMeta'] === true || raw['isCompactSummary'] === true) return false
  const text = promptText(objectOf(raw['message'])['content'])
  return text !== undefined && !isEcho(text) && !isInterruption(text)
}

function isForeign(raw: JsonObject, source: TranscriptSource): boolean {
  if (isObject(raw['forkedFrom'])) return true
  return [raw['sessionId'], raw['requestSessionId']].some((id) => idOf(id) !== undefined && id !== source.session)
}

/** True for a prompt that was written before the file was begun, unless the file was begun with this prompt. */
function isOlderThanFile({ own, dated }: Memory, raw: JsonObject, uuid: string, at: number): boolean {
  if (own || dated === undefined || at >= dated.at || dated.of === uuid) return false
  return dated.of !== digestOf(promptText(objectOf(raw['message'])['content'])?.trim())
}
