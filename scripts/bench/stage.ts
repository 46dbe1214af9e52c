// Repositories in the states that are measured. Drafts are delivered to the inbox as the agent hook delivers them.

import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { deliver, formatMessage } from '../../src/store/inbox.ts'
import { findHooks } from '../../test/support/hooks.ts'
import { endProcessesOf } from '../../test/support/processes.ts'
import { makeInitialised, makeRepository } from '../../test/support/repository.ts'
import type { TestRepository } from '../../test/support/repository.ts'
import { quote } from '../../test/support/sandbox.ts'
import { transcriptPath } from '../../test/support/transcript.ts'
import { call } from './measure.ts'
import type { Case } from './measure.ts'

export const DRAFTS = 50

interface RecordingStage {
  readonly repository: TestRepository
  readonly root: string
  readonly env: Readonly<Record<string, string>>
}

export interface Stage extends RecordingStage {
  /** What the agent's hook command is, as the client runs it. */
  readonly hook: string
}

export async function makeStage(kind: 'plain' | 'initialised'): Promise<Stage> {
  const repository = await (kind === 'plain' ? makeRepository() : makeInitialised())
  writeFiles(repository, 'begin')
  call('git', ['add', '--all'], { cwd: repository.root, env: repository.env })
  call('git', ['commit', '--quiet', '-m', 'Files'], { cwd: repository.root, env: repository.env })
  const place = { projectDir: repository.root, cwd: repository.root, env: repository.env, payload: {} }
  const hook = kind === 'plain' ? '' : findHooks({ ...place, event: 'PostToolUse' })[0]!.command
  return { repository, root: repository.root, env: repository.env, hook }
}

/** The units of all figures. */
export const base = ({ root, env }: Pick<Stage, 'root' | 'env'>): { readonly N: Case; readonly G: Case } => ({
  N: { run: () => { call(process.execPath, ['-e', '0'], { cwd: root, env }) } },
  G: { run: () => { call('git', ['rev-parse', 'HEAD'], { cwd: root, env }) } },
})

const fileOf = (number: number): string => `src/file-${number}.txt`

export function writeFiles({ root }: Pick<Stage, 'root'>, text: string): void {
  mkdirSync(join(root, 'src'), { recursive: true })
  for (let number = 0; number < DRAFTS; number += 1) writeFileSync(join(root, fileOf(number)), `${text} ${number}\n`)
}

/** A session that changed all files; `drained` says how many of its edits are in the live store already. */
export function draftSession(stage: Stage, text: string, drained: number = DRAFTS): void {
  const session = randomUUID()
  const send = (event: string, fields: object): void => { sendEvent(stage, session, event, fields) }
  send('SessionStart', { source: 'startup' })
  send('UserPromptSubmit', { prompt: `Write ${text} everywhere` })
  for (let number = 0; number < DRAFTS; number += 1) {
    if (number === drained) drain(stage)
    send('PostToolUse', { tool_use_id: `toolu_${session}_${number}`, ...editOf(stage, number, text) })
  }
  if (drained === DRAFTS) drain(stage)
  writeFiles(stage, text)
}

/** A session that changed one file. */
export function draftEdit(stage: RecordingStage, text: string): void {
  const session = randomUUID()
  sendEvent(stage, session, 'UserPromptSubmit', { prompt: `Write ${text}` })
  sendEvent(stage, session, 'PostToolUse', { tool_use_id: `toolu_${session}`, ...editOf(stage, 0, text) })
  drain(stage)
  writeFileSync(join(stage.root, fileOf(0)), `${text} 0\n`)
}

/** Sessions whose edits wait for a commit that does not come; two thirds of them ended. */
export function otherSessions(stage: Stage, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const session = randomUUID()
    const path = join(stage.root, 'elsewhere', `${number}.txt`)
    const send = (event: string, fields: object): void => { sendEvent(stage, session, event, fields) }
    send('UserPromptSubmit', { prompt: `Old work ${number}` })
    send('PostToolUse', {
      tool_use_id: `toolu_${session}`, tool_name: 'Write', tool_input: { file_path: path, content: 'old\n' },
      tool_response: { type: 'create', filePath: path, content: 'old\n', structuredPatch: [], originalFile: null },
    })
    if (number % 3 !== 0) send('SessionEnd', { reason: 'other' })
  }
  drain(stage)
}

