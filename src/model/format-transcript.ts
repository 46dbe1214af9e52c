// A conversation as people read it: who said what, and what the agent did, in the order of time.

import type { TranscriptEntry } from './checkpoint.ts'
import { cleanLine } from './clean.ts'
import type { Millis } from './event.ts'
import type { Style } from './style.ts'
import { padTo, wrap } from './text-layout.ts'

interface Layout {
  readonly style: Style
  readonly width: number
  readonly full: boolean
  readonly now: Millis
}

const INDENT = 10
const MAX_OUTPUT_LINES = 20

/** The entries of all checkpoints of a commit, each event once. */
export function formatTranscript(entries: readonly TranscriptEntry[], layout: Layout): string {
  const told = new Set<string>()
  const lines: string[] = []
  let day = ''
  for (const entry of [...entries].sort((left, right) => left.at < right.at ? -1 : left.at > right.at ? 1 : 0)) {
    const key = JSON.stringify([entry.agent, entry.session, entry.id])
    const said = told.has(key) ? [] : formatEntry(entry, layout)
    told.add(key)
    if (said.length === 0) continue
    if (entry.at.slice(0, 10) !== day) {
      day = entry.at.slice(0, 10)
      lines.push(layout.style.faint(`${lines.length === 0 ? '' : '\n'}${day} (UTC)`), '')
    }
    const [first = '', ...rest] = said
    lines.push(layout.style.faint(padTo(entry.at.slice(11, 19), INDENT)) + first)
    lines.push(...rest.map((line) => (' '.repeat(INDENT) + line).trimEnd()))
    if (rest.length > 0) lines.push('')
  }
  return lines.length === 0 ? '' : `${lines.join('\n').trimEnd()}\n`
}

/** The tool calls, a line each, with what came of those that did not go well. */
export function formatSteps(entries: readonly TranscriptEntry[], { style, width }: Layout): string[] {
  const outcomes = new Map(entries.flatMap((entry) =>
    entry.kind === 'tool-result' ? [[entry.call, entry.outcome] as const] : []))
  return entries.flatMap((entry) => {
    if (entry.kind !== 'tool-call') return []
    const outcome = outcomes.get(entry.call) ?? 'ok'
    const label = padTo(`  turn ${entry.turn ?? '?'}`, 12)
    const end = outcome === 'ok' ? '' : ` (${outcome})`
    const what = cleanLine(`${entry.tool} ${describeInput(entry.input)}`, width - 12 - end.length)
    return [style.faint(label) + what + style.bad(end)]
  })
}

function formatEntry(entry: TranscriptEntry, layout: Layout): string[] {
  const { style } = layout
  const who = entry.subagent === undefined ? entry.agent : `${entry.agent} (subagent ${entry.subagent})`
  const turn = entry.turn === undefined ? '' : style.faint(`  turn ${entry.turn}`)
  const block = (title: string, text: string): string[] => [title + turn, ...wrap(text.trim(), layout.width - INDENT)]
  switch (entry.kind) {
    case 'prompt': return block(style.strong(entry.origin === 'human' ? 'you' : `${entry.origin} (prompt)`), entry.text)
    case 'response': return block(style.strong(who), entry.text)
    case 'reasoning': return entry.text.trim() === '' ? [] : block(style.accent(`${who}, thinking`), entry.text)
    case 'tool-call': return [`${style.accent('→')} ${style.strong(entry.tool)}`, ...formatInput(entry.input, layout)]
    case 'tool-result': {
      const outcome = entry.outcome === 'ok' ? 'ok' : style.bad(entry.outcome)
      return [`${style.accent('←')} ${outcome}`, ...formatOutput(entry.output, layout)]
    }
    case 'decision': case 'constraint': case 'rejected':
      return block(style.good(entry.kind), entry.why === undefined ? entry.text : `${entry.text}\nbecause ${entry.why}`)
    case 'compaction':
      return block(style.faint(`conversation compacted (${entry.trigger})`), entry.summary ?? '').filter(Boolean)
    case 'notice': return block(style.faint(entry.what), entry.text)
    case 'subagent-start': return [style.faint(`subagent ${entry.agentType} starts`)]
    case 'subagent-end': return entry.text === undefined ? [style.faint(`subagent ${entry.agentType} ends`)]
      : block(style.faint(`subagent ${entry.agentType} ends`), entry.text)
    case 'session-start': return [style.faint(`session ${entry.session} starts (${entry.reason})`)]
    case 'session-end': return [style.faint(`session ends (${entry.reason})`)]
    case 'turn-end': return entry.outcome === 'completed' ? [] : [style.bad(`turn ${entry.outcome}`)]
    // Told by the tool calls, and by the figures of the explanation.
    case 'file-change': case 'usage': return []
    default: return [style.faint(String((entry as { kind: unknown }).kind))]
  }
}

function formatInput(input: unknown, layout: Layout): string[] {
  if (typeof input !== 'object' || input === null) return shorten(String(input ?? ''), layout)
  return Object.entries(input).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.includes('\n') ? [`${name}:`, ...shorten(text, layout)]
      : shorten(`${name}: ${text}`, layout)
  })
}

const formatOutput = (output: unknown, layout: Layout): string[] =>
  shorten(typeof output === 'string' ? output : JSON.stringify(output ?? '', null, 2), layout)

function shorten(text: string, { style, width, full }: Layout): string[] {
  if (text.trim() === '') return []
  const lines = text.trimEnd().split('\n').flatMap((line) => wrap(line, width - INDENT))
  if (full || lines.length <= MAX_OUTPUT_LINES + 1) return lines
  return [...lines.slice(0, MAX_OUTPUT_LINES), style.faint(`… ${lines.length - MAX_OUTPUT_LINES} more lines (--full)`)]
}

/** What a tool was used on: a file, a command, a pattern; else its first text. */
export function describeInput(input: unknown): string {
  if (typeof input === 'string') return input
  if (typeof input !== 'object' || input === null) return ''
  const values = input as Readonly<Record<string, unknown>>
  const names = ['file_path', 'notebook_path', 'path', 'command', 'pattern', 'query', 'url', 'description', 'prompt']
  const candidates = [...names.map((name) => values[name]), ...Object.values(values)]
  const found = candidates.find((value) => typeof value === 'string')
  return typeof found === 'string' ? found : ''
}
