// The lines of a note: each is a whole record that begins with the checkpoint id and a two-digit ordinal, so that
// sorting and merging notes can never tear one. Their text is frozen in session.json and never formatted again.

import { cleanLine } from './clean.ts'
import type { CheckpointRecord, FileRecord, SessionRecord } from './checkpoint.ts'

const MAX_LINE = 200
const HEAD = { first: 0, last: 9 }
const INTENT = { first: 10, last: 29 }
const DECISION = { first: 30, last: 59 }
const REJECTED = { first: 60, last: 89 }
const ORIGIN = 99

/** The note's lines of a checkpoint, in order. */
export function formatNote(record: Omit<CheckpointRecord, 'note'>): readonly string[] {
  const line = (ordinal: number, text: string): string =>
    `${record.id} ${String(ordinal).padStart(2, '0')} ${cleanLine(text, MAX_LINE)}`
  const group = (range: { first: number; last: number }, texts: readonly string[]): string[] =>
    texts.slice(0, range.last - range.first + 1).map((text, at) => line(range.first + at, text))
  const prompts = record.sessions.flatMap((session) => session.turns.flatMap((turn) => turn.prompt ?? []))
  const said = (kind: 'decision' | 'constraint' | 'rejected', label: string): string[] =>
    record.statements.filter((statement) => statement.kind === kind).map(({ text, why, turn }) =>
      `${label} ${text}${why === undefined ? '' : `, since ${why}`} (turn ${turn})`)
  return [
    ...group(HEAD, record.sessions.map((session, at) =>
      formatHead(session, at === 0 ? record.files : [], record.kind))),
    ...group(INTENT, prompts.map((prompt) => `intent ${prompt}`)),
    ...group(DECISION, [...said('decision', 'decision'), ...said('constraint', 'constraint')]),
    ...group(REJECTED, said('rejected', 'rejected')),
    line(ORIGIN, `origin ${record.origin.commit}`),
  ]
}

function formatHead(session: SessionRecord, files: readonly FileRecord[], kind: CheckpointRecord['kind']): string {
  const turns = new Set(session.turns.map((turn) => turn.number)).size
  const parts = [
    session.agent,
    ...session.models,
    `session ${session.session.slice(0, 8)}`,
    `${turns} ${turns === 1 ? 'turn' : 'turns'}`,
    formatDuration(session.durationMs),
  ]
  if (files.length > 0) parts.push(formatFiles(files))
  if (kind === 'continuation') parts.push('continued after the commit')
  if (kind === 'session') parts.push('kept before the commit')
  return parts.join(' · ')
}

/** Where there is no commit, no lines are counted. */
export const isUncounted = (files: readonly FileRecord[]): boolean => files.every(({ added }) => added === undefined)

const formatFiles = (files: readonly FileRecord[]): string => {
  const sum = (of: (file: FileRecord) => number | undefined): number =>
    files.reduce((total, file) => total + (of(file) ?? 0), 0)
  const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`
  return isUncounted(files) ? count : `${count} +${sum((file) => file.added)} −${sum((file) => file.removed)}`
}

/** `8s`, `14m`, `2h05m`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}

/** The lines of one commit's note with these added: each (id, ordinal) once, sorted as `cat_sort_uniq` would. */
export function uniteNote(present: string, lines: readonly string[]): string {
  const all = new Map<string, string>()
  for (const line of [...present.split('\n'), ...lines]) {
    const text = line.trimEnd()
    const key = /^(\S{26} \d\d) /.exec(text)?.[1] ?? text
    if (text !== '' && !all.has(key)) all.set(key, text)
  }
  return `${[...all.values()].sort(compareBytes).join('\n')}\n`
}

const compareBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right))
