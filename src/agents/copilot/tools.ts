// The tools of Copilot, of the command line and of VS Code: which only read, which run commands, which file a call
// reads.

import { boundedDepth, given, listOf, objectOf, parseObject, textOf, wordsOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** What subagents do is seen by itself. `sql` works on a database of the session. */
const CLI_READ_ONLY = [
  'ask_user', 'exit_plan_mode', 'fetch_copilot_cli_documentation', 'glob', 'grep', 'list_agents', 'list_bash',
  'list_powershell', 'read_agent', 'read_bash', 'read_powershell', 'report_intent', 'rg', 'session_store_sql', 'skill',
  'sql', 'stop_bash', 'stop_powershell', 'store_memory', 'task', 'task_complete', 'tool_search', 'update_todo', 'view',
  'web_fetch', 'web_search', 'write_agent',
]
const VSCODE_READ_ONLY = [
  'fetch_webpage', 'file_search', 'get_changed_files', 'get_errors', 'get_search_view_results', 'get_terminal_output',
  'github_repo', 'grep_search', 'kill_terminal', 'list_code_usages', 'list_dir', 'manage_todo_list', 'memory',
  'read_file', 'read_project_structure', 'runSubagent', 'search_subagent', 'semantic_search', 'terminal_last_command',
  'terminal_selection', 'test_failure', 'test_search', 'think', 'view_image',
]

export const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([...CLI_READ_ONLY, ...VSCODE_READ_ONLY])

export const SHELL_TOOLS: ReadonlySet<string> = new Set([
  'bash', 'powershell', 'write_bash', 'write_powershell', 'run_in_terminal', 'send_to_terminal',
])

export const EDITING_TOOLS: ReadonlySet<string> = new Set([
  'apply_patch', 'create', 'edit', 'create_file', 'replace_string_in_file', 'multi_replace_string_in_file',
  'insert_edit_into_file', 'edit_notebook_file',
])

const OTHER_TOOLS: ReadonlySet<string> = new Set([
  'create_and_run_task', 'create_directory', 'create_new_workspace', 'get_task_output', 'run_task', 'runTests',
])

export const isKnownTool = (tool: string): boolean =>
  READ_ONLY_TOOLS.has(tool) || SHELL_TOOLS.has(tool) || EDITING_TOOLS.has(tool) || OTHER_TOOLS.has(tool)

/** VS Code writes the arguments as a text of JSON. A patch is a text of its own. */
export function inputOf(value: unknown): unknown {
  const parsed = typeof value === 'string' ? parseObject(value) : undefined
  return boundedDepth(parsed ?? value ?? {})
}

export function readsOf(tool: string, input: unknown): readonly string[] | undefined {
  const { path, filePath } = objectOf(input)
  const read = tool === 'view' ? wordsOf(path) : tool === 'read_file' ? wordsOf(filePath) : undefined
  return read === undefined ? undefined : [read]
}

/** What was replaced by what, by an editing tool that does not write patches. */
export interface Edit {
  readonly path: string
  /** Undefined: the whole text is new. */
  readonly before?: string
  /** Undefined: the arguments do not say. */
  readonly after?: string
}

/** The edits that a call asks for; empty for all other tools, and where the arguments make no sense. */
export function editsOf(tool: string, input: unknown): readonly Edit[] {
  const fields = objectOf(input)
  if (!EDITING_TOOLS.has(tool) || tool === 'apply_patch') return []
  const parts = Array.isArray(fields['replacements']) ? listOf(fields['replacements']).map(objectOf) : [fields]
  return parts.flatMap((part) => editOf(tool, { ...fields, ...part }) ?? [])
}

function editOf(tool: string, fields: JsonObject): Edit | undefined {
  const path = wordsOf(fields['path']) ?? wordsOf(fields['filePath'])
  if (path === undefined) return undefined
  if (tool === 'create' || tool === 'create_file') {
    return { path, ...given('after', textOf(fields['file_text']) ?? textOf(fields['content'])) }
  }
  const before = textOf(fields['old_str']) ?? textOf(fields['oldString'])
  const after = textOf(fields['new_str']) ?? textOf(fields['newString'])
  return before === undefined || after === undefined ? { path } : { path, before, after }
}
