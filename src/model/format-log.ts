// One line for a commit, with the sessions behind it.

import { cleanLine } from './clean.ts'
import type { CommitSummary } from './commit-summary.ts'
import type { CommitExplanation, ReadCheckpoint } from './explanation.ts'
import { findIntent, parseNote } from './note-reader.ts'
import type { Style } from './style.ts'
import { countOf, padTo, shortOid } from './text-layout.ts'

const WHO_COLUMNS = 28
const TURNS_COLUMNS = 8
/** Enough to tell checkpoints of one moment apart, which begin alike. */
const SHORT_ID = 14
/** What stands before the last column. */
const HEAD_COLUMNS = 10 + 2 + WHO_COLUMNS + 2 + TURNS_COLUMNS + 2

/** `4be1c09a6c  claude-code·claude-opus-4-5    2 turns  Rate-limit the login route`; `width` may be infinite. */
export function formatLogLine(
  { commit, checkpoints, lost }: CommitExplanation<CommitSummary>, style: Style, width: number,
): string {
  const room = Math.max(20, width - HEAD_COLUMNS)
  const isKnown = checkpoints.length > 0
  const who = isKnown ? whoOf(checkpoints) : lost.length === 0 ? '–' : 'linked, but not readable'
  const turns = isKnown ? countOf(countTurns(checkpoints), 'turn') : ''
  const what = cleanLine(intentOf(checkpoints) ?? commit.subject, room)
  const tint = isKnown ? (text: string): string => text : style.faint
  return [
    style.accent(shortOid(commit.oid)),
    tint(padTo(cleanLine(who, WHO_COLUMNS), WHO_COLUMNS)),
    padTo(turns, TURNS_COLUMNS),
    tint(what),
  ].join('  ')
}

/** `  session   claude-code·claude-opus-4-5    1 turn  How do others limit logins?  01KAH…`: no commit of its own. */
export function formatSessionLine(checkpoint: ReadCheckpoint, style: Style, width: number): string {
  const { id } = checkpoint.record
  const left = width - HEAD_COLUMNS - 2
  const shown = left - id.length < 20 ? id.slice(0, SHORT_ID) : id
  const room = Math.max(10, left - shown.length)
  return [
    style.faint(padTo('  session', 10)),
    padTo(cleanLine(whoOf([checkpoint]), WHO_COLUMNS), WHO_COLUMNS),
    padTo(countOf(countTurns([checkpoint]), 'turn'), TURNS_COLUMNS),
    cleanLine(intentOf([checkpoint]) ?? '', room),
    style.faint(shown),
  ].join('  ')
}

/** Agents with the models they used. */
function whoOf(checkpoints: readonly ReadCheckpoint[]): string {
  const sessions = checkpoints.flatMap(({ record }) => record.sessions)
  return [...new Set(sessions.map(({ agent, models }) => [agent, ...models].join('·')))].join(', ')
}

const countTurns = (checkpoints: readonly ReadCheckpoint[]): number => new Set(checkpoints.flatMap(({ record }) =>
  record.sessions.flatMap(({ session, turns }) => turns.map(({ number }) => `${session} ${number}`)))).size

/** What was wanted: as the note says it, else the first prompt. */
function intentOf(checkpoints: readonly ReadCheckpoint[]): string | undefined {
  for (const { record } of checkpoints) {
    const intent = findIntent(parseNote(record.note.join('\n')))
      ?? record.sessions.flatMap((session) => session.turns).find((turn) => turn.prompt !== undefined)?.prompt
    if (intent !== undefined) return intent
  }
  return undefined
}
