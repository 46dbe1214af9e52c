// Replays a recorded session of any agent as its client would: payloads go to the commands that init registered in the
// agent's settings, or to the plugin that it wrote; the transcript grows beside; files are written when the tools
// wrote them. Paths become the repository's, times those of the replay. Of the commands nothing is run.

import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AgentAdapter } from '../../src/agents/agent.ts'
import { hookFilesOf } from '../../src/agents/hook-places.ts'
import { parseJsonc } from '../../src/model/jsonc.ts'
import type { Event, FileChange } from '../../src/model/event.ts'
import type { AgentName } from '../../src/model/ids.ts'
import { recordingsOf } from '../agents/recordings.ts'
import { makeClock } from './capture.ts'
import type { Clock } from './capture.ts'
import { runHook } from './hooks.ts'
import { apply, filesBelow, FOLDERS, movedPath, movedText, RECORDED_ROOT } from './old-session.ts'
import { openPlugin, writeRows } from './replay-opencode.ts'
import type { TestRepository } from './repository.ts'
import type { Environment } from './sandbox.ts'

export interface Call {
  readonly t: number
  readonly event: string
  /** Whose settings the hook stood in, where the recording has those of more than one. */
  readonly label?: string
  readonly payload: Readonly<Record<string, unknown>>
}

export interface ReplayOptions {
  /** What the session calls `src/auth.ts`, so that sessions do not write each other's files. */
  readonly file?: string
  /** Where the transcript is of another recording than the hooks. */
  readonly transcripts?: string
  /** Fields that the payloads do not have. */
  readonly without?: readonly string[]
  /** Tells a second round from the first, where none was recorded. */
  readonly again?: (text: string) => string
  /** Changes each payload and each line, which are JSON, before they are told. */
  readonly plant?: (json: string) => string
}

export interface Replay {
  /** One call of a hook; false when it was the last of the round, which ends where the client starts again. */
  step(): Promise<boolean>
  /** The rest of the round, or a whole one. */
  round(): Promise<void>
  /** The client is killed: what the recording has more of this round never happens. */
  kill(): void
}

/** Tells in what text of a recording is about this repository and this time. */
export type Moving = (text: string) => string

/** Brings a transcript to what was in it at a time of the recording. */
export interface Pen {
  grow(recordedMs: number): void
  /** As `grow`, but nothing is written. */
  skip(recordedMs: number): void
}

const ROUND = 60_000

export function replay(
  repository: TestRepository, adapter: AgentAdapter, capture: string, options: ReplayOptions = {},
): Replay {
  const { folder } = recordingsOf(adapter)
  const isPlugin = adapter.name === 'opencode'
  const calls = readCalls(join(folder, `${isPlugin ? 'callbacks' : 'hooks'}-${capture}.jsonl`), options.again)
  const { clock, tick } = makeClock()
  // Some texts name it without its ending.
  const stem = (options.file ?? 'src/auth.ts').replace(/\.ts$/, '')
  const rename = (text: string): string => text.replaceAll('src/auth', stem)
  const { plant = (json) => json } = options
  const moving: Moving = (text) => plant(movedTimes(movedText(repository, rename(text)), clock))
  const from = join(folder, 'transcripts', options.transcripts ?? capture)
  const pen = isPlugin ? writeRows(repository, from, moving)
    : writeFiles(repository, adapter, from, calls, moving, options)
  const call = isPlugin ? openPlugin(repository, moving) : openHooks(repository, adapter.name, moving, options)
  const changes = changesOf(adapter, options.transcripts ?? capture, calls)
  let [next, changed] = [0, 0]

  const isOver = (): boolean => next === calls.length || next > 0 && isStart(calls[next]!)
  /** Between the last line of this process of the client and the first one of the next. */
  const endOfRound = (): number => calls[next] === undefined ? Infinity : (calls[next - 1]!.t + calls[next]!.t) / 2
  const act = (until: number): void => {
    for (; changed < changes.length && changes[changed]!.calledAt <= until; changed += 1) {
      const change = changes[changed]!
      apply(repository, { ...change, path: rename(change.path) })
    }
  }
  const step = async (): Promise<boolean> => {
    const { t, event } = calls[next]!
    tick(t)
    if (!isBeforeTool(event)) act(t)
    pen.grow(t)
    await call(calls[next]!)
    next += 1
    if (isOver()) pen.grow(endOfRound())
    return !isOver()
  }
  return {
    step,
    async round() { while (await step()); },
    kill() {
      while (!isOver()) next += 1
      changed = changes.filter(({ calledAt }) => calledAt <= endOfRound()).length
      pen.skip(endOfRound())
    },
  }
}

