// A repository with an inbox and a live store, for tests that record without hooks, drains or the built program.

import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { openRepository } from '../../src/git/repository.ts'
import { recordInbox } from '../../src/record.ts'
import type { RecordContext, RecordResult } from '../../src/record.ts'
import { readFindings } from '../../src/store/findings.ts'
import { deliver, formatMessage, listInbox, makeInbox } from '../../src/store/inbox.ts'
import { openLiveStore } from '../../src/store/live.ts'
import type { LiveStore } from '../../src/store/live.ts'
import { makeRepository } from './repository.ts'
import type { RepositoryOptions, TestRepository } from './repository.ts'

export interface Recorder {
  readonly repository: TestRepository
  readonly store: LiveStore
  readonly context: RecordContext
  /** Puts a payload into the inbox as the hook would. */
  hook(payload: Readonly<Record<string, unknown>> | Uint8Array, projectDir?: string): void
  record(more?: Partial<RecordContext>): Promise<RecordResult>
  /** Delivers and records at once. */
  tell(...payloads: readonly Readonly<Record<string, unknown>>[]): Promise<RecordResult>
  close(): void
}

/** With one commit (`README.md`, `a.ts`, `b.ts`), unless asked otherwise. */
export async function makeRecorder(options: RepositoryOptions = {}): Promise<Recorder> {
  const repository = await makeRepository(options)
  await repository.commit('Begin', { 'README.md': '# Example\n', 'a.ts': 'a\n', 'b.ts': 'b\n' })
  return await recorderOf(repository)
}

export async function recorderOf(repository: TestRepository): Promise<Recorder> {
  const opened = await openRepository(repository.root, repository.env)
  makeInbox(opened.home)
  const store = await openLiveStore(opened.home, { busyTimeoutMs: 1500 })
  const context: RecordContext = {
    repository: opened, store, userHome: repository.home, env: repository.env, now: Date.now, log: () => {},
  }
  let time = Date.now() - 1000
  const recorder: Recorder = {
    repository, store, context,
    hook(payload, projectDir = repository.root) {
      const bytes = payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload))
      const before = new Set(listInbox(opened.home).map(({ name }) => name))
      deliver(opened.home, formatMessage({ agent: 'claude-code', projectDir }, bytes))
      const [made] = listInbox(opened.home).filter(({ name }) => !before.has(name))
      time = Math.max(time + 1, Date.now())
      if (made !== undefined) utimesSync(join(opened.home, 'inbox', 'new', made.name), time / 1000, time / 1000)
    },
    record: (more = {}) => recordInbox({ ...context, ...more }),
    async tell(...payloads) {
      for (const payload of payloads) recorder.hook(payload)
      return await recorder.record()
    },
    close() {
      store.close()
      repository.remove()
    },
  }
  return recorder
}

/** Runs a test with a recorder of its own. */
export async function withRecorder(work: (recorder: Recorder) => Promise<void>): Promise<void> {
  const recorder = await makeRecorder()
  try {
    await work(recorder)
  } finally {
    recorder.close()
  }
}

export const SESSION = '11111111-1111-4111-8111-111111111111'

/** Payloads of Claude Code, as small as they can be. */
export const payloads = (root: string, session = SESSION, transcript?: string) => {
  const common = {
    session_id: session, cwd: root, transcript_path: transcript ?? join(root, '..', 'transcripts', `${session}.jsonl`),
  }
  const of = (event: string, turn: string | undefined, fields: object): Record<string, unknown> =>
    ({ ...common, hook_event_name: event, ...(turn === undefined ? {} : { prompt_id: turn }), ...fields })
  return {
    start: (source = 'startup') => of('SessionStart', undefined, { source }),
    end: (reason = 'other') => of('SessionEnd', undefined, { reason }),
    prompt: (turn: string, prompt: string) => of('UserPromptSubmit', turn, { prompt }),
    before: (turn: string, call: string, tool: string, input: object = {}) =>
      of('PreToolUse', turn, { tool_name: tool, tool_input: input, tool_use_id: call }),
    after: (turn: string, call: string, tool: string, input: object = {}, response: object = {}) =>
      of('PostToolUse', turn, { tool_name: tool, tool_input: input, tool_response: response, tool_use_id: call }),
    write: (turn: string, call: string, path: string, content: string) => of('PostToolUse', turn, {
      tool_name: 'Write', tool_use_id: call, tool_input: { file_path: path, content },
      tool_response: { type: 'create', filePath: path, content, structuredPatch: [], originalFile: null },
    }),
    stop: (turn: string, text?: string) =>
      of('Stop', turn, { stop_hook_active: false, ...(text === undefined ? {} : { last_assistant_message: text }) }),
  }
}

/** The rows of a query, as plain lists. */
export const rowsOf = (store: LiveStore, sql: string): readonly (readonly unknown[])[] =>
  store.all<Record<string, unknown>>(sql).map((row) => Object.values(row))

/** Path, evidence and turn of each edit, by path. */
export const editsOf = ({ store }: Recorder): readonly (readonly unknown[])[] =>
  rowsOf(store, 'SELECT path, evidence, turn FROM edits ORDER BY path, id')

/** What doctor would tell, each with its count. */
export const findingsOf = ({ store }: Recorder): readonly string[] =>
  readFindings(store).map(({ kind, what, count }) => `${kind}: ${what} × ${count}`)
