// How an explanation reads: what was asked and why it was done so come first, bookkeeping last.

import type { FileRecord, SessionRecord, Statement } from './checkpoint.ts'
import { cleanLine } from './clean.ts'
import type { CommitSummary, UnreadCommit } from './commit-summary.ts'
import type { Millis } from './event.ts'
import type { ExplainedCheckpoint, ExplainedSession } from './explanation.ts'
import { formatDuration, isUncounted } from './note.ts'
import type { Style } from './style.ts'
import { countOf, formatAge, formatAmount, padTo, shortOid, widthOf, wrap } from './text-layout.ts'
import { formatSteps } from './format-transcript.ts'

export interface Layout {
  readonly style: Style
  readonly width: number
  readonly now: Millis
  /** Nothing shortened. */
  readonly full: boolean
}

const INDENT = 12
const MARGIN = ' '.repeat(INDENT)
const MAX_TURNS = 8
const MAX_PROMPT_LINES = 8
const MAX_RESPONSE_LINES = 12
const MAX_EXCERPTS = 3
const MAX_EXCERPT_LINES = 3
const MAX_FILES = 20

export function formatExplanation(
  commit: CommitSummary | UnreadCommit, checkpoints: readonly ExplainedCheckpoint[], layout: Layout,
): string {
  const alone = checkpoints.find(({ isAlone }) => isAlone)
  const head = alone === undefined ? formatCommit(commit, layout) : formatAlone(commit, alone, layout)
  return [head, ...checkpoints.map((each) => formatCheckpoint(each, layout))].join('\n')
}

/** A session checkpoint stands on a commit, and is none of its work. */
function formatAlone(
  { oid, subject }: CommitSummary | UnreadCommit, { id }: ExplainedCheckpoint, { style, width }: Layout,
): string {
  const where = /^0+$/.test(oid) ? 'before the first commit'
    : `on top of ${shortOid(oid)}${subject === undefined ? '' : ` (${cleanLine(subject, width - 50)})`}`
  return `${style.accent(`checkpoint ${id}`)}\na session kept without a commit, ${where}\n`
}

function formatCommit(commit: CommitSummary | UnreadCommit, { style, now, width }: Layout): string {
  if (commit.subject === undefined) return `${style.accent(`commit ${commit.oid}`)}\n`
  const { oid, subject, author, authoredAt } = commit
  const day = new Date(authoredAt).toISOString().slice(0, 10)
  const age = formatAge(authoredAt, now)
  return [
    style.accent(`commit ${oid}`),
    `${author.name} · ${day}${age.startsWith('on ') ? '' : ` · ${age}`}`,
    '',
    ...wrap(subject, width - 4).map((line) => style.strong(`    ${line}`)),
    '',
  ].join('\n')
}

const HEADINGS: Readonly<Partial<Record<ExplainedCheckpoint['kind'], string>>> = {
  continuation: '— said in the same turn, after the commit —',
  session: '— said before, and kept as a session —',
}

function formatCheckpoint(checkpoint: ExplainedCheckpoint, layout: Layout): string {
  const { style } = layout
  const heading = HEADINGS[checkpoint.kind]
  return [
    ...heading === undefined || checkpoint.isAlone ? [] : [style.faint(heading), ''],
    ...checkpoint.sessions.flatMap((session) => formatSession(session, layout)),
    ...formatFiles(checkpoint, layout),
    ...formatSymbols(checkpoint, layout),
    ...formatOrigin(checkpoint, layout),
  ].join('\n')
}

function formatSession(session: ExplainedSession, layout: Layout): string[] {
  const { style } = layout
  const [name, ...facts] = headOf(session)
  const turns = layout.full ? session.turns : session.turns.slice(0, MAX_TURNS)
  const rest = session.turns.length - turns.length
  const more = rest === 0 ? [] : [MARGIN + style.faint(`… ${countOf(rest, 'more turn')} (--full)`)]
  const asked = turns.flatMap(({ number, prompt }) =>
    prompt === undefined ? [] : item(`turn ${number}`, prompt, MAX_PROMPT_LINES, layout))
  const done = turns.flatMap(({ number, response, outcome = 'completed' }) => [
    ...response === undefined ? [] : item(`turn ${number}`, response, MAX_RESPONSE_LINES, layout),
    ...outcome === 'completed' ? [] : [MARGIN + style.bad(outcome)],
  ])
  return [
    `${style.strong(name!)}${facts.map((fact) => ` · ${fact}`).join('')}`,
    '',
    ...section('Asked', [...asked, ...more], style),
    ...section('Why', session.statements.flatMap((statement) => formatStatement(statement, layout)), style),
    ...section('Done', [...done, ...more], style),
    ...section('Thinking', formatReasoning(session, layout), style),
    ...section('Steps', layout.full ? formatSteps(session.entries, layout) : [], style),
  ]
}

