// The changes of files that Codex tells: by its own record of a patch, or by the patch alone.

import { parseApplyPatch } from '../../model/apply-patch.ts'
import type { FileChange, Hunk } from '../../model/event.ts'
import { parseUnifiedHunks } from '../../model/unified-hunks.ts'
import { given, objectOf, sha256, textOf } from '../json.ts'
import type { JsonObject } from '../json.ts'

/** Joined to the folder, unless it stands by itself. */
export function absolute(path: string, cwd: string | undefined): string {
  if (cwd === undefined || /^(?:\/|[A-Za-z]:[\\/])/.test(path)) return path
  const parts = cwd.split('/').filter((part, at) => part !== '' || at === 0)
  for (const part of path.split('/')) {
    if (part === '..') parts.splice(Math.max(1, parts.length - 1))
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

const head = (call: string): Pick<FileChange, 'kind' | 'tool' | 'call' | 'evidence'> =>
  ({ kind: 'file-change', tool: 'apply_patch', call, evidence: 'tool' })

/** By the client's record: `{ "/path": { type, content | unified_diff, move_path } }`. */
export function recordedChanges(call: string, changes: unknown): readonly FileChange[] {
  return Object.entries(objectOf(changes)).flatMap(([path, value]) => recordedChange(call, path, objectOf(value)) ?? [])
}

function recordedChange(call: string, path: string, record: JsonObject): FileChange | undefined {
  const content = textOf(record['content'])
  const digest = content === undefined ? undefined : sha256(content)
  const hunks = content === undefined ? undefined : wholeFile(content)
  if (record['type'] === 'add') {
    return { ...head(call), path, change: 'create', ...given('hunks', hunks), before: null, ...given('after', digest) }
  }
  if (record['type'] === 'delete') {
    return {
      ...head(call), path, change: 'delete', ...given('hunks', hunks?.map(removing)), ...given('before', digest),
      after: null,
    }
  }
  if (record['type'] !== 'update') return undefined
  const diff = textOf(record['unified_diff'])
  const to = textOf(record['move_path'])
  return {
    ...head(call), path: to ?? path, ...given('from', to === undefined ? undefined : path),
    change: to === undefined ? 'modify' : 'rename',
    ...given('hunks', diff === undefined ? undefined : parseUnifiedHunks(diff)),
  }
}

/** By the patch, for clients and hooks that give nothing else. A patch ends each line of a new file. */
export function patchedChanges(call: string, patch: string, cwd: string | undefined): readonly FileChange[] {
  return parseApplyPatch(patch).map(({ path, from, change, hunks }) => {
    const added = hunks.flatMap(({ lines }) => lines.map((line) => `${line.slice(1)}\n`)).join('')
    return {
      ...head(call), path: absolute(path, cwd), change,
      ...given('from', from === undefined ? undefined : absolute(from, cwd)),
      ...(change === 'delete' ? { after: null } : { hunks }),
      ...(change === 'create' ? { before: null, after: sha256(added) } : {}),
    }
  })
}

function wholeFile(content: string): readonly Hunk[] {
  const lines = content.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (lines.length === 0) return []
  return [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: lines.length, lines: lines.map((line) => `+${line}`) }]
}

const removing = ({ newStart, newLines, oldStart, oldLines, lines }: Hunk): Hunk => ({
  oldStart: newStart, oldLines: newLines, newStart: oldStart, newLines: oldLines,
  lines: lines.map((line) => `-${line.slice(1)}`),
})
