// A folder of many old sessions as Claude Code keeps them, and the history they led to: for how long it takes to import
// them, and how much memory. The same numbers give the same bytes.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { TestRepository } from './repository.ts'
import { transcriptPath } from './transcript.ts'

export interface GeneratedOptions {
  readonly sessions: number
  readonly bytesPerSession: number
  /** Each so many sessions one led to a commit. */
  readonly committedEach: number
}

export interface GeneratedSession {
  readonly session: string
  /** The subject of the commit that it led to. */
  readonly subject?: string
}

const MINUTE_MS = 60_000
/** Between the beginnings of two sessions: some overlap. */
const STEP_MS = 20 * MINUTE_MS
const EDITS = 12

/** The last session ends an hour ago. */
export async function generateSessions(
  repository: TestRepository, options: GeneratedOptions,
): Promise<readonly GeneratedSession[]> {
  const first = Date.now() - 60 * MINUTE_MS - options.sessions * STEP_MS
  const history: string[] = []
  const sessions: GeneratedSession[] = []
  for (let number = 0; number < options.sessions; number += 1) {
    const session = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
    const at = first + number * STEP_MS
    const texts = writeSession(repository, session, number, at, options.bytesPerSession)
    const isCommitted = number % options.committedEach === 0
    sessions.push({ session, ...isCommitted ? { subject: `Session ${number}` } : {} })
    if (isCommitted) history.push(commitOf(`Session ${number}`, at + 30 * MINUTE_MS, texts))
  }
  const parent = await repository.git('rev-parse', 'HEAD')
  const made = await repository.sandbox.run('git', ['fast-import', '--quiet', '--force'],
    { cwd: repository.root, input: `reset refs/heads/main\nfrom ${parent}\n\n${history.join('')}`, timeoutMs: 600_000 })
  if (made.code !== 0) throw new Error(made.output)
  await repository.git('reset', '--quiet', '--hard')
  return sessions
}

const commitOf = (subject: string, at: number, texts: ReadonlyMap<string, string>): string => [
  'commit refs/heads/main', `committer Ada Example <ada@example.com> ${Math.floor(at / 1000)} +0000`,
  data(subject), ...[...texts].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`), '',
].join('\n')

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`

/** Reads much, writes a few files of its own; gives back what it left in them. */
function writeSession(
  repository: TestRepository, session: string, number: number, startedAt: number, bytes: number,
): ReadonlyMap<string, string> {
  const path = transcriptPath(repository.home, repository.root, session)
  const texts = new Map<string, string>()
  const lines: string[] = []
  let size = 0
  let step = 0
  let parent: string | null = null
  const add = (fields: Readonly<Record<string, unknown>>): void => {
    const uuid = idOf(number, step)
    const timestamp = new Date(startedAt + step * 1000).toISOString()
    const line = JSON.stringify({
      parentUuid: parent, isSidechain: false, ...fields, uuid, timestamp, userType: 'external', cwd: repository.root,
      sessionId: session, version: '2.1.329', gitBranch: 'main',
    })
    parent = uuid
    step += 1
    size += line.length + 1
    lines.push(line)
  }
  const say = (content: unknown): void => add({
    type: 'assistant', message: {
      id: `msg_${number}_${step}`, type: 'message', role: 'assistant', model: 'claude-opus-5-5', content: [content],
      stop_reason: 'tool_use', usage: { input_tokens: 10, output_tokens: 50, cache_read_input_tokens: 1000 },
    },
  })
  const answer = (call: string, content: string, toolUseResult: unknown): void => add({
    promptId: `p-${number}`, type: 'user', toolUseResult,
    message: { role: 'user', content: [{ tool_use_id: call, type: 'tool_result', content }] },
  })
  add({ promptId: `p-${number}`, type: 'user', message: { role: 'user', content: `Work on part ${number}` },
    origin: { kind: 'human' } })
  const reads = Math.max(1, Math.floor(bytes / EDITS / READ_BYTES / 2))
  for (let edit = 0; edit < EDITS; edit += 1) {
    for (let read = 0; read < reads && size < bytes; read += 1) {
      const call = `read-${number}-${edit}-${read}`
      say({ type: 'tool_use', id: call, name: 'Read', input: { file_path: `${repository.root}/src/big.ts` } })
      answer(call, READ_TEXT, { type: 'text', file: { filePath: 'src/big.ts', content: READ_TEXT } })
    }
    const call = `write-${number}-${edit}`
    const name = `src/part-${number}-${edit % 4}.ts`
    const content = Array.from({ length: 40 }, (_, at) => `export const part${number}_${edit}_${at} = ${at}\n`).join('')
    const originalFile = texts.get(name) ?? null
    texts.set(name, content)
    const file_path = `${repository.root}/${name}`
    say({ type: 'tool_use', id: call, name: 'Write', input: { file_path, content } })
    answer(call, 'Written.', { type: originalFile === null ? 'create' : 'update', filePath: file_path, content,
      structuredPatch: [], originalFile })
  }
  say({ type: 'text', text: `Part ${number} is done.` })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return texts
}

const READ_BYTES = 16 * 1024
/** Looks like source text; the client keeps it twice. */
const READ_TEXT = Array.from({ length: READ_BYTES / 64 }, (_, at) =>
  `  const value${String(at).padStart(5, '0')} = compute(options.first, ${at % 97})`.padEnd(63)).join('\n')

const idOf = (number: number, step: number): string =>
  `${String(number).padStart(8, '0')}-0000-4000-8000-${String(step).padStart(12, '0')}`
