// The part of the Claude Code client that hooks can see: payloads, environment, the order of hooks and lines.

import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { runHooks } from './hooks.ts'
import type { HookRun } from './hooks.ts'
import type { TestRepository } from './repository.ts'
import type { Environment } from './sandbox.ts'
import { transcriptPath, writeTranscript } from './transcript.ts'
import type { TranscriptWriter } from './transcript.ts'

export interface ClientOptions {
  readonly session?: string
  /** The folder the client is started in; default: the repository's root. */
  readonly cwd?: string
  readonly version?: string
  readonly model?: string
  /**
   * Whether the lines of a message come only after its tools ran (a tool runs while the model still streams).
   * Default true: the harder case.
   */
  readonly heldBack?: boolean
  /** The session has no transcript file (`--no-session-persistence`). */
  readonly noTranscript?: boolean
  /** Hooks do not run, only the transcript is written (a folder that was not trusted). */
  readonly noHooks?: boolean
  /** The transcript belongs to a subagent of this session. */
  readonly subagent?: Subagent
}

export interface Subagent {
  readonly agentId: string
  readonly agentType: string
  /** The prompt its parent works on. */
  readonly promptId: string
}

export interface ToolAnswer {
  /** `tool_response` of the hook and `toolUseResult` of the transcript. */
  readonly response: unknown
  /** What the model reads. */
  readonly text: string
  readonly failed?: boolean
}

export type Payload = Readonly<Record<string, unknown>> | string | Uint8Array

export interface Client {
  readonly session: string
  readonly cwd: string
  /** The transcript of the main conversation, as payloads name it. */
  readonly mainTranscript: string
  readonly transcript: TranscriptWriter
  /** All hooks that ran. */
  readonly hookRuns: HookRun[]
  /** What a command run by the agent finds in its environment. */
  readonly shellEnv: Environment
  /** The payload of 2.0 has no `last_assistant_message`. */
  readonly isOld: boolean
  promptId(): string
  newPrompt(): void
  /** Delivers a payload, whatever it is, to the hooks of the event. */
  deliver(event: string, payload: Payload): Promise<void>
  /** Delivers an event with the fields all events have. */
  fire(event: string, fields: Readonly<Record<string, unknown>>): Promise<void>
  /** A tool call from the message under way to its result; `act` does what the tool does. */
  tool(name: string, input: unknown, act: () => ToolAnswer | Promise<ToolAnswer>): Promise<void>
}

export function startClient(repository: TestRepository, options: ClientOptions = {}): Client {
  const session = options.session ?? randomUUID()
  const cwd = options.cwd ?? repository.root
  const version = options.version ?? '2.1.329'
  const isOld = version.startsWith('2.0.')
  const { subagent } = options
  const mainTranscript = transcriptPath(repository.home, cwd, session)
  const hookRuns: HookRun[] = []
  let promptId = subagent?.promptId

  const transcript = writeTranscript({
    path: options.noTranscript === true ? join(repository.sandbox.folder, 'kept-nowhere', `${session}.jsonl`)
      : subagent === undefined ? mainTranscript
      : join(dirname(mainTranscript), session, 'subagents', `agent-${subagent.agentId}.jsonl`),
    session, cwd, version, model: options.model ?? 'claude-opus-5-5', branch: 'main',
    ...(subagent === undefined ? {} : { agentId: subagent.agentId }),
  })
  const agentEnv = (role: string): Environment => ({
    CLAUDECODE: '1',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    ...(isOld ? {} : {
      CLAUDE_CODE_SESSION_ID: session,
      AI_AGENT: `claude-code_${version.replaceAll('.', '-')}_${role}`,
      CLAUDE_PID: String(process.pid),
    }),
  })

  const deliver: Client['deliver'] = async (event, payload) => {
    if (options.noHooks === true) return
    const matched = typeof payload === 'object' && 'tool_name' in payload ? String(payload['tool_name']) : undefined
    hookRuns.push(...await runHooks({
      projectDir: cwd, cwd, event, payload,
      env: { ...repository.env, ...agentEnv('harness'), CLAUDE_PROJECT_DIR: cwd },
      ...(matched === undefined ? {} : { matched }),
    }))
  }
  const fire: Client['fire'] = (event, fields) => deliver(event, {
    session_id: session, transcript_path: mainTranscript, cwd,
    ...(promptId === undefined || isOld ? {} : { prompt_id: promptId }),
    permission_mode: 'acceptEdits',
    ...(subagent === undefined ? {} : { agent_id: subagent.agentId, agent_type: subagent.agentType }),
    hook_event_name: event,
    ...fields,
  })

  return {
    session, cwd, mainTranscript, transcript, hookRuns, isOld, deliver, fire,
    shellEnv: agentEnv('agent'),
    promptId: () => promptId ?? '',
    newPrompt() { promptId = randomUUID() },
    async tool(name, input, act) {
      const call = `toolu_01${randomUUID().replaceAll('-', '').slice(0, 22)}`
      const named = { tool_name: name, tool_input: input, tool_use_id: call }
      transcript.add({ type: 'tool_use', id: call, name, input })
      if (options.heldBack === false) transcript.flush('tool_use')
      await fire('PreToolUse', named)
      const { text, response, failed = false } = await act()
      await (failed
        ? fire('PostToolUseFailure', { ...named, error: text, is_interrupt: false, duration_ms: 5 })
        : fire('PostToolUse', { ...named, tool_response: response, duration_ms: 5 }))
      transcript.flush('tool_use')
      transcript.toolResult(call, promptId ?? '', text, failed ? `Error: ${text}` : response, failed)
    },
  }
}
