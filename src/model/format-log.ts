// One line for a commit, with the sessions behind it.

import { cleanLine } from './clean.ts'
import type { CommitExplanation, ReadCheckpoint } from './explanation.ts'
import { findIntent, parseNote } from './note-reader.ts'
import type { Style } from './style.ts'
import { countOf, padTo, shortOid } from './text-layout.ts'

const WHO_COLUMNS = 34

/** `4be1c09a6c  claude-code · claude-opus-4-5 · 2 turns  Rate-limit the login route` */
export function formatLogLine({ commit, checkpoints, lost }: CommitExplanation, style: Style, width: number): string {
  const oid = style.accent(shortOid(commit.oid))
  const room = Math.max(20, width - 12 - WHO_COLUMNS - 2)
  const rest = (who: string, what: string): string => `${oid}  ${who}  ${what}`
  if (checkpoints.length === 0) {
    const who = padTo(lost.length === 0 ? '–' : 'linked, but not in this clone', WHO_COLUMNS)
    return rest(style.faint(who), style.faint(cleanLine(commit.subject, room)))
  }
  return rest(padTo(cleanLine(whoOf(checkpoints), WHO_COLUMNS), WHO_COLUMNS), cleanLine(intentOf(checkpoints) ?? commit.subject, room))
}

/** Agents with their models, and how many turns there were. */
export function whoOf(checkpoints: readonly ReadCheckpoint[]): string {
  const sessions = checkpoints.flatMap(({ record }) => record.sessions)
  const who = new Set(sessions.map(({ agent, models }) => [agent, ...models].join(' · ')))
  const turns = new Set(sessions.flatMap((session) => session.turns.map(({ number }) => `${session.session} ${number}`)))
  return `${[...who].join(', ')} · ${countOf(turns.size, 'turn')}`
}

/** What was wanted: as the note says it, else the first prompt. */
export function intentOf(checkpoints: readonly ReadCheckpoint[]): string | undefined {
  for (const { record } of checkpoints) {
    const intent = findIntent(parseNote(record.note.join('\n')))
      ?? record.sessions.flatMap((session) => session.turns).find((turn) => turn.prompt !== undefined)?.prompt
    if (intent !== undefined) return intent
  }
  return undefined
}
