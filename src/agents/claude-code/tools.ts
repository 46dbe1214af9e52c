// What Claude Code's tools do to files: which tools only read, and the file change that a tool's result tells.
// A hook's `tool_response` and a transcript's `toolUseResult` are the same object.

import type { FileChange, Hunk } from '../../model/event.ts'
import { given, isObject, listOf, numberOf, objectOf, sha256, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** `Agent` and `Task` are here since what the subagent does is seen by itself. */
export const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([
  'Agent', 'AskUserQuestion', 'BashOutput', 'EnterPlanMode', 'ExitPlanMode', 'Glob', 'Grep', 'KillShell', 'LS',
  'ListMcpResourcesTool', 'NotebookRead', 'Read', 'ReadMcpResourceTool', 'SendMessage', 'StructuredOutput', 'Task',
  'TaskCreate', 'TaskGet', 'TaskList', 'TaskOutput', 'TaskStop', 'TaskUpdate', 'TodoRead', 'TodoWrite', 'ToolSearch',
  'WebFetch', 'WebSearch',
])

const EDITING_TOOLS: ReadonlySet<string> = new Set(['Edit', 'MultiEdit', 'NotebookEdit', 'Write'])

const OTHER_TOOLS: ReadonlySet<string> = new Set([
  'Bash', 'EnterWorktree', 'ExitWorktree', 'Skill', 'SlashCommand', 'Workflow',
])

export const isEditingTool = (tool: string | undefined): boolean => tool !== undefined && EDITING_TOOLS.has(tool)

export const isKnownTool = (tool: string): boolean =>
  READ_ONLY_TOOLS.has(tool) || EDITING_TOOLS.has(tool) || OTHER_TOOLS.has(tool) || tool.startsWith('mcp__')

/** The file that a call to an editing tool is about. */
export const pathOfInput = (input: unknown): string | undefined => {
  const { file_path: path, notebook_path: notebook } = objectOf(input)
  return textOf(path) ?? textOf(notebook)
}

/** The change that a successful call of an editing tool made; undefined where the result tells none. */
export function changeOf(tool: string, call: string, input: unknown, result: unknown): FileChange | undefined {
  if (!isEditingTool(tool) || !isObject(result)) return undefined
  const path = textOf(result['filePath']) ?? textOf(result['notebook_path']) ?? pathOfInput(input)
  if (path === undefined || (textOf(result['error']) ?? '') !== '') return undefined
  const before = textBefore(result)
  const after = textAfter(result, before)
  const patch = listOf(result['structuredPatch']).map(parseHunk).filter((hunk) => hunk !== undefined)
  const created = before === null && patch.every((hunk) => hunk.oldLines === 0)
  const hunks = patch.length > 0 ? patch : wholeTextHunks(before, after)
  return {
    kind: 'file-change', path, change: created ? 'create' : 'modify', tool, call, evidence: 'tool',
    ...given('hunks', hunks),
    ...given('before', typeof before === 'string' ? sha256(before) : before),
    ...given('after', after === undefined ? undefined : sha256(after)),
  }
}

/** null: there was no file; undefined: the result does not say. */
function textBefore(result: JsonObject): string | null | undefined {
  if (result['type'] === 'create') return null
  for (const key of ['originalFile', 'originalFileContents', 'original_file']) {
    const value = result[key]
    if (typeof value === 'string' || value === null) return value
  }
  return undefined
}

/** Undefined where the user changed the proposed text before it was written, or the parts do not fit together. */
function textAfter(result: JsonObject, before: string | null | undefined): string | undefined {
  if (result['userModified'] === true) return undefined
  const whole = textOf(result['content']) ?? textOf(result['updated_file'])
  if (whole !== undefined) return whole
  const edits = Array.isArray(result['edits']) ? result['edits'] : [result]
  let text: string | undefined = before ?? ''
  for (const edit of edits) text = text === undefined ? undefined : replaced(text, objectOf(edit))
  return text
}

function replaced(text: string, edit: JsonObject): string | undefined {
  const from = textOf(edit['oldString']) ?? textOf(edit['old_string'])
  const to = textOf(edit['newString']) ?? textOf(edit['new_string'])
  if (from === undefined || to === undefined) return undefined
  if (from === '') return text === '' ? to : undefined
  if (!text.includes(from)) return undefined
  const all = edit['replaceAll'] === true || edit['replace_all'] === true
  return all ? text.replaceAll(from, () => to) : text.replace(from, () => to)
}

function parseHunk(value: unknown): Hunk | undefined {
  const hunk = objectOf(value)
  const [oldStart, oldLines, newStart, newLines] =
    ['oldStart', 'oldLines', 'newStart', 'newLines'].map((key) => numberOf(hunk[key]))
  if (oldStart === undefined || oldLines === undefined) return undefined
  if (newStart === undefined || newLines === undefined) return undefined
  // "\ No newline at end of file" is no line of the file.
  const lines = listOf(hunk['lines']).filter((line) => typeof line === 'string')
    .filter((line) => !line.startsWith('\\'))
  return { oldStart, oldLines, newStart, newLines, lines }
}

/** A replaced text is told line by line only while that is small; a new file always. */
const MAX_REPLACED_LINES = 200

function wholeTextHunks(before: string | null | undefined, after: string | undefined): readonly Hunk[] | undefined {
  if (before === undefined || after === undefined) return undefined
  if (before === after) return []
  const old = linesOf(before ?? '')
  const now = linesOf(after)
  if (before !== null && old.length + now.length > MAX_REPLACED_LINES) return undefined
  if (old.length + now.length === 0) return []
  return [{
    oldStart: Math.min(old.length, 1), oldLines: old.length, newStart: Math.min(now.length, 1), newLines: now.length,
    lines: [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)],
  }]
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
