// By what they hold, linked commits are found again under other ids: their trees and patch-ids, as an index.

import type { Oid } from '../model/ids.ts'
import type { LiveStore } from './live.ts'

export interface Content {
  readonly commit: Oid
  /** Undefined when the commit is not here. */
  readonly tree?: Oid
  readonly patchId?: Oid
}

/** Commits linked since they were rewritten, whose content nobody has looked at yet. */
export const listUnread = (store: LiveStore, max: number): readonly Oid[] => store.all<{ commit: Oid }>(`
  SELECT DISTINCT "commit" FROM links
  WHERE evidence <> 'commit' AND "commit" NOT IN (SELECT "commit" FROM contents) LIMIT ?`, max)
  .map(({ commit }) => commit)

export function insertContents(store: LiveStore, contents: readonly Content[]): void {
  store.transaction(() => {
    for (const { commit, tree, patchId } of contents) {
      store.run('INSERT OR IGNORE INTO contents ("commit", tree, patch_id) VALUES (?, ?, ?)',
        commit, tree ?? '', patchId ?? null)
    }
  })
}

const findBy = (column: 'tree' | 'patch_id') => (store: LiveStore, value: Oid): readonly Oid[] =>
  store.all<{ commit: Oid }>(`
    SELECT "commit" FROM checkpoints WHERE ${column} = ? AND kind <> 'session'
    UNION SELECT "commit" FROM contents WHERE ${column} = ?`,
  value, value).map(({ commit }) => commit)

export const findByTree = findBy('tree')
export const findByPatchId = findBy('patch_id')

export const hasLinks = (store: LiveStore, commit: Oid): boolean =>
  store.get('SELECT 1 FROM links WHERE "commit" = ? LIMIT 1', commit) !== undefined