function sendEvent({ repository, root }: RecordingStage, session: string, event: string, fields: object): void {
  const payload = {
    session_id: session, transcript_path: transcriptPath(repository.home, root, session), cwd: root,
    prompt_id: session, permission_mode: 'acceptEdits', hook_event_name: event, ...fields,
  }
  const bytes = Buffer.from(JSON.stringify(payload))
  deliver(repository.bitloopsHome, formatMessage({ agent: 'claude-code', projectDir: root }, bytes))
}

function editOf({ root }: RecordingStage, number: number, text: string): object {
  const path = join(root, fileOf(number))
  const originalFile = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const content = `${text} ${number}\n`
  return {
    tool_name: 'Write', tool_input: { file_path: path, content },
    tool_response: {
      type: 'update', filePath: path, content, originalFile,
      structuredPatch: [{
        oldStart: 1, oldLines: 1, newStart: 1, newLines: 1,
        lines: [`-${originalFile.trimEnd()}`, `+${content.trimEnd()}`],
      }],
    },
  }
}

export const drainWords = ({ repository }: RecordingStage): readonly string[] =>
  ['bitloops', 'drain', '--home', repository.bitloopsHome]

export const drain = (stage: RecordingStage): void => {
  call('git', drainWords(stage), { cwd: stage.root, env: stage.env })
}

/** As after a quiet hour: no drain is alive. */
export function endDrain({ repository }: Stage): void {
  endProcessesOf(repository.home)
  for (const name of ['drain.lease', 'drain.starting']) rmSync(join(repository.bitloopsHome, name), { force: true })
}

/** Puts a program in Node's place that counts how often it is started. */
export function countNodeStarts(repository: TestRepository): () => number {
  const program = join(repository.bitloopsHome, 'program')
  const [node = '', ...rest] = readFileSync(program, 'utf8').split('\n')
  const counter = join(repository.sandbox.folder, 'starts')
  const counting = join(repository.sandbox.folder, 'bin', 'counting-node')
  writeFileSync(counting, `#!/bin/sh\necho >>${quote(counter)}\nexec ${quote(node)} "$@"\n`)
  chmodSync(counting, 0o755)
  writeFileSync(program, [counting, ...rest].join('\n'))
  return () => {
    const count = existsSync(counter) ? readFileSync(counter, 'utf8').length : 0
    rmSync(counter, { force: true })
    return count
  }
}

/** Appends assistant lines until `bytes` are added. No two say the same: answers are recognised by their text. */
export function growTranscript(path: string, session: string, bytes: number): void {
  mkdirSync(dirname(path), { recursive: true })
  const text = 'A line of reasoning that says nothing new. '.repeat(400)
  let block = ''
  for (let written = 0; written < bytes; written += block.length) {
    block = ''
    while (block.length < Math.min(bytes - written, 4 << 20)) block += assistantLine(session, `${randomUUID()} ${text}`)
    appendFileSync(path, block)
  }
}

function assistantLine(session: string, text: string): string {
  const usage = { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 }
  return `${JSON.stringify({
    parentUuid: null, isSidechain: false, type: 'assistant', uuid: randomUUID(), timestamp: new Date().toISOString(),
    sessionId: session, version: '2.1.329',
    message: {
      id: `msg_${randomUUID()}`, type: 'message', role: 'assistant', model: 'claude-opus-5-5',
      content: [{ type: 'text', text }], stop_reason: 'tool_use', usage,
    },
  })}\n`
}

/** The turn of a session ends: the drain reads its transcript. */
export const endTurn = (stage: Stage, session: string): void => {
  sendEvent(stage, session, 'Stop', { stop_hook_active: false, background_tasks: [], session_crons: [] })
}
