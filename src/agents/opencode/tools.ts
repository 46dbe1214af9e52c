// What OpenCode's tools read and change.

import type { FileChange, Hunk } from '../../model/event.ts'
import { parseApplyPatch } from '../../model/apply-patch.ts'
import { parseUnifiedHunks } from '../../model/unified-hunks.ts'
import { given, listOf, objectOf, sha256, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { createdHunks } from '../text-hunks.ts'

/** `task` is here since what the subagent does is seen by itself. */
export const READ_ONLY_TOOLS: ReadonlySet<string> = new Set([
  'codesearch', 'glob', 'grep', 'invalid', 'list', 'lsp', 'plan_enter', 'plan_exit', 'question', 'read', 'skill',
  'task', 'todoread', 'todowrite', 'webfetch', 'websearch',
])

export const SHELL_TOOLS: ReadonlySet<string> = new Set(['bash'])

const EDITING_TOOLS: ReadonlySet<string> = new Set(['apply_patch', 'edit', 'multiedit', 'patch', 'write'])

/** The tools of MCP servers are called after them: `server_tool`. */
export const isKnownTool = (tool: string): boolean =>
  READ_ONLY_TOOLS.has(tool) || SHELL_TOOLS.has(tool) || EDITING_TOOLS.has(tool) || tool.includes('_')

export function readsOf(tool: string, input: unknown): readonly string[] | undefined {
  const { filePath } = objectOf(input)
  return tool === 'read' && typeof filePath === 'string' ? [filePath] : undefined
}

export interface FinishedCall {
  readonly tool: string
  /** The id of its part. */
  readonly call: string
  readonly input: JsonObject
  readonly metadata: JsonObject
  /** The folder that paths start from. */
  readonly cwd: string
}

/** What a call that succeeded changed. Clients since 2025 tell it in the metadata, each with its tool's own fields. */
export function changesOf(call: FinishedCall): readonly FileChange[] {
  const read = Object.hasOwn(READERS, call.tool) ? READERS[call.tool] : undefined
  return read?.(call) ?? []
}

const READERS: Readonly<Record<string, (call: FinishedCall) => readonly FileChange[]>> = {
  write: readWrite,
  edit: (call) => readEdit(call, call.input, call.metadata),
  multiedit: (call) => listOf(call.metadata['results'])
    .flatMap((result, index) => readEdit(call, objectOf(listOf(call.input['edits'])[index]), objectOf(result))),
  apply_patch: readPatch,
  patch: readPatch,
}

const changed = (
  of: FinishedCall, path: string, change: FileChange['change'], told: Partial<FileChange>,
): FileChange =>
  ({ kind: 'file-change', path: inFull(of, path), change, tool: of.tool, call: of.call, evidence: 'tool', ...told })

const inFull = ({ cwd }: FinishedCall, path: string): string =>
  /^(?:[\\/]|[A-Za-z]:)/.test(path) ? path : `${cwd}/${path}`

/** Of a file that was there, nobody says what it held. */
function readWrite(call: FinishedCall): readonly FileChange[] {
  const path = textOf(call.metadata['filepath']) ?? textOf(call.input['filePath'])
  const content = textOf(call.input['content'])
  if (path === undefined) return []
  const after = given('after', content === undefined ? undefined : sha256(content))
  if (call.metadata['exists'] !== false) return [changed(call, path, 'modify', after)]
  const hunks = content === undefined ? {} : { hunks: createdHunks(content) }
  return [changed(call, path, 'create', { ...hunks, before: null, ...after })]
}

/** An edit of nothing makes the file. Older clients kept the whole texts, newer ones the patch. */
function readEdit(call: FinishedCall, input: JsonObject, metadata: JsonObject): readonly FileChange[] {
  const { file, patch, before, after } = objectOf(metadata['filediff'])
  const path = textOf(file) ?? textOf(call.input['filePath'])
  if (path === undefined) return []
  const { oldString, newString } = input
  const hunks = parseUnifiedHunks(textOf(patch) ?? textOf(metadata['diff']) ?? '')
  const created = oldString === '' && hunks.every(({ oldLines }) => oldLines === 0)
  return [changed(call, path, created ? 'create' : 'modify', {
    ...given('hunks', indented(hunks, linesOf(oldString), linesOf(newString))),
    ...given('before', created ? null : textOf(before) === undefined ? undefined : sha256(textOf(before)!)),
    ...given('after', textOf(after) === undefined ? undefined : sha256(textOf(after)!)),
  })]
}

const PATCH_KINDS: Readonly<Record<string, FileChange['change']>> = {
  add: 'create', update: 'modify', delete: 'delete', move: 'rename',
}

/** The metadata tells where the lines stand; clients of 2025 kept none of the files. */
function readPatch(call: FinishedCall): readonly FileChange[] {
  const { patchText } = call.input
  if (!Array.isArray(call.metadata['files'])) {
    return parseApplyPatch(textOf(patchText) ?? '').map(({ path, change, from, hunks }) =>
      changed(call, path, change, { hunks, ...given('from', from === undefined ? undefined : inFull(call, from)) }))
  }
  return listOf(call.metadata['files']).map(objectOf).flatMap((file) => {
    const [path, to] = [textOf(file['filePath']), textOf(file['movePath'])]
    const change = PATCH_KINDS[textOf(file['type']) ?? '']
    if (path === undefined || change === undefined) return []
    const hunks = parseUnifiedHunks(textOf(file['patch']) ?? textOf(file['diff']) ?? '')
    return [changed(call, to ?? path, change, {
      ...given('from', to === undefined ? undefined : inFull(call, path)),
      ...given('hunks', indented(hunks, linesMarked(patchText, '-'), linesMarked(patchText, '+'))),
      ...(change === 'create' ? { before: null } : change === 'delete' ? { after: null } : {}),
    })]
  })
}

/**
 * The client cuts the indentation that all lines of a patch share. What it cut is found by a changed line in what the
 * call gave; undefined where it cannot be found: wrong lines would be worse than none.
 */
function indented(
  hunks: readonly Hunk[], removed: readonly string[], added: readonly string[],
): readonly Hunk[] | undefined {
  const cut = cutFrom(hunks, '+', added) ?? cutFrom(hunks, '-', removed)
  if (cut === undefined) return undefined
  return hunks.map((hunk) => ({
    ...hunk, lines: hunk.lines.map((line) => line.slice(1).trim() === '' ? line : line.charAt(0) + cut + line.slice(1)),
  }))
}

function cutFrom(hunks: readonly Hunk[], sign: '+' | '-', given: readonly string[]): string | undefined {
  const bySubstance = new Map(given.toReversed().map((line) => [line.trim(), line.trimEnd()]))
  for (const line of hunks.flatMap(({ lines }) => lines)) {
    const kept = line.slice(1).trimEnd()
    const whole = line.startsWith(sign) && kept !== '' ? bySubstance.get(kept.trim()) : undefined
    if (whole?.endsWith(kept) === true) return whole.slice(0, whole.length - kept.length)
  }
  return undefined
}

const linesOf = (text: unknown): readonly string[] => (textOf(text) ?? '').split(/\r?\n/)

const linesMarked = (patch: unknown, sign: '+' | '-'): readonly string[] =>
  linesOf(patch).filter((line) => line.startsWith(sign)).map((line) => line.slice(1))
