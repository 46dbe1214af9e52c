// The file changes that a call of Copilot made. The command line records them with a diff for people; VS Code's are
// known by what the call asked for.

import type { FileChange, Hunk } from '../../model/event.ts'
import { parseApplyPatch } from '../../model/apply-patch.ts'
import { parseUnifiedHunks } from '../../model/unified-hunks.ts'
import { editsOf } from './tools.ts'
import { given, listOf, objectOf, sha256, textOf } from '../json.ts'
import { createdHunks, replacedHunks } from '../text-hunks.ts'

export interface Call {
  readonly tool: string
  readonly call: string
}

const head = ({ tool, call }: Call) => ({ kind: 'file-change', tool, call, evidence: 'tool' }) as const

/** `fileEdits` and `result.detailedContent` of the command line. A moved file is told as one made and one deleted. */
export function recordedChanges(call: Call, fileEdits: unknown, diff: string): readonly FileChange[] {
  const edits = listOf(fileEdits).map(objectOf)
    .flatMap(({ path, kind }) => typeof path === 'string' && path !== '' ? [{ path, kind: textOf(kind) }] : [])
  const parts = diffParts(diff)
  return edits.flatMap(({ path, kind }): FileChange[] => {
    const part = parts.find((one) => one.after === path || (one.after === undefined && one.before === path))
    if (kind === 'delete') {
      const moved = parts.some((one) => one.before === path && one.after !== undefined && one.after !== path)
      return moved ? [] : [{ ...head(call), path, change: 'delete', ...textsOf(call.tool, part) }]
    }
    const from = part?.before
    if (from !== undefined && from !== path) {
      return [{ ...head(call), path, from, change: 'rename', ...given('hunks', part?.hunks) }]
    }
    const change = kind === 'create' ? 'create' : 'modify'
    return [{ ...head(call), path, change, ...textsOf(call.tool, part) }]
  })
}

interface DiffPart {
  /** Undefined: there was no file. */
  readonly before: string | undefined
  readonly after: string | undefined
  readonly hunks: readonly Hunk[]
}

/** Absolute paths stand behind `a` and `b`, also that of the null device. */
function diffParts(diff: string): readonly DiffPart[] {
  return diff.split(/^(?=diff --git a)/m).flatMap((text) => {
    const before = /^--- a(.+)$/m.exec(text)?.[1]
    const after = /^\+\+\+ b(.+)$/m.exec(text)?.[1]
    return before === undefined && after === undefined ? []
      : [{ before: fileOf(before), after: fileOf(after), hunks: parseUnifiedHunks(text) }]
  })
}

const fileOf = (path: string | undefined): string | undefined => path === '/dev/null' ? undefined : path

/**
 * A diff of a whole file holds its text. The patching tool cuts texts into lines so that one that ends with a line end
 * has an empty last line, which is no line of the file.
 */
function textsOf(tool: string, part: DiffPart | undefined): Partial<FileChange> {
  const [hunk] = part?.hunks ?? []
  if (part === undefined || hunk === undefined) return {}
  const isWhole = part.hunks.length === 1 && (part.before === undefined) !== (part.after === undefined)
  if (!isWhole || tool !== 'apply_patch') return { hunks: part.hunks }
  const text = hunk.lines.map((line) => line.slice(1)).join('\n')
  const hunks = [hunk.lines.at(-1)?.length === 1 ? withoutLast(hunk) : hunk].filter(({ lines }) => lines.length > 0)
  return part.before === undefined ? { hunks, before: null, after: sha256(text) } : { hunks, before: sha256(text) }
}

const withoutLast = (hunk: Hunk): Hunk => ({
  ...hunk, lines: hunk.lines.slice(0, -1),
  oldLines: Math.max(0, hunk.oldLines - 1), newLines: Math.max(0, hunk.newLines - 1),
})

/** What a call that went well did, by its arguments; `cwd` is where a patch's own paths start. */
export function askedChanges(call: Call, input: unknown, cwd: string | undefined): readonly FileChange[] {
  const patch = call.tool !== 'apply_patch' ? undefined
    : textOf(input) ?? textOf(objectOf(input)['input']) ?? textOf(objectOf(input)['patch'])
  if (patch !== undefined) return patchedChanges(call, patch, cwd)
  return editsOf(call.tool, input).map(({ path, before, after }): FileChange => {
    const created = call.tool.startsWith('create')
    if (created) {
      return {
        ...head(call), path, change: 'create',
        ...after === undefined ? {} : { hunks: createdHunks(after), before: null, after: sha256(after) },
      }
    }
    const hunks = before === undefined || after === undefined ? undefined : replacedHunks(before, after)
    return { ...head(call), path, change: 'modify', ...given('hunks', hunks) }
  })
}

const patchedChanges = (call: Call, patch: string, cwd: string | undefined): readonly FileChange[] =>
  parseApplyPatch(patch).map(({ path, from, change, hunks }) => ({
    ...head(call), path: absolute(path, cwd), change, hunks,
    ...given('from', from === undefined ? undefined : absolute(from, cwd)),
  }))

const absolute = (path: string, cwd: string | undefined): string =>
  cwd === undefined || /^(?:[\\/]|[A-Za-z]:)/.test(path) ? path : `${cwd}/${path}`

