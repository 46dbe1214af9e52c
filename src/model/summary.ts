// summary.md: the checkpoint for people, with the facts in YAML front matter. Deterministic; each statement names
// its turn.

import type { CheckpointRecord, FileRecord, SessionRecord, Statement } from './checkpoint.ts'
import { formatDuration } from './note.ts'

/** The text of summary.md. */
export function formatSummary(record: CheckpointRecord): string {
  const several = record.sessions.length > 1
  return [
    formatFrontMatter(record),
    section('Intent', record.sessions.flatMap((session) => formatPrompts(session, several))),
    section('What was done', record.sessions.flatMap((session) => formatResponses(session, several))),
    section('Decisions', formatStatements(record.statements, 'decision')),
    section('Alternatives rejected', formatStatements(record.statements, 'rejected')),
    section('Constraints', formatStatements(record.statements, 'constraint')),
    section('Files', record.files.map(formatFile)),
    section('Symbols', record.symbols.map(({ name, path }) => `- \`${name}\` in ${path}`)),
    section('Open ends', record.sessions.flatMap(formatOpenEnds)),
  ].filter((part) => part !== '').join('\n')
}

function formatFrontMatter(record: CheckpointRecord): string {
  const sum = (of: (session: SessionRecord) => number): number =>
    record.sessions.reduce((total, one) => total + of(one), 0)
  // JSON strings and lists are YAML as well, so no name or branch can break the block.
  const facts: readonly (readonly [string, unknown])[] = [
    ['checkpoint', record.id],
    ['commit', record.origin.commit],
    ['kind', record.kind],
    ...(record.continues === undefined ? [] : [['continues', record.continues] as const]),
    ['agents', [...new Set(record.sessions.map((session) => session.agent))]],
    ['models', [...new Set(record.sessions.flatMap((session) => session.models))]],
    ['sessions', record.sessions.map((session) => session.session)],
    ...(record.origin.branch === undefined ? [] : [['branch', record.origin.branch] as const]),
    ['committed', record.origin.committedAt],
    ['duration', formatDuration(sum((session) => session.durationMs))],
    ...(record.sessions.every(({ usage }) => usage === undefined) ? [] : [
      ['tokens_in', sum(({ usage }) => usage === undefined ? 0 : usage.input + usage.cacheRead + usage.cacheWrite)],
      ['tokens_out', sum(({ usage }) => usage?.output ?? 0)],
    ] as const),
  ]
  return `---\n${facts.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n')}\n---\n`
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}\n`

const formatPrompts = (session: SessionRecord, several: boolean): string[] =>
  session.turns.flatMap((turn) =>
    turn.prompt === undefined ? [] : [item(turn.prompt, place(session, turn.number, several))])

const formatResponses = (session: SessionRecord, several: boolean): string[] =>
  session.turns.flatMap((turn) =>
    turn.response === undefined ? [] : [item(turn.response, place(session, turn.number, several))])

const formatStatements = (statements: readonly Statement[], kind: Statement['kind']): string[] =>
  statements.filter((statement) => statement.kind === kind).map(({ text, why, turn }) =>
    item(why === undefined ? text : `${text}: ${why}`, `turn ${turn}`))

const place = (session: SessionRecord, turn: number, several: boolean): string =>
  several ? `${session.agent} ${session.session.slice(0, 8)}, turn ${turn}` : `turn ${turn}`

/** A list item whose further lines are indented, so that text of several paragraphs stays one item. */
const item = (text: string, where: string): string => `- ${text.trim().replace(/\n/g, '\n  ')} (${where})`

function formatFile(file: FileRecord): string {
  const counts = file.added === undefined ? '' : ` +${file.added} −${file.removed ?? 0}`
  const agent = file.agentAdded === undefined ? '' : `, ${file.agentAdded} by the agent`
  const from = file.from === undefined ? '' : ` (from ${file.from})`
  const shared = file.ambiguous === true ? ', shared by sessions' : ''
  return `- ${file.change} ${file.path}${from}${counts}${agent}${EVIDENCE[file.evidence]}${shared}`
}

const EVIDENCE: Readonly<Record<FileRecord['evidence'], string>> = {
  tool: '',
  inferred: ', inferred',
  unknown: ', by the agent or the user',
  replaced: ', content replaced before the commit',
}

const formatOpenEnds = (session: SessionRecord): string[] => session.turns.flatMap((turn) =>
  turn.outcome === 'interrupted' ? [`- Turn ${turn.number} was interrupted.`]
    : turn.outcome === 'failed' ? [`- Turn ${turn.number} ended in a failure.`] : [])
