// The recordings of the real agents in fixtures/agents, and the events that their adapters make of them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  AgentAdapter, HookDelivery, HookReading, TranscriptLine, TranscriptSource, TranscriptState,
} from '../../src/agents/agent.ts'
import type { Event, Observation } from '../../src/model/event.ts'
import type { AgentName, SessionId } from '../../src/model/ids.ts'

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

export interface Recordings {
  /** The folder of the agent's recordings. */
  readonly folder: string
  readonly captures: readonly string[]
  /** Those that tell something. */
  readHooks(capture: string): readonly RecordedHook[]
  deliveryOf(hook: RecordedHook): HookDelivery
  /** What the adapter reads in the payload; throws where it makes no sense of it. */
  readingOf(hook: RecordedHook): HookReading
  /** Ids of all sessions of a capture that a hook or a main transcript tells of. */
  sessionsOf(capture: string): readonly SessionId[]
  /** The main transcript of a session and those of its subagents: beside it, and where hooks say. */
  transcriptsOf(capture: string, session: SessionId): readonly RecordedTranscript[]
  /** Reads a transcript in slices that end at the given counts of lines; between them the state goes through JSON. */
  readInSlices(transcript: RecordedTranscript, ends: readonly number[]): readonly Observation[]
  hookObservations(capture: string, session: SessionId): readonly Observation[]
  transcriptObservations(capture: string, session: SessionId): readonly Observation[]
  goldenPath(capture: string, session: SessionId): string
  /** The text of the golden events of a session, one a line. */
  goldenOf(capture: string, session: SessionId): string
  /** The golden events of a session, or of all sessions of a capture. */
  goldenEvents(capture: string, session?: SessionId): readonly Event[]
}

/** What stood where `transcripts/<capture>` stands now, when it was recorded. */
const RECORDED_FOLDERS: Readonly<Record<AgentName, string>> = {
  'claude-code': '/home/dev/.claude/projects',
  codex: '/home/dev/.codex/sessions',
  copilot: '/home/dev/.copilot/session-state',
  cursor: '/home/dev/.cursor/projects',
  gemini: '/home/dev/.gemini/tmp',
  opencode: '/home/dev/.local/share/opencode',
}

export function recordingsOf(adapter: AgentAdapter): Recordings {
  const recordedHome = RECORDED_FOLDERS[adapter.name]
  const folder = fileURLToPath(new URL(`../../fixtures/agents/${adapter.name}/`, import.meta.url))
  const transcriptsFolder = (capture: string): string => join(folder, 'transcripts', capture)

  const deliveryOf = (hook: RecordedHook): HookDelivery =>
    ({ agent: adapter.name, receivedAt: hook.t, event: hook.event, payload: hook.payload })
  const readHooks = (capture: string): readonly RecordedHook[] => {
    const text = readFileSync(join(folder, `hooks-${capture}.jsonl`), 'utf8')
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedHook)
      .filter((hook) => adapter.parseHook(deliveryOf(hook)).kind !== 'untold')
  }
  const readingOf = (hook: RecordedHook): HookReading => {
    const reading = adapter.parseHook(deliveryOf(hook))
    if (reading.kind === 'reading') return reading
    throw new Error(`${hook.event}: ${reading.kind === 'untold' ? 'tells nothing' : reading.reason}`)
  }
  const localPath = (capture: string, path: string): string =>
    join(transcriptsFolder(capture), path.startsWith(`${recordedHome}/`) ? path.slice(recordedHome.length + 1) : path)
  const mainFiles = (capture: string): readonly { path: string; session: SessionId }[] =>
    filesBelow(transcriptsFolder(capture)).flatMap((path) => {
      const session = adapter.sessionOfTranscript(path, readFileSync(path, 'utf8').split('\n', 20))
      return session === undefined ? [] : [{ path, session }]
    })
  const readingsOf = (capture: string): readonly HookReading[] => readHooks(capture).map(readingOf)

  const transcriptsOf = (capture: string, session: SessionId): readonly RecordedTranscript[] => {
    const main = mainFiles(capture).filter((one) => one.session === session).map(({ path }) => path)
    const beside = main.map((path) => adapter.subagentFolder(path, session)).filter((below) => existsSync(below))
      .flatMap((below) => readdirSync(below).map((name) => join(below, name)))
      .flatMap((path) => {
        const subagent = adapter.subagentOfTranscript(path)
        return subagent === undefined ? [] : [{ path, subagent }]
      })
    const named = readingsOf(capture).filter((reading) => reading.session === session)
      .flatMap((reading) => reading.subagentTranscripts)
      .map(({ path, subagent }) => ({ path: localPath(capture, path), subagent }))
      .filter(({ path }) => existsSync(path))
    const subagents = new Map([...beside, ...named].map(({ path, subagent }) => [path, subagent]))
    return [
      ...main.map((path) => ({ path, source: { session } })),
      ...[...subagents].map(([path, subagent]) => ({ path, source: { session, subagent } })),
    ].map((one) => ({ ...one, lines: linesOf(readFileSync(one.path, 'utf8')) }))
  }

  const readInSlices = (transcript: RecordedTranscript, ends: readonly number[]): readonly Observation[] => {
    const observations: Observation[] = []
    let state: TranscriptState | undefined
    let from = 0
    for (const end of [...ends, transcript.lines.length]) {
      const reading = adapter.parseTranscript(transcript.lines.slice(from, end), transcript.source, state)
      observations.push(...reading.observations)
      state = JSON.parse(JSON.stringify(reading.state)) as TranscriptState
      from = end
    }
    return observations
  }

  const sessionsOf = (capture: string): readonly SessionId[] => [...new Set([
    ...readingsOf(capture).map(({ session }) => session), ...mainFiles(capture).map(({ session }) => session),
  ])].sort()
  const goldenPath = (capture: string, session: SessionId): string =>
    join(folder, 'golden', capture, `${session}.jsonl`)
  const goldenOf = (capture: string, session: SessionId): string => readFileSync(goldenPath(capture, session), 'utf8')

  return {
    folder,
    captures: readdirSync(folder).flatMap((name) => /^hooks-(.+)\.jsonl$/.exec(name)?.slice(1) ?? []).sort(),
    readHooks, deliveryOf, readingOf, sessionsOf, transcriptsOf, readInSlices, goldenPath, goldenOf,
    hookObservations: (capture, session) => readingsOf(capture)
      .filter((reading) => reading.session === session).flatMap(({ observations }) => observations),
    transcriptObservations: (capture, session) =>
      transcriptsOf(capture, session).flatMap((transcript) => readInSlices(transcript, [])),
    goldenEvents: (capture, session) => (session === undefined ? sessionsOf(capture) : [session])
      .flatMap((one) => linesOf(goldenOf(capture, one))).map(({ text }) => JSON.parse(text) as Event),
  }
}

/** The lines of a file as the drain gives them to an adapter. */
export function linesOf(text: string): readonly TranscriptLine[] {
  let offset = 0
  return text.split('\n').slice(0, -1).map((line) => {
    const at = offset
    offset += Buffer.byteLength(line) + 1
    return { offset: at, text: line }
  })
}

export const formatGolden = (events: readonly Event[]): string => events.map((event) => `${JSON.stringify(event)}\n`)
  .join('')

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(entry.parentPath, entry.name)).sort()
}