const isStart = ({ event, label }: Call): boolean =>
  /^(?:session_?start|plugin\.init)$/i.test(event) && (label === undefined || label === 'project')

const isBeforeTool = (event: string): boolean => /^(?:pre|before)_?tool|^permission/i.test(event)

function readCalls(file: string, again?: (text: string) => string): readonly Call[] {
  const read = (text: string): readonly Call[] =>
    text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Call)
  const text = readFileSync(file, 'utf8')
  const once = read(text)
  return again === undefined ? once : [...once, ...read(again(text)).map((call) => ({ ...call, t: call.t + ROUND }))]
}

type Change = Event & FileChange & { readonly calledAt: number }

/** What the session changed, told by hooks and transcripts, each once, in order; and when the tools were called. */
function changesOf(adapter: AgentAdapter, capture: string, calls: readonly Call[]): readonly Change[] {
  const { sessionsOf, transcriptObservations } = recordingsOf(adapter)
  const told = calls.map(({ t, event, payload }) =>
    adapter.parseHook({ agent: adapter.name, receivedAt: t, event, payload }))
  const events = [
    ...sessionsOf(capture).flatMap((session) => transcriptObservations(capture, session)),
    ...told.flatMap((reading) => reading.kind === 'reading' ? reading.observations : []),
  ].map(({ event }) => event)
  const called = new Map(events.flatMap((event) => event.kind === 'tool-call' ? [[event.call, event.at]] : []))
  const changes = events.filter((event): event is Event & FileChange => event.kind === 'file-change')
    // What tells no time was told by a hook as well.
    .filter(({ path, at }) => at > 0 && path.startsWith(`${RECORDED_ROOT}/`))
    .map((change) => ({ ...change, calledAt: called.get(change.call ?? '') ?? change.at }))
  // What is told in two ways counts where the lines are told.
  const withLines = new Set(changes.filter(({ hunks }) => hunks !== undefined).map(({ path }) => path))
  const known = changes.filter(({ path, hunks }) => hunks !== undefined || !withLines.has(path))
  return [...new Map(known.map((change) => [change.id, change])).values()]
    .sort((one, other) => one.calledAt - other.calledAt)
}

const movedTimes = (text: string, clock: Clock): string => text
  .replace(/(?<=")20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?=")/g, (time) =>
    new Date(clock(Date.parse(time))).toISOString())
  .replace(/\b1795\d{9}\b/g, (time) => String(clock(Number(time))))

/** What an agent's hooks find in their environment. */
const ENVIRONMENTS: Readonly<Record<AgentName, (root: string) => Environment>> = {
  'claude-code': (root) => ({ CLAUDECODE: '1', CLAUDE_PROJECT_DIR: root }),
  codex: () => ({}),
  copilot: (root) => ({ COPILOT_CLI: '1', COPILOT_PROJECT_DIR: root, CLAUDE_PROJECT_DIR: root }),
  cursor: (root) => ({ CURSOR_VERSION: '2.4.20', CURSOR_PROJECT_DIR: root, CLAUDE_PROJECT_DIR: root }),
  gemini: (root) => ({ GEMINI_PROJECT_DIR: root, GEMINI_CWD: root, CLAUDE_PROJECT_DIR: root }),
  opencode: () => ({}),
}

