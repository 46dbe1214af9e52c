// Our lines in `<common>/info/exclude`: what is private to a clone does not show in `git status`.

import { lstatSync, readFileSync } from 'node:fs'
import { ALL_HOOK_FILES } from '../agents/hook-places.ts'
import type { FileChange } from '../model/file-change.ts'
import { findBlock, putBlock, takeBlock } from '../model/marked-block.ts'
import type { Settings } from '../model/settings.ts'

/**
 * `hidden`: files of agents that we have just made for this clone alone; `shown`: those that are to be shared. What
 * earlier runs hid stays hidden.
 */
export interface ExcludedHookFiles {
  readonly hidden: readonly string[]
  readonly shown: readonly string[]
}

/** `path` is the clone's `info/exclude`; without `directory`, checkpoints are hidden, or not, as they were. */
export const planExclude = (
  path: string, { hidden, shown }: ExcludedHookFiles, directory?: Settings['directory'],
): readonly FileChange[] => planText(path, (text) => {
  const known = findBlock(text) ?? []
  const files = ALL_HOOK_FILES.filter((name) =>
    !shown.includes(name) && (hidden.includes(name) || known.includes(`/${name}`)))
  const hidesCheckpoints = directory === undefined ? known.includes(CHECKPOINTS) : directory !== 'tracked'
  return putBlock(text, [...linesOf(files), ...hidesCheckpoints ? [CHECKPOINTS] : []], text.length)
})

export const planExcludeRemoval = (path: string): readonly FileChange[] => planText(path, takeBlock)

const CHECKPOINTS = '/.bitloops/checkpoints/'

const linesOf = (files: readonly string[]): readonly string[] => [
  '# Private to this clone. `git bitloops uninstall` takes these lines out again.',
  ...files.map((name) => `/${name}`),
  '/.bitloops/settings.local.json',
]

function planText(path: string, edit: (text: string) => string): readonly FileChange[] {
  const found = lstatSync(path, { throwIfNoEntry: false })
  const before = found === undefined ? undefined : readFileSync(path)
  const after = Buffer.from(edit(before?.toString('latin1') ?? ''), 'latin1')
  return before === undefined ? (after.length === 0 ? [] : [{ path, before, after, mode: 0o644 }])
    : before.equals(after) ? [] : [{ path, before, after, mode: found!.mode & 0o777 }]
}
