// The tools of Cursor, and the file changes that a call to one of them, or a hook about an edit, tells.

import type { FileChange, Hunk } from '../../model/event.ts'
import type { EventId } from '../../model/ids.ts'
import { eventId, idOf } from '../event-ids.ts'
import { boundedDepth, digestOf, given, listOf, objectOf, parseObject, sha256, textOf, wordsOf } from '../json.ts'
import { createdHunks, replacedHunks } from '../text-hunks.ts'

/** What subagents do is seen by itself. */
export const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([
  'AskQuestion', 'Await', 'CreatePlan', 'FetchMcpResource', 'Glob', 'Grep', 'LS', 'ListMcpResources', 'Read',
  'ReadLints', 'SemanticSearch', 'SwitchMode', 'Task', 'TodoRead', 'TodoWrite', 'UpdateCurrentStep', 'WebFetch',
  'WebSearch',
])

export const SHELL_TOOLS: ReadonlySet<string> = new Set(['Shell'])

const EDITING_TOOLS: ReadonlySet<string> = new Set([
  'ApplyPatch', 'Delete', 'Edit', 'EditNotebook', 'StrReplace', 'Write',
])

export const isKnownTool = (tool: string): boolean =>
  READ_ONLY_TOOLS.has(tool) || SHELL_TOOLS.has(tool) || EDITING_TOOLS.has(tool) || /^(?:MCP:|CallMcpTool$)/.test(tool)

/** Some models' ids have a line break in them. */
export const callIdOf = (value: unknown): string | undefined => idOf(textOf(value)?.replaceAll(/\s+/g, '|'))

/** Some tools' inputs and outputs come as texts of JSON. */
export function valueOf(value: unknown): unknown {
  return boundedDepth((typeof value === 'string' ? parseObject(value) : undefined) ?? value)
}

const pathOf = (input: unknown): string | undefined => {
  const { file_path: filePath, path, target_file: target } = objectOf(input)
  return wordsOf(filePath) ?? wordsOf(path) ?? wordsOf(target)
}

export function readsOf(tool: string, input: unknown): readonly string[] | undefined {
  const path = tool === 'Read' ? pathOf(input) : undefined
  return path === undefined ? undefined : [path]
}

/** What a call asked for; undefined for all tools that write no files, and where only the tool knows. */
export function askedChange(tool: string, call: string | undefined, asked: unknown): FileChange | undefined {
  const input = objectOf(asked)
  const path = pathOf(input)
  if (path === undefined || !EDITING_TOOLS.has(tool)) return undefined
  const head = { kind: 'file-change', path, tool, ...given('call', call), evidence: 'tool' } as const
  if (tool === 'Delete') return { ...head, change: 'delete' }
  const text = textOf(input['content']) ?? textOf(input['contents'])
  // Whether there was a file before, and what was in it, a hook about the edit tells.
  if (tool === 'Write' && text !== undefined) return { ...head, change: 'modify', after: sha256(text) }
  const [before, after] = [textOf(input['old_string']), textOf(input['new_string'])]
  const hunks = before === undefined || after === undefined ? undefined : replacedHunks(before, after)
  return { ...head, change: 'modify', ...given('hunks', hunks) }
}

/**
 * The name of a change, by what it left: the hook about an edit names no call, and tells a new file like the call does.
 */
export function changeId(turn: string | undefined, change: FileChange, edits: string): EventId {
  const left = change.change === 'delete' ? 'delete' : change.after ?? edits
  return eventId('change', digestOf(turn, change.path, left))
}

/**
 * `afterFileEdit`: whole lines that were replaced; for a new file, all of it in the place of nothing. Inserted lines
 * come in the place of nothing too, but without the end of the last one.
 */
export function editedChange(payload: unknown): FileChange | undefined {
  const path = pathOf(payload)
  if (path === undefined) return undefined
  const head = { kind: 'file-change', path, tool: 'Write', evidence: 'tool' } as const
  const edits = listOf(objectOf(payload)['edits']).map(objectOf).flatMap(({ old_string: old, new_string: now }) =>
    typeof old === 'string' && typeof now === 'string' ? [{ old, now }] : [])
  const [only] = edits
  if (only !== undefined && edits.length === 1 && only.old === '' && only.now.endsWith('\n')) {
    return { ...head, change: 'create', hunks: createdHunks(only.now), after: sha256(only.now) }
  }
  const hunks: readonly Hunk[] = edits.flatMap(({ old, now }) => replacedHunks(old, now))
  return { ...head, change: 'modify', ...given('hunks', hunks.length === 0 ? undefined : hunks) }
}
