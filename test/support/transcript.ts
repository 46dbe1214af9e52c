// Writes a Claude Code transcript as the client does: one line per content block, chained by uuid, usage on each.
// The fields are those recorded from 2.1.329 that say something about the conversation.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'

export type Block =
  | { readonly type: 'thinking'; readonly thinking: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }

export interface TranscriptOptions {
  readonly path: string
  readonly session: string
  readonly cwd: string
  readonly version: string
  readonly model: string
  readonly branch: string
  /** Set in the file of a subagent. */
  readonly agentId?: string
}

export interface TranscriptWriter {
  readonly path: string
  prompt(text: string, promptId: string): void
  /** Adds a block to the message under way; nothing is in the file before `flush`. */
  add(block: Block): void
  /** Writes the message under way: the client holds its lines back until the message is complete. */
  flush(stopReason: 'tool_use' | 'end_turn' | null): void
  toolResult(call: string, promptId: string, text: string, result: unknown, failed: boolean): void
  interrupted(): void
  system(subtype: string, fields: Readonly<Record<string, unknown>>): void
  /** Any other line, as it is. */
  line(line: Readonly<Record<string, unknown>>): void
  /** Replaces the whole file. */
  rewrite(change: (lines: readonly string[]) => readonly string[]): void
  setModel(model: string): void
}

/** `~/.claude/projects/<folder with / and . as ->/<session>.jsonl` */
export const transcriptPath = (home: string, projectDir: string, session: string): string =>
  join(home, '.claude', 'projects', slugOf(projectDir), `${session}.jsonl`)

export const slugOf = (folder: string): string => folder.replace(/[^A-Za-z0-9]/g, '-')

export function writeTranscript(options: TranscriptOptions): TranscriptWriter {
  let parent: string | null = null
  let model = options.model
  let blocks: Block[] = []
  let message = messageId()
  let messages = 0
  const toolLines = new Map<string, string>()

  mkdirSync(dirname(options.path), { recursive: true })
  const append = (line: Readonly<Record<string, unknown>>): void => {
    appendFileSync(options.path, `${JSON.stringify(line)}\n`)
  }
  const chain = (fields: Readonly<Record<string, unknown>>): string => {
    const uuid = randomUUID()
    append({
      parentUuid: parent, isSidechain: options.agentId !== undefined,
      ...(options.agentId === undefined ? {} : { agentId: options.agentId }),
      ...fields, uuid, timestamp: new Date().toISOString(),
      userType: 'external', entrypoint: 'cli', cwd: options.cwd, sessionId: options.session,
      version: options.version, gitBranch: options.branch,
    })
    parent = uuid
    return uuid
  }

  return {
    path: options.path,
    prompt(text, promptId) {
      chain({
        promptId, type: 'user', message: { role: 'user', content: text }, permissionMode: 'acceptEdits',
        promptSource: 'typed', turnOrigin: 'human', origin: { kind: 'human' },
      })
    },
    add(block) { blocks.push(block) },
    flush(stopReason) {
      const usage = usageOf(messages)
      blocks.forEach((block, apiBlockIndex) => {
        const content = block.type === 'thinking' ? { ...block, signature: 'c2lnbmF0dXJl' } : block
        const uuid = chain({
          type: 'assistant', apiBlockIndex, requestedModel: model, madeBy: 'model', effort: 'medium',
          message: {
            id: message, type: 'message', role: 'assistant', model, content: [content],
            stop_reason: stopReason, stop_sequence: null, usage,
          },
        })
        if (block.type === 'tool_use') toolLines.set(block.id, uuid)
      })
      if (blocks.length > 0) messages += 1
      blocks = []
      message = messageId()
    },
    toolResult(call, promptId, text, result, failed) {
      chain({
        promptId, type: 'user',
        message: {
          role: 'user',
          content: [{ tool_use_id: call, type: 'tool_result', content: text, ...(failed ? { is_error: true } : {}) }],
        },
        ...(options.agentId === undefined ? { toolUseResult: result } : {}),
        sourceToolAssistantUUID: toolLines.get(call),
      })
    },
    interrupted() {
      chain({
        type: 'user', message: { role: 'user', content: [{ type: 'text', text: '[Request interrupted by user]' }] },
        interruptedMessageId: message,
      })
    },
    system(subtype, fields) { chain({ type: 'system', subtype, level: 'info', ...fields }) },
    line: append,
    rewrite(change) {
      const lines = readFileSync(options.path, 'utf8').split('\n').slice(0, -1)
      writeFileSync(options.path, change(lines).map((line) => `${line}\n`).join(''))
    },
    setModel(name) { model = name },
  }
}

const messageId = (): string => `msg_01${randomUUID().replaceAll('-', '').slice(0, 22)}`

/** Grows with the conversation, as a real one does. */
const usageOf = (message: number): Readonly<Record<string, number>> => ({
  input_tokens: 10 + message,
  cache_creation_input_tokens: 100 * (message + 1),
  cache_read_input_tokens: 1000 * message,
  output_tokens: 50,
})
