// The tools of Codex: their names as its hooks say them, what they were asked, how they went.

import type { EventBody } from '../../model/event.ts'
import { boundedDepth, isObject, listOf, objectOf, parseObject, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** Tools that never write files. What a subagent does is seen by itself. */
export const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([
  'close_agent', 'followup_task', 'grep_files', 'interrupt_agent', 'list_agents', 'list_dir',
  'list_mcp_resource_templates', 'list_mcp_resources', 'read_file', 'read_mcp_resource', 'request_permissions',
  'request_user_input', 'resume_agent', 'send_input', 'send_message', 'spawn_agent', 'tool_search', 'update_plan',
  'view_image', 'wait', 'wait_agent', 'web_search',
])

/** Hooks call each of them `Bash`; so do we. */
const SHELLS: ReadonlySet<string> = new Set([
  'Bash', 'container.exec', 'exec_command', 'local_shell', 'shell', 'shell_command', 'unified_exec',
])

/** `exec` runs the scripts of code mode, `write_stdin` types into a command that runs. */
const OTHER_TOOLS: ReadonlySet<string> = new Set(['Bash', 'apply_patch', 'exec', 'image_generation', 'write_stdin'])

export const SHELL_TOOLS: ReadonlySet<string> = new Set(['Bash', 'write_stdin'])

export const isKnownTool = (tool: string): boolean =>
  READ_ONLY_TOOLS.has(tool) || OTHER_TOOLS.has(tool) || tool.startsWith('mcp__')

/** The name of a tool as a hook says it; a hook puts the namespace of the subagents' tools before theirs. */
export function toolOf(name: string, namespace?: string): string {
  if (SHELLS.has(name)) return 'Bash'
  if (namespace?.startsWith('mcp__') === true) return `${namespace.replace(/_+$/, '')}__${name}`
  const bare = name.replace(/^collaboration/, '')
  return READ_ONLY_TOOLS.has(bare) ? bare : name
}

/** What a call asked for, in the form that hooks give: shells and patches have a `command`. */
export function inputOf(tool: string, asked: unknown): JsonObject {
  const input = typeof asked === 'string' ? parseObject(asked) ?? { input: asked } : objectOf(asked)
  if (tool !== 'Bash' && tool !== 'apply_patch') return objectOf(boundedDepth(input))
  const { cmd, command = cmd, input: text, patch = text, ...rest } = input
  const words = tool === 'apply_patch' ? command ?? patch : command
  return objectOf(boundedDepth({ command: Array.isArray(words) ? commandOf(words) : words ?? '', ...rest }))
}

/** What a shell was given to run. */
export function commandOf(argv: unknown): string {
  const words = listOf(argv).filter((word) => typeof word === 'string')
  return words.length === 3 && /^-l?c$/.test(words[1] ?? '') ? words[2] ?? '' : words.join(' ')
}

/** The patch in a call: of the tool itself, or of the command by that name that the client runs itself. */
export function patchOf(tool: string, input: JsonObject): string | undefined {
  const command = textOf(input['command'])
  if (command === undefined || !command.includes('*** Begin Patch')) return undefined
  return tool === 'apply_patch' || /^\s*apply_?patch\b/.test(command) ? command : undefined
}

export type Outcome = (EventBody & { kind: 'tool-result' })['outcome']

/** How a call went, by what the model was told of it. */
export function outcomeOf(text: string): Outcome {
  const head = text.slice(0, MAX_HEAD_LENGTH).split('\nOutput:\n')[0] ?? ''
  if (/(?:^|\n)aborted by user/.test(head)) return 'interrupted'
  if (/rejected by user/.test(head)) return 'refused'
  const code = /^(?:Exit code: |Process exited with code )(-?\d+)$/m.exec(head)?.[1] ?? jsonExitCode(text)
  if (code !== undefined) return code === '0' ? 'ok' : 'failed'
  return FAILED.test(head) ? 'failed' : 'ok'
}

const MAX_HEAD_LENGTH = 400
const FAILED =
  /^(?:Script failed|apply_patch verification failed|unsupported call|failed (?:in sandbox|to parse)|execution error)/

/** Old clients give the model JSON. */
function jsonExitCode(text: string): string | undefined {
  if (!text.startsWith('{"output"')) return undefined
  const code = objectOf(parseObject(text)?.['metadata'])['exit_code']
  return typeof code === 'number' ? String(code) : undefined
}

/** What the model was told; an image is only named. */
export function outputOf(output: unknown): string {
  if (typeof output === 'string') return output
  if (isObject(output)) return textOf(output['content']) ?? JSON.stringify(boundedDepth(output))
  const parts = listOf(output).map(objectOf)
  return parts.map((part) => textOf(part['text']) ?? `[${textOf(part['type']) ?? 'unknown'}]`).join('')
}

/** Without the client's lines about time and size. */
export function withoutHead(text: string): string {
  if (text.startsWith('{"output"')) return textOf(parseObject(text)?.['output']) ?? text
  if (!/^(?:Chunk ID: |Exit code: |Wall time|Script (?:completed|failed|running))/.test(text)) return text
  const at = text.indexOf('Output:\n')
  return at === -1 || at > MAX_HEAD_LENGTH ? text : text.slice(at + 'Output:\n'.length)
}