/** Copilot and Cursor run what is registered for Claude Code as well. */
const filesOf = (agent: AgentName, label = 'project'): readonly string[] => {
  if (label === 'project') return hookFilesOf(agent)
  return label === 'user' ? [] : hookFilesOf('claude-code')
}

function openHooks(
  repository: TestRepository, agent: AgentName, moving: Moving, { without = [] }: ReplayOptions,
): (call: Call) => Promise<void> {
  const env = { ...repository.env, ...ENVIRONMENTS[agent](repository.root) }
  return async ({ event, label, payload }) => {
    const files = filesOf(agent, label).filter(repository.exists)
    const told = Object.fromEntries(Object.entries(payload).filter(([name]) => !without.includes(name)))
    for (const command of files.flatMap((file) => commandsIn(repository.read(file), event))) {
      await runHook({ cwd: repository.root, env, event, payload: moving(JSON.stringify(told)) },
        { command, timeoutMs: 10_000 })
    }
  }
}

interface Hook { readonly command?: string; readonly bash?: string; readonly hooks?: readonly Hook[] }

function commandsIn(text: string, event: string): readonly string[] {
  const { hooks } = parseJsonc(text) as { readonly hooks?: Readonly<Record<string, readonly Hook[]>> }
  return (hooks?.[event] ?? []).flatMap((item) => [item, ...item.hooks ?? []])
    .flatMap(({ command, bash }) => command ?? bash ?? [])
}

interface Line { readonly t: number; readonly text: string }

function writeFiles(
  repository: TestRepository, adapter: AgentAdapter, from: string, calls: readonly Call[], moving: Moving,
  { again }: ReplayOptions,
): Pen {
  const files = filesBelow(from).map((path) => {
    // What tells no time is there when a hook first names it.
    const start = calls.find(({ payload }) => JSON.stringify(payload).includes(path))?.t ?? 0
    const lines = timedLines(readFileSync(join(from, path), 'utf8'), start)
    const more = again === undefined ? [] : lines.map(({ t, text }) => ({ t: t + ROUND, text: again(text) }))
    const to = join(repository.home, FOLDERS[adapter.name], movedPath(repository, path))
    return { path: to, rest: [...lines, ...more] }
  })
  const take = (file: { rest: readonly Line[] }, until: number): readonly Line[] => {
    const count = file.rest.findIndex(({ t }) => t > until)
    const taken = count < 0 ? file.rest : file.rest.slice(0, count)
    file.rest = file.rest.slice(taken.length)
    return taken
  }
  return {
    grow(until) {
      for (const file of files) {
        const text = take(file, until).map((line) => `${moving(line.text)}\n`).join('')
        if (text === '') continue
        mkdirSync(dirname(file.path), { recursive: true })
        appendFileSync(file.path, text)
      }
    },
    skip(until) { for (const file of files) take(file, until) },
  }
}

interface Timed {
  readonly timestamp?: string
  readonly startTime?: string
  readonly $set?: { readonly lastUpdated?: string }
}

/** A line that tells no time is written with the one that follows. */
function timedLines(text: string, start: number): readonly Line[] {
  const lines: Line[] = []
  const texts = text.split('\n').filter((line) => line !== '')
  const timeOf = (line: string): string | undefined => {
    const { timestamp, startTime, $set } = JSON.parse(line) as Timed
    return timestamp ?? startTime ?? $set?.lastUpdated
  }
  const isTimed = texts.some((line) => timeOf(line) !== undefined)
  let t = isTimed ? Infinity : start
  for (const line of texts.toReversed()) {
    const time = timeOf(line)
    if (time !== undefined) t = Date.parse(time)
    lines.unshift({ t, text: line })
  }
  return lines
}