/** Agent, models, how long and how much. */
function headOf({ record, turns }: ExplainedSession): string[] {
  const { agent, models, durationMs } = record
  return [agent, ...models, countOf(turns.length, 'turn'), formatDuration(durationMs), ...formatTokens(record)]
}

function formatTokens({ usage }: SessionRecord): string[] {
  if (usage === undefined) return []
  const read = usage.input + usage.cacheRead + usage.cacheWrite
  return read + usage.output === 0 ? [] : [`${formatAmount(read)} tokens read, ${formatAmount(usage.output)} written`]
}

const section = (title: string, lines: readonly string[], style: Style): string[] =>
  lines.length === 0 ? [] : [style.strong(title), ...lines, '']

/** A label in the margin and a text beside it, shortened unless all is wanted. */
function item(label: string, text: string, maxLines: number, layout: Layout, tint = layout.style.faint): string[] {
  const all = wrap(text.trim(), layout.width - INDENT)
  const lines = layout.full || all.length <= maxLines + 1 ? all : all.slice(0, maxLines)
  const more = all.length - lines.length
  return [
    ...lines.map((line, at) => (at === 0 ? tint(padTo(`  ${label}`, INDENT)) + line : MARGIN + line).trimEnd()),
    ...more === 0 ? [] : [MARGIN + layout.style.faint(`… ${countOf(more, 'more line')} (--full)`)],
  ]
}

const LABELS = { decision: 'decided', constraint: 'bound by', rejected: 'rejected' } as const

function formatStatement({ kind, text, why, turn }: Statement, layout: Layout): string[] {
  const { style } = layout
  const tint = kind === 'rejected' ? style.bad : kind === 'decision' ? style.good : style.accent
  return [
    ...item(LABELS[kind] ?? kind, `${text.trim()} (turn ${turn})`, Infinity, layout, tint),
    ...why === undefined ? [] : item('', `because ${why}`, Infinity, layout),
  ]
}

function formatReasoning(session: ExplainedSession, layout: Layout): string[] {
  const thoughts = session.entries.flatMap((entry) =>
    entry.kind === 'reasoning' && entry.text.trim() !== '' ? [entry] : [])
  const shown = layout.full ? thoughts : thoughts.slice(0, MAX_EXCERPTS)
  const rest = thoughts.length - shown.length
  return [
    ...shown.flatMap(({ turn, text }) =>
      item(turn === undefined ? '' : `turn ${turn}`, text, MAX_EXCERPT_LINES, layout)),
    ...rest === 0 ? [] : [MARGIN + layout.style.faint(`… ${countOf(rest, 'more thought')} (--full)`)],
  ]
}

const CHANGES: Readonly<Record<string, string>> = { create: 'new', delete: 'deleted', rename: 'renamed', type: 'type' }
const FILE_EVIDENCE: Readonly<Record<string, string>> = {
  inferred: 'inferred', unknown: 'by the agent or the user', replaced: 'its content was replaced before the commit',
}

function formatFiles({ files, kind }: ExplainedCheckpoint, { style, width, full }: Layout): string[] {
  if (files.length === 0) return []
  const shown = full ? files : files.slice(0, MAX_FILES)
  const column = Math.min(width - 24, Math.max(...shown.map(({ path }) => widthOf(path)))) + 4
  const lines = shown.map((file) => {
    const { added, removed = 0 } = file
    const counts = kind === 'session' ? '' : added === undefined ? 'binary'
      : `${style.good(`+${added}`)} ${style.bad(`−${removed}`)}`
    const remarks = remarksOn(file).map((remark, at) => style.faint(at === 0 ? `  ${remark}` : `, ${remark}`))
    return padTo(`  ${file.path}`, column) + counts + remarks.join('')
  })
  const rest = files.length - shown.length
  if (rest > 0) lines.push(style.faint(`  … ${countOf(rest, 'more file')} (--full)`))
  return section(`Files (${sumOf(files)})`, lines, style)
}

