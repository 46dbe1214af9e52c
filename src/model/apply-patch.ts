// Reads the patches of the apply_patch tool, which Codex, Copilot and OpenCode share: files by name, changes by
// context, no line numbers.

import type { FileChange, Hunk } from './event.ts'

/** What a patch asks for one file. */
export interface PatchedFile {
  /** As the patch says it; where a moved file goes. */
  readonly path: string
  readonly change: FileChange['change']
  /** Where a moved file was. */
  readonly from?: string
  /** A patch does not say where its lines stand: they start at 0 in all but new files. */
  readonly hunks: readonly Hunk[]
}

interface Draft {
  path: string
  change: FileChange['change']
  from?: string
  readonly hunks: string[][]
}

const HEADER = /^\*\*\* (Add File|Update File|Delete File|Move to): (.+)$/

/**
 * The files of a patch, in its order. Text around `*** Begin Patch` and `*** End Patch` is no part of it: a shell's
 * heredoc, say. A patch that breaks off gives the files it came to.
 */
export function parseApplyPatch(text: string): readonly PatchedFile[] {
  const drafts: Draft[] = []
  let begun = false
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '*** Begin Patch') begun = true
    else if (begun && line.trimEnd() === '*** End Patch') break
    else if (begun) readLine(drafts, line)
  }
  return drafts.map(({ hunks, ...file }) => ({ ...file, hunks: hunksOf(file.change, hunks) }))
}

function readLine(drafts: Draft[], line: string): void {
  const [, header, name] = HEADER.exec(line.trimEnd()) ?? []
  const file = drafts.at(-1)
  if (header === 'Move to') {
    if (file === undefined || file.change !== 'modify') return
    file.from = file.path
    file.path = name!.trim()
    file.change = 'rename'
  } else if (header !== undefined) {
    const change = header === 'Add File' ? 'create' : header === 'Delete File' ? 'delete' : 'modify'
    drafts.push({ path: name!.trim(), change, hunks: [] })
  } else if (file !== undefined && file.change !== 'delete' && !line.startsWith('***')) {
    readHunkLine(file, line)
  }
}

/** `@@`, maybe with a heading, starts a hunk. A line of context that is empty may have lost its blank. */
function readHunkLine({ change, hunks }: Draft, line: string): void {
  if (change !== 'create' && line.startsWith('@@')) {
    hunks.push([])
  } else if (line.startsWith('+') || (change !== 'create' && /^[- ]|^$/.test(line))) {
    if (hunks.length === 0) hunks.push([])
    hunks.at(-1)!.push(line === '' ? ' ' : line)
  }
}

/** Hunks that hold context alone only say where the next one stands. */
function hunksOf(change: FileChange['change'], hunks: readonly (readonly string[])[]): readonly Hunk[] {
  const newStart = change === 'create' ? 1 : 0
  return hunks.filter((lines) => lines.some((line) => !line.startsWith(' '))).map((lines) => ({
    oldStart: 0, oldLines: lines.filter((line) => !line.startsWith('+')).length,
    newStart, newLines: lines.filter((line) => !line.startsWith('-')).length,
    lines,
  }))
}
