// Agent Trace 0.1.0 (https://agent-trace.dev): which lines of a commit which conversation wrote, for other tools to
// read. The same checkpoints give the same record. Only what checkpoints hold is told: redacted text, and no person.

import { createHash } from 'node:crypto'
import { rangesOf } from './added-lines.ts'
import type { AddedLine } from './added-lines.ts'
import type { FileRecord, SessionRecord, Timestamp, TranscriptEntry } from './checkpoint.ts'
import type { ReadCheckpoint } from './explanation.ts'
import type { Oid, SessionId } from './ids.ts'
import { findWriters } from './line-writers.ts'
import type { Writing } from './line-writers.ts'
import { findSaidPath } from './said-path.ts'

export const AGENT_TRACE_VERSION = '0.1.0'
/** The key of `metadata` that is ours. */
export const METADATA_KEY = 'com.bitloops.git-bitloops'

export interface TraceRecord {
  readonly version: typeof AGENT_TRACE_VERSION
  readonly id: string
  readonly timestamp: Timestamp
  readonly vcs: { readonly type: 'git'; readonly revision: Oid }
  readonly tool: { readonly name: string; readonly version: string }
  readonly files: readonly TraceFile[]
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface TraceFile {
  readonly path: string
  readonly conversations: readonly TraceConversation[]
}

export interface TraceConversation extends Author {
  readonly ranges: readonly { readonly start_line: number; readonly end_line: number }[]
}

interface Author {
  readonly url?: string
  readonly contributor: { readonly type: 'human' | 'ai' | 'mixed' | 'unknown'; readonly model_id?: string }
}

/** A commit with the lines it adds, by path. */
export interface TracedCommit {
  readonly oid: Oid
  readonly added: ReadonlyMap<string, readonly AddedLine[]>
}

/** One record of all that is linked to a commit. `version`: that of this program. */
export function traceOf(commit: TracedCommit, checkpoints: readonly ReadCheckpoint[], version: string): TraceRecord {
  const files = uniteFiles(checkpoints.flatMap(({ record }) => record.files))
  const sessions = checkpoints.flatMap(({ record }) => record.sessions)
  const writings = readWritings(checkpoints, files)
  return {
    version: AGENT_TRACE_VERSION,
    id: uuidOf(`${commit.oid} ${checkpoints.map(({ record }) => record.id).join(' ')}`),
    timestamp: checkpoints.map(({ record }) => record.origin.committedAt).sort().at(-1) ?? '',
    vcs: { type: 'git', revision: commit.oid },
    tool: { name: 'git-bitloops', version },
    files: files.flatMap((file) => {
      const added = commit.added.get(file.path) ?? []
      const authors = authorsOf(file, added, writings.get(file.path) ?? [], sessions)
      return added.length === 0 ? [] : [{ path: file.path, conversations: groupLines(added, authors) }]
    }),
    metadata: { [METADATA_KEY]: { checkpoints: checkpoints.map(describeCheckpoint) } },
  }
}

const STRENGTH: readonly FileRecord['evidence'][] = ['tool', 'inferred', 'unknown', 'replaced']

/** Each path once, with the strongest evidence and all sessions: a commit may hold what was several before. */
function uniteFiles(files: readonly FileRecord[]): readonly FileRecord[] {
  const united = new Map<string, FileRecord>()
  for (const file of files) {
    const known = united.get(file.path)
    const isStronger = STRENGTH.indexOf(file.evidence) < STRENGTH.indexOf(known?.evidence ?? file.evidence)
    const best = known === undefined || isStronger ? file : known
    united.set(file.path, { ...best, sessions: [...new Set([...known?.sessions ?? [], ...file.sessions])] })
  }
  return [...united.values()]
}

/** The recorded edits of each file, oldest first; what only may have been the agent is none. */
function readWritings(
  checkpoints: readonly ReadCheckpoint[], files: readonly FileRecord[],
): ReadonlyMap<string, readonly Writing<string>[]> {
  const renamed = new Map(files.flatMap(({ path, from }) => from === undefined ? [] : [[from, path] as const]))
  const paths = [...files.map(({ path }) => path), ...renamed.keys()]
  const writings = new Map<string, Writing<string>[]>()
  const told = new Set<string>()
  for (const { record, entries } of checkpoints) {
    const models = readModels(entries)
    entries.forEach((entry, at) => {
      if (entry.kind !== 'file-change' || entry.evidence === 'unknown' || entry.change === 'delete') return
      const said = findSaidPath(entry.path, paths)
      const key = `${entry.agent} ${entry.session} ${entry.id}`
      if (said === undefined || told.has(key)) return
      told.add(key)
      const session = record.sessions.find((one) => one.session === entry.session)
      const writer = JSON.stringify(agentAuthor(entry, models[at] ?? session?.models[0]))
      const path = renamed.get(said) ?? said
      const { hunks } = entry
      writings.set(path, [...writings.get(path) ?? [], { writer, ...hunks === undefined ? {} : { hunks } }])
    })
  }
  return writings
}

/** The model that was at work at each entry, as far as the entries up to it tell. */
function readModels(entries: readonly TranscriptEntry[]): readonly (string | undefined)[] {
  const current = new Map<string, string>()
  return entries.map((entry) => {
    const speaker = `${entry.session} ${entry.subagent ?? ''}`
    if ('model' in entry && entry.model !== undefined) current.set(speaker, entry.model)
    return current.get(speaker)
  })
}

/**
 * Who wrote each added line, as JSON. Where recorded edits tell their lines, what they did not write is a person's, or
 * mixed where it stands right among their lines. Where they do not tell, or only the working tree did, it is that of
 * the one session that had a part in the file.
 */
function authorsOf(
  file: FileRecord, added: readonly AddedLine[], writings: readonly Writing<string>[],
  sessions: readonly SessionRecord[],
): readonly string[] {
  if (file.evidence === 'unknown') return added.map(() => UNKNOWN)
  if (file.evidence === 'replaced') return added.map(() => MIXED)
  if (file.evidence === 'tool' && writings.length === 0) return added.map(() => UNKNOWN)
  const found = findWriters(added, writings)
  const mute = new Set(writings.filter(({ hunks }) => hunks === undefined).map(({ writer }) => writer))
  if (writings.length === 0) for (const id of file.sessions) mute.add(authorOfSession(id, sessions))
  if (mute.size > 0) return found.map((writer) => writer ?? (mute.size === 1 ? [...mute][0]! : UNKNOWN))
  const blocks = new Map(rangesOf(added.map(({ number }) => number)).map((range) => [range, false]))
  const blockOf = ({ number }: AddedLine): { start: number; end: number } =>
    [...blocks.keys()].find(({ start, end }) => start <= number && number <= end)!
  added.forEach((line, at) => { if (found[at] !== undefined) blocks.set(blockOf(line), true) })
  return added.map((line, at) => found[at] ?? (blocks.get(blockOf(line)) === true ? MIXED : HUMAN))
}

const authorOfType = (type: Author['contributor']['type']): string =>
  JSON.stringify({ contributor: { type } } satisfies Author)
const [HUMAN, MIXED, UNKNOWN] = [authorOfType('human'), authorOfType('mixed'), authorOfType('unknown')]

function authorOfSession(id: SessionId, sessions: readonly SessionRecord[]): string {
  const session = sessions.find((one) => one.session === id)
  return session === undefined ? UNKNOWN : JSON.stringify(agentAuthor(session, session.models[0]))
}

const agentAuthor = (session: Pick<SessionRecord, 'agent' | 'session'>, model: string | undefined): Author => ({
  url: urlOf(session),
  contributor: { type: 'ai', ...model === undefined ? {} : { model_id: modelId(model) } },
})

/** There is no page to look a conversation up at: the name leads to the session below `metadata`. */
const urlOf = ({ agent, session }: Pick<SessionRecord, 'agent' | 'session'>): string =>
  `urn:git-bitloops:session:${encodeURIComponent(agent)}:${encodeURIComponent(session)}`

function groupLines(added: readonly AddedLine[], authors: readonly string[]): readonly TraceConversation[] {
  return [...new Set(authors)].map((author) => ({
    ...JSON.parse(author) as Author,
    ranges: rangesOf(added.filter((_, at) => authors[at] === author).map(({ number }) => number))
      .map(({ start, end }) => ({ start_line: start, end_line: end })),
  }))
}

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, 'anthropic'], [/^(?:gpt-|chatgpt-|codex-|o\d)/, 'openai'], [/^gemini-/, 'google'], [/^grok-/, 'xai'],
]
const MAX_MODEL = 250

/** As models.dev names models: `provider/model`. */
function modelId(model: string): string {
  const provider = model.includes('/') ? undefined : PROVIDERS.find(([pattern]) => pattern.test(model))?.[1]
  return `${provider === undefined ? '' : `${provider}/`}${model}`.slice(0, MAX_MODEL)
}

function describeCheckpoint({ link, record }: ReadCheckpoint): object {
  return {
    id: record.id, kind: record.kind, evidence: link?.evidence, madeFor: record.origin.commit,
    sessions: record.sessions.map((session) => ({
      url: urlOf(session), agent: session.agent, agentVersion: session.agentVersion, session: session.session,
      models: session.models, startedAt: session.startedAt, endedAt: session.endedAt,
      prompts: session.turns.flatMap(({ prompt }) => prompt ?? []),
    })),
    files: record.files.map(({ path, evidence, ambiguous }) => ({ path, evidence, ambiguous })),
  }
}

const NAMESPACE = Buffer.from('d1f0e0b5a7c94e5f8a4be1c3f2a90417', 'hex')

/** A name-based UUID (RFC 9562, version 5). */
function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
