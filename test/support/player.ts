// Plays a Claude Code session: delivers what the client delivers to the hooks that are really installed, changes the
// files, runs the commands and writes the transcript, each at the time the client does.
//
//   const claude = playClaude(repository)
//   await claude.start()
//   await claude.prompt('Limit the login route')
//   await claude.think('One process serves all logins.')
//   await claude.write('src/limit.ts', text)
//   await claude.bash('git add --all && git commit -m "Limit logins"')
//   await claude.stop('Done.')

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startClient } from './client.ts'
import type { Client, ClientOptions, ToolAnswer } from './client.ts'
import { patchOf } from './patch.ts'
import type { TestRepository } from './repository.ts'
import type { Outcome } from './sandbox.ts'

export interface StopOptions {
  /** When the last answer gets into the transcript: `after` the hook (the usual case), `during` or `before` it. */
  readonly written?: 'before' | 'during' | 'after'
}

export interface Player extends Pick<Client, 'session' | 'transcript' | 'hookRuns' | 'deliver' | 'fire' | 'tool'> {
  start(source?: 'startup' | 'resume' | 'clear' | 'compact' | 'fork'): Promise<void>
  prompt(text: string): Promise<void>
  think(text: string): Promise<void>
  say(text: string): Promise<void>
  write(path: string, text: string): Promise<void>
  edit(path: string, before: string, after: string): Promise<void>
  /** Really runs the command, in the agent's environment. */
  bash(command: string, place?: { readonly cwd?: string }): Promise<Outcome>
  /** A subagent that works by `work`; its transcript is a file of its own. */
  subagent(agentType: string, task: string, work: (child: Player) => Promise<void>): Promise<void>
  /** The user presses Esc: no hook tells of it. */
  interrupt(): Promise<void>
  compact(summary: string): Promise<void>
  stop(answer?: string, options?: StopOptions): Promise<void>
  end(reason?: string): Promise<void>
  useModel(model: string): void
}

export const playClaude = (repository: TestRepository, options: ClientOptions = {}): Player =>
  playOn(repository, startClient(repository, options), options)

function playOn(repository: TestRepository, client: Client, options: ClientOptions): Player {
  const { transcript, fire } = client
  const absolute = (path: string): string => isAbsolute(path) ? path : join(client.cwd, path)

  return {
    ...client,
    start: (source = 'startup') => fire('SessionStart', { source }),
    async prompt(text) {
      client.newPrompt()
      await fire('UserPromptSubmit', { prompt: text })
      transcript.prompt(text, client.promptId())
    },
    async think(text) { transcript.add({ type: 'thinking', thinking: text }) },
    async say(text) { transcript.add({ type: 'text', text }) },
    write(path, content) {
      const file_path = absolute(path)
      return client.tool('Write', { file_path, content }, () => writeWhole(file_path, content))
    },
    edit(path, old_string, new_string) {
      const file_path = absolute(path)
      return client.tool('Edit', { file_path, old_string, new_string, replace_all: false },
        () => replaceOnce(file_path, old_string, new_string))
    },
    async bash(command, place = {}) {
      const holder: { outcome?: Outcome } = {}
      await client.tool('Bash', { command, description: 'Run a command' }, async () => {
        holder.outcome = await repository.sh(command, { cwd: place.cwd ?? client.cwd, env: client.shellEnv })
        return answerOf(holder.outcome)
      })
      return holder.outcome!
    },
    async subagent(agentType, task, work) {
      const agentId = `a${randomUUID().replaceAll('-', '').slice(0, 16)}`
      const subagent = { agentId, agentType, promptId: client.promptId() }
      await client.tool('Agent', { description: task, prompt: task, subagent_type: agentType }, async () => {
        await fire('SubagentStart', { agent_id: agentId, agent_type: agentType })
        const child = playClaude(repository, { ...options, session: client.session, cwd: client.cwd, subagent })
        const text = await playSubagent(child, task, subagent.promptId, work)
        return { text, response: { status: 'completed', agentId, agentType, content: [{ type: 'text', text }] } }
      })
    },
    async interrupt() {
      transcript.flush(null)
      transcript.interrupted()
    },
    async compact(summary) {
      await fire('PreCompact', { trigger: 'manual', custom_instructions: null })
      transcript.system('compact_boundary', {
        content: 'Conversation compacted', compactMetadata: { trigger: 'manual' },
      })
      transcript.line({
        parentUuid: null, isSidechain: false, promptId: client.promptId(), type: 'user',
        message: { role: 'user', content: `This session is being continued.\nSummary:\n${summary}` },
        isCompactSummary: true, isVisibleInTranscriptOnly: true, uuid: randomUUID(),
        timestamp: new Date().toISOString(), sessionId: client.session,
      })
      await fire('SessionStart', { source: 'compact' })
      await fire('PostCompact', { trigger: 'manual', compact_summary: summary })
    },
    stop: (answer, { written = 'after' } = {}) => stop(client, answer, written),
    end: (reason = 'prompt_input_exit') => fire('SessionEnd', { reason }),
    useModel: (model) => { transcript.setModel(model) },
  }
}

async function stop(
  client: Client, answer: string | undefined, written: NonNullable<StopOptions['written']>,
): Promise<void> {
  const { transcript } = client
  if (answer !== undefined) transcript.add({ type: 'text', text: answer })
  if (written === 'before') transcript.flush('end_turn')
  const hooks = client.fire('Stop', {
    stop_hook_active: false,
    ...(answer === undefined || client.isOld ? {} : { last_assistant_message: answer }),
    background_tasks: [], session_crons: [],
  })
  if (written === 'during') {
    await sleep(5)
    transcript.flush('end_turn')
  }
  await hooks
  if (written === 'after') transcript.flush('end_turn')
  transcript.system('stop_hook_summary', { hookCount: 1, hookErrors: [], preventedContinuation: false })
}

async function playSubagent(
  child: Player, task: string, promptId: string, work: (child: Player) => Promise<void>,
): Promise<string> {
  const text = `${task}: done`
  child.transcript.prompt(task, promptId)
  await work(child)
  child.transcript.add({ type: 'text', text })
  child.transcript.flush('end_turn')
  await child.fire('SubagentStop', {
    stop_hook_active: false, agent_transcript_path: child.transcript.path, last_assistant_message: text,
  })
  return text
}

function writeWhole(path: string, content: string): ToolAnswer {
  const originalFile = existsSync(path) ? readFileSync(path, 'utf8') : null
  put(path, content)
  return {
    text: `File created successfully at: ${path}`,
    response: {
      type: originalFile === null ? 'create' : 'update', filePath: path, content,
      structuredPatch: originalFile === null ? [] : patchOf(originalFile, content), originalFile, userModified: false,
    },
  }
}

function replaceOnce(path: string, oldString: string, newString: string): ToolAnswer {
  const originalFile = readFileSync(path, 'utf8')
  if (!originalFile.includes(oldString)) throw new Error(`${path} does not hold ${JSON.stringify(oldString)}`)
  const text = originalFile.replace(oldString, () => newString)
  put(path, text)
  return {
    text: `The file ${path} has been updated successfully.`,
    response: {
      filePath: path, oldString, newString, originalFile,
      structuredPatch: patchOf(originalFile, text), userModified: false, replaceAll: false,
    },
  }
}

function answerOf({ code, stdout, stderr, output }: Outcome): ToolAnswer {
  return code === 0
    ? { text: output, response: { stdout, stderr, interrupted: false, isImage: false, noOutputExpected: false } }
    : { text: `Exit code ${code}\n${output}`, response: undefined, failed: true }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