function remarksOn({ change, from, added, agentAdded, evidence, ambiguous }: FileRecord): string[] {
  return [
    CHANGES[change],
    from === undefined ? undefined : `from ${from}`,
    agentAdded === undefined || agentAdded === added ? undefined : `${agentAdded} of the added lines by the agent`,
    FILE_EVIDENCE[evidence],
    ambiguous === true ? 'shared by several sessions' : undefined,
  ].filter((remark) => remark !== undefined)
}

/** `3 files +120 −14` */
function sumOf(files: readonly FileRecord[]): string {
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0)
  const added = sum(files.map((file) => file.added ?? 0))
  const removed = sum(files.map((file) => file.removed ?? 0))
  if (isUncounted(files)) return countOf(files.length, 'file')
  return `${countOf(files.length, 'file')} +${added} −${removed}`
}

function formatSymbols({ symbols }: ExplainedCheckpoint, { style, width, full }: Layout): string[] {
  if (symbols.length === 0) return []
  const names = [...new Set(symbols.map(({ name }) => name))]
  const all = wrap(names.join(', '), width - 2).map((line) => `  ${line}`)
  const lines = full || all.length <= 3 ? all : [...all.slice(0, 2), style.faint(`  … ${names.length} in all (--full)`)]
  return section('Symbols', lines, style)
}

function formatOrigin(checkpoint: ExplainedCheckpoint, { style, width }: Layout): string[] {
  const { id, evidence, sessions, redactions, twins } = checkpoint
  const secrets = Object.entries(redactions).map(([kind, count]) => `${count} × ${kind}`)
  const lines = [
    ...wrap(evidence.join('; '), width - 2),
    ...sessions.map(({ record }) => `session ${record.session}${FOUND_BY[record.foundBy] ?? ''}`),
    `checkpoint ${[id, ...twins].join(', ')}`,
    ...secrets.length === 0 ? [] : [`redacted: ${secrets.join(', ')}`],
  ]
  return section('How this is known', lines.map((line) => style.faint(`  ${line}`)), style)
}

const FOUND_BY: Readonly<Record<string, string>> = {
  'git-hook': ' (known from the shell it committed in)', 'scan': ' (found by its folder and time, no hook ran)',
  'import': ' (imported from what its agent keeps)', 'git-ai': ' (imported from git-ai)',
  'entire': ' (imported from Entire)',
}

/** Three to five lines. */
export function formatShort(
  commit: CommitSummary | UnreadCommit, checkpoints: readonly ExplainedCheckpoint[], { style, width }: Layout,
): string {
  const alone = checkpoints.find(({ isAlone }) => isAlone)
  const title = alone !== undefined ? style.accent(`checkpoint ${alone.id}`)
    : `${style.accent(shortOid(commit.oid))} ${cleanLine(commit.subject ?? '', width - 30)}`.trimEnd()
  const sessions = checkpoints.flatMap((checkpoint) => checkpoint.sessions)
  if (sessions.length === 0) return `${title}${style.faint('  (no reasoning)')}\n`
  const agents = [...new Set(sessions.map(({ record }) => [record.agent, ...record.models].join(' · ')))].join(', ')
  const turns = new Set(sessions.flatMap((session) =>
    session.turns.map(({ number }) => `${session.record.session} ${number}`))).size
  const duration = formatDuration(sessions.reduce((sum, { record }) => sum + record.durationMs, 0))
  const files = checkpoints.flatMap((checkpoint) => checkpoint.files)
  const prompt = sessions.flatMap((session) => session.turns).find((turn) => turn.prompt !== undefined)?.prompt
  const statements = sessions.flatMap((session) => session.statements)
  const row = (label: string, text: string | undefined): string[] =>
    text === undefined ? [] : [style.faint(padTo(`  ${label}`, INDENT)) + cleanLine(text, width - INDENT)]
  const first = (kind: Statement['kind']): string | undefined => {
    const found = statements.find((statement) => statement.kind === kind)
    return found === undefined ? undefined : `${found.text}${found.why === undefined ? '' : `, because ${found.why}`}`
  }
  return `${title}\n` + [
    `  ${[agents, countOf(turns, 'turn'), duration, ...files.length === 0 ? [] : [sumOf(files)]].join(' · ')}`,
    ...row('asked', prompt), ...row('decided', first('decision')), ...row('rejected', first('rejected')),
  ].map((line) => `${line}\n`).join('')
}
