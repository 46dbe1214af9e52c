// Whether two commits hold something of the same change, by the lines they add and take away.

import type { FilePatch } from './diff.ts'
import { isTelling } from './line-match.ts'

export type CommitPatch = ReadonlyMap<string, FilePatch>

const NOTHING: CommitPatch = new Map()

/** True when `part` adds or removes a line that `source` does, in the same file, and `without` does not. */
export function sharesChange(part: CommitPatch, source: CommitPatch, without: CommitPatch = NOTHING): boolean {
  return [...source.values()].some((file) => {
    const own = part.get(file.path)
    const other = without.get(file.path)
    if (own === undefined) return false
    if (file.binary || own.binary) return other === undefined
    return (['added', 'removed'] as const).some((side) => {
      const telling = file[side].filter(isTelling)
      const lines = new Set(telling.length > 0 ? telling : file[side])
      for (const line of other?.[side] ?? []) lines.delete(line)
      return own[side].some((line) => lines.has(line))
    })
  })
}
