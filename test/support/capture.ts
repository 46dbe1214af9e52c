// Replays a recorded Claude Code session in a repository, through the hooks that are installed there. Paths become the
// repository's; times become those of the replay; files are written and git is run as the recording says.

import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { runHooks } from './hooks.ts'
import type { TestRepository } from './repository.ts'
import type { Environment } from './sandbox.ts'
import { slugOf } from './transcript.ts'

/**
 * A recording: a file with a line for each hook call (when it began, the event, how many lines the transcript had, the
 * payload), and `~/.claude/projects` as it stood at the end.
 */
export interface Capture {
  readonly hooks: string
  readonly projects: string
}

export interface CaptureOptions {
  /** Stops behind the first hook call for which this is true. */
  readonly until?: (call: RecordedCall) => boolean
  /** Told before each hook call. */
  readonly onCall?: (call: RecordedCall) => void
}

export interface RecordedCall {
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
}

interface RecordedHook extends RecordedCall {
  readonly t: number
  readonly lines: number
}

interface RecordedFile {
  /** Below `~/.claude/projects`. */
  readonly path: string
  readonly lines: readonly string[]
  written: number
}

export type Clock = (recordedMs: number) => number

export async function playCapture(
  repository: TestRepository, capture: Capture, options: CaptureOptions = {},
): Promise<void> {
  const calls = readCalls(capture.hooks)
  const files = readFiles(capture.projects)
  const { clock, tick } = makeClock()
  const replay = new Map(files.map((file) => [file.path, file]))
  for (const call of calls) {
    options.onCall?.(call)
    tick(call.t)
    await act(repository, call)
    const payload = JSON.parse(translate(JSON.stringify(call.payload), repository, clock)) as Record<string, unknown>
    writeLines(repository, replay, call, clock)
    await runHooks({
      projectDir: repository.root, cwd: repository.root, event: call.event, payload,
      env: { ...repository.env, ...agentEnvironment(call, 'harness'), CLAUDE_PROJECT_DIR: repository.root },
      ...(typeof payload['tool_name'] === 'string' ? { matched: payload['tool_name'] } : {}),
    })
    if (options.until?.(call) === true) return
  }
  for (const file of files) writeUpTo(repository, file, file.lines.length, clock)
}

function readCalls(file: string): readonly RecordedHook[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n')
    .map((line) => JSON.parse(line) as RecordedHook)
}

function readFiles(folder: string): RecordedFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl') || path.endsWith('.meta.json'))
    .map((path) => ({
      path, written: 0, lines: readFileSync(join(folder, path), 'utf8').replace(/\n$/, '').split('\n'),
    }))
}

/**
 * Recorded times become times of the replay: what lay between two hook calls then lies between the same two calls now.
 * So the order stays, and nothing lies in the future.
 */
export function makeClock(): { readonly clock: Clock; readonly tick: (recordedMs: number) => void } {
  const anchors: { readonly then: number; readonly now: number }[] = []
  return {
    tick(then) { anchors.push({ then, now: Date.now() }) },
    clock(recordedMs) {
      const next = anchors.findIndex(({ then }) => then >= recordedMs)
      const after = anchors[next]
      const before = anchors[next - 1]
      if (before !== undefined && after !== undefined) {
        const part = (recordedMs - before.then) / (after.then - before.then || 1)
        return Math.round(before.now + part * (after.now - before.now))
      }
      const nearest = after ?? anchors.at(-1)
      return nearest === undefined ? recordedMs : nearest.now + (after === undefined ? 0 : recordedMs - nearest.then)
    },
  }
}

function translate(text: string, repository: TestRepository, clock: Clock): string {
  return text
    .replaceAll('/home/dev/project', repository.root)
    .replaceAll('-home-dev-project', slugOf(repository.root))
    .replaceAll('/home/dev/.claude', join(repository.home, '.claude'))
    .replace(/"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/g, (_, time: string) =>
      `"${new Date(clock(Date.parse(time))).toISOString()}"`)
}

/** Brings the main transcript to the length it had when the hook began, and subagents' to what was said by then. */
function writeLines(
  repository: TestRepository, files: ReadonlyMap<string, RecordedFile>, call: RecordedHook, clock: Clock,
): void {
  const mainPath = String(call.payload['transcript_path']).replace('/home/dev/.claude/projects/', '')
  for (const file of files.values()) {
    if (file.path === mainPath) writeUpTo(repository, file, call.lines, clock)
    else if (basename(dirname(file.path)) === 'subagents') writeUpTo(repository, file, linesBy(file, call.t), clock)
  }
}

function linesBy(file: RecordedFile, recordedMs: number): number {
  if (file.path.endsWith('.meta.json')) return linesBy({ ...file, path: '' }, recordedMs)
  const later = file.lines.findIndex((line) => {
    const { timestamp } = JSON.parse(line) as { readonly timestamp?: string }
    return timestamp !== undefined && Date.parse(timestamp) > recordedMs
  })
  return later === -1 ? file.lines.length : later
}

function writeUpTo(repository: TestRepository, file: RecordedFile, count: number, clock: Clock): void {
  if (count <= file.written) return
  const path = join(repository.home, '.claude', 'projects', translate(file.path, repository, clock))
  mkdirSync(dirname(path), { recursive: true })
  const text = file.lines.slice(file.written, count).map((line) => `${translate(line, repository, clock)}\n`).join('')
  appendFileSync(path, text)
  file.written = count
}

const agentEnvironment = (call: RecordedHook, role: string): Environment => ({
  CLAUDECODE: '1',
  CLAUDE_CODE_ENTRYPOINT: 'sdk-cli',
  CLAUDE_CODE_SESSION_ID: String(call.payload['session_id']),
  AI_AGENT: `claude-code_2-1-329_${role}`,
})

/** Does what the tool did between its two hooks. Of commands only those of git are run. */
async function act(repository: TestRepository, call: RecordedHook): Promise<void> {
  if (call.event !== 'PostToolUse' && call.event !== 'PostToolUseFailure') return
  const input = call.payload['tool_input'] as Readonly<Record<string, string>>
  const path = join(repository.root, relative('/home/dev/project', input['file_path'] ?? '/home/dev/project'))
  switch (call.payload['tool_name']) {
    case 'Write':
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, input['content']!)
      break
    case 'Edit':
      if (existsSync(path)) {
        writeFileSync(path, readFileSync(path, 'utf8').replace(input['old_string']!, () => input['new_string']!))
      }
      break
    case 'Bash':
      if (/\bgit\b/.test(input['command']!)) {
        await repository.sh(input['command']!, { env: agentEnvironment(call, 'agent') })
      }
  }
}
