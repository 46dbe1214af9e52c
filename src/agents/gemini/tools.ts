// What Gemini CLI's tools do, and what the client's record of a call tells: how it went, what came out of it, which
// file it changed.

import type { EventBody, FileChange, Hunk } from '../../model/event.ts'
import { parseUnifiedHunks } from '../../model/unified-hunks.ts'
import { boundedDepth, given, listOf, objectOf, sha256, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** `invoke_agent` is here since what the subagent does is seen by itself. */
export const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([
  'activate_skill', 'ask_user', 'cli_help', 'codebase_investigator', 'complete_task', 'enter_plan_mode',
  'get_internal_docs', 'glob', 'google_web_search', 'grep_search', 'invoke_agent', 'list_directory',
  'list_mcp_resources', 'read_file', 'read_many_files', 'read_mcp_resource', 'search_file_content',
  'tracker_add_dependency', 'tracker_create_task', 'tracker_get_task', 'tracker_list_tasks', 'tracker_update_task',
  'tracker_visualize', 'update_topic', 'web_fetch', 'write_todos',
])

export const SHELL_TOOLS: ReadonlySet<string> = new Set(['run_shell_command'])

const EDITING_TOOLS: ReadonlySet<string> = new Set(['replace', 'write_file'])

const OTHER_TOOLS: ReadonlySet<string> = new Set(['exit_plan_mode', 'save_memory'])

export const isKnownTool = (tool: string): boolean =>
  READ_ONLY_TOOLS.has(tool) || SHELL_TOOLS.has(tool) || EDITING_TOOLS.has(tool) || OTHER_TOOLS.has(tool)
  || tool.startsWith('mcp_')

/** The file that a call reads; patterns name none. */
export function readsOf(tool: string, args: unknown): readonly string[] {
  const { file_path: path, absolute_path: older } = objectOf(args)
  const read = wordsOf(path) ?? wordsOf(older)
  return tool === 'read_file' && read !== undefined ? [read] : []
}

type Outcome = (EventBody & { kind: 'tool-result' })['outcome']

/** The client counts a command that failed as a success of the tool. */
export function outcomeOf(call: JsonObject, output: unknown): Outcome {
  if (call['status'] === 'cancelled') return /User denied/.test(textOf(output) ?? '') ? 'refused' : 'interrupted'
  if (call['status'] !== 'success') return 'failed'
  const isShell = SHELL_TOOLS.has(textOf(call['name']) ?? '')
  return isShell && FAILED_COMMAND.test(textOf(output) ?? '') ? 'failed' : 'ok'
}

/** The end of what the client says of a command; what the command printed comes before. */
const FAILED_COMMAND = new RegExp([
  /\n(?:Exit Code: [1-9]\d*|Signal: \w+)/, /(?:\n(?:Signal|Background PIDs|Process Group PGID): [^\n]*)*/,
  /\n<\/untrusted_context>/,
].map(({ source }) => source).join(''))

/** The result as the model got it. An editing tool repeats the file, which the file change tells better. */
export function outputOf(call: JsonObject): unknown {
  const parts = listOf(call['result']).map(objectOf)
  const response = objectOf(objectOf(parts[0]?.['functionResponse'])['response'])
  const text = textOf(response['output']) ?? textOf(response['error'])
  const isEdit = EDITING_TOOLS.has(textOf(call['name']) ?? '')
  if (text !== undefined) return isEdit ? text.replace(/ Here is the updated code:[\s\S]*$/, '') : text
  return Object.keys(response).length > 0 ? boundedDepth(response) : ''
}

/** The change that a successful call of an editing tool made; undefined where its record tells none. */
export function changeOf(tool: string, id: string, call: JsonObject): FileChange | undefined {
  if (!EDITING_TOOLS.has(tool) || call['status'] !== 'success') return undefined
  const display = objectOf(call['resultDisplay'])
  const path = wordsOf(display['filePath']) ?? wordsOf(objectOf(call['args'])['file_path'])
  if (path === undefined) return undefined
  const { isNewFile, originalContent, newContent, fileDiff } = display
  const before = isNewFile === true ? null : textOf(originalContent)
  const after = textOf(newContent)
  return {
    kind: 'file-change', path, change: isNewFile === true ? 'create' : 'modify', tool, call: id, evidence: 'tool',
    ...given('hunks', hunksOf(textOf(fileDiff))),
    ...given('before', typeof before === 'string' ? sha256(before) : before),
    ...given('after', after === undefined ? undefined : sha256(after)),
  }
}

/** Undefined where the client kept no diff. */
const hunksOf = (diff: string | undefined): readonly Hunk[] | undefined =>
  diff !== undefined && /^\+\+\+ /m.test(diff) ? parseUnifiedHunks(diff) : undefined
