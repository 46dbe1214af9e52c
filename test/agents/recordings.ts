// The recordings of the real Claude Code in fixtures/agents/claude-code, and the events that the adapter makes of them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HookDelivery, HookReading, TranscriptLine, TranscriptSource,
  TranscriptState } from '../../src/agents/agent.ts'
import { claudeCode } from '../../src/agents/claude-code.ts'
import type { Event, Observation } from '../../src/model/event.ts'
import type { SessionId } from '../../src/model/ids.ts'

export const RECORDINGS = fileURLToPath(new URL('../../fixtures/agents/claude-code/', import.meta.url))

export interface RecordedHook {
  readonly t: number
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
}

export interface RecordedTranscript {
  readonly path: string
  readonly source: TranscriptSource
  readonly lines: readonly TranscriptLine[]
}

export const captures: readonly string[] = readdirSync(RECORDINGS)
  .flatMap((name) => /^hooks-(.+)\.jsonl$/.exec(name)?.slice(1) ?? []).sort()

export function readHooks(capture: string): readonly RecordedHook[] {
  const text = readFileSync(join(RECORDINGS, `hooks-${capture}.jsonl`), 'utf8')
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedHook)
}

export const deliveryOf = (hook: RecordedHook): HookDelivery =>
  ({ agent: 'claude-code', receivedAt: hook.t, payload: hook.payload })

/** The lines of a file as the drain gives them to an adapter. */
export function linesOf(text: string): readonly TranscriptLine[] {
  let offset = 0
  return text.split('\n').slice(0, -1).map((line) => {
    const at = offset
    offset += Buffer.byteLength(line) + 1
    return { offset: at, text: line }
  })
}

/** Ids of all sessions of a capture that a hook or a main transcript tells of. */
export function sessionsOf(capture: string): readonly SessionId[] {
  const fromHooks = readHooks(capture).map((hook) => hook.payload['session_id'] as SessionId)
  const fromFiles = filesOf(capture).flatMap((path) => claudeCode.sessionOfTranscript(path) ?? [])
  return [...new Set([...fromHooks, ...fromFiles])].sort()
}

/** The main transcript and those of the subagents: beside it, and where hooks say. */
export function transcriptsOf(capture: string, session: SessionId): readonly RecordedTranscript[] {
  const main = filesOf(capture).filter((path) => claudeCode.sessionOfTranscript(path) === session)
  const beside = main.map((path) => claudeCode.subagentFolder(path)).filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  const named = readHooks(capture).filter((hook) => hook.payload['session_id'] === session)
    .flatMap((hook) => readingOf(hook).subagentTranscripts.map(({ path }) => localPath(capture, path)))
  const subagents = [...new Set([...beside, ...named])].flatMap((path) => {
    const subagent = claudeCode.subagentOfTranscript(path)
    return subagent === undefined || !existsSync(path) ? [] : [{ path, source: { session, subagent } }]
  })
  return [...main.map((path) => ({ path, source: { session } })), ...subagents]
    .map((one) => ({ ...one, lines: linesOf(readFileSync(one.path, 'utf8')) }))
}

export function readingOf(hook: RecordedHook): HookReading {
  const reading = claudeCode.parseHook(deliveryOf(hook))
  if (reading.kind === 'unreadable') throw new Error(`${hook.event}: ${reading.reason}`)
  return reading
}

/** Reads a transcript in slices that end at the given counts of lines; between them the state goes through JSON. */
export function readInSlices(transcript: RecordedTranscript, ends: readonly number[]): readonly Observation[] {
  const observations: Observation[] = []
  let state: TranscriptState | undefined
  let from = 0
  for (const end of [...ends, transcript.lines.length]) {
    const reading = claudeCode.parseTranscript(transcript.lines.slice(from, end), transcript.source, state)
    observations.push(...reading.observations)
    state = JSON.parse(JSON.stringify(reading.state)) as TranscriptState
    from = end
  }
  return observations
}

export const hookObservations = (capture: string, session: SessionId): readonly Observation[] =>
  readHooks(capture).filter((hook) => hook.payload['session_id'] === session)
    .flatMap((hook) => readingOf(hook).observations)

export const transcriptObservations = (capture: string, session: SessionId): readonly Observation[] =>
  transcriptsOf(capture, session).flatMap((transcript) => readInSlices(transcript, []))

export const goldenPath = (capture: string, session: SessionId): string =>
  join(RECORDINGS, 'golden', capture, `${session}.jsonl`)

export const formatGolden = (events: readonly Event[]): string => events.map((event) => `${JSON.stringify(event)}\n`)
  .join('')

const localPath = (capture: string, path: string): string =>
  join(RECORDINGS, 'transcripts', capture, relative('/home/dev/.claude/projects', path))

function filesOf(capture: string): readonly string[] {
  const root = join(RECORDINGS, 'transcripts', capture)
  return readdirSync(root).flatMap((slug) => readdirSync(join(root, slug)).map((name) => join(root, slug, name)))
    .filter((path) => basename(path).endsWith('.jsonl'))
}
