// The committed tables are an index over `refs/bitloops/checkpoints`: made from it alone, anew or for what came since.

import { diffTrees } from '../git/tree-diff.ts'
import type { ObjectReader } from '../git/objects.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF } from '../model/checkpoint.ts'
import type { CheckpointRecord, LinkRecord } from '../model/checkpoint.ts'
import { parseCheckpointRecord, parseLink } from '../model/checkpoint-text.ts'
import type { Oid } from '../model/ids.ts'
import { placeOf } from '../model/union.ts'
import type { Difference } from '../model/union.ts'
import { insertCheckpoint, insertLink } from './committed.ts'
import type { LiveStore } from './live.ts'

export interface Indexing {
  readonly repository: Repository
  readonly reader: ObjectReader
  readonly store: LiveStore
  readonly now: () => number
}

const TABLES = ['checkpoints', 'links', 'statements'] as const
/** Read at a time, so that memory does not grow with the store. */
const BATCH = 500

/** Brings the tables up to the tip. Gives back how many checkpoints came. */
export async function updateIndex(indexing: Indexing): Promise<number> {
  const { repository, reader, store } = indexing
  const tip = (await reader.read(CHECKPOINTS_REF))?.oid
  const before = indexedTip(store)
  if (tip === undefined || tip === before) return 0
  if (before === undefined || await reader.read(before) === undefined) return await rebuildIndex(indexing)
  const differences = await diffTrees(repository, before, tip)
  // A record never changes. Where the ref is not what it was, all is read again.
  const isOther = ({ path, left, right }: Difference): boolean =>
    left !== undefined && right !== undefined && placeOf(path)?.kind === 'file' && isIndexed(path)
  if (differences.some(isOther)) return await rebuildIndex(indexing)
  return await index(indexing, tip, differences, () => { removeRows(store, differences) })
}

/** Makes the tables anew out of the ref. Until all is read the old ones stand. */
export async function rebuildIndex(indexing: Indexing): Promise<number> {
  const { repository, reader, store } = indexing
  const tip = (await reader.read(CHECKPOINTS_REF))?.oid
  const all = tip === undefined ? [] : await diffTrees(repository, undefined, tip)
  return await index(indexing, tip, all, () => {
    pastTriggers(store, () => { for (const table of TABLES) store.run(`DELETE FROM main.${table}`) })
  })
}

const isIndexed = (path: string): boolean => {
  const kind = placeOf(path)?.kind
  return kind === 'link' || (kind === 'file' && path.endsWith('/session.json'))
}

/** Reads in batches into tables of this connection, then moves all in one transaction. */
async function index(
  { reader, store, now }: Indexing, tip: Oid | undefined, differences: readonly Difference[], prepare: () => void,
): Promise<number> {
  const wanted = differences.filter(({ path, right }) => right !== undefined && isIndexed(path))
  const unlinked = new Set(differences.flatMap(({ path }) =>
    path.endsWith('.unlink') ? [path.replace(/unlink$/, 'json')] : []))
  for (const table of TABLES) store.run(`CREATE TEMP TABLE incoming_${table} AS SELECT * FROM main.${table} WHERE 0`)
  try {
    for (let at = 0; at < wanted.length; at += BATCH) {
      const batch = wanted.slice(at, at + BATCH).filter(({ path }) => !unlinked.has(path))
      const texts = await Promise.all(batch.map(async ({ right }) =>
        (await reader.read(right!.oid))?.body.toString('utf8') ?? ''))
      batch.forEach(({ path }, position) => { insert(store, path, texts[position]!) })
    }
    return store.transaction(() => {
      prepare()
      const counts = TABLES.map((table) =>
        store.run(`INSERT OR IGNORE INTO main.${table} SELECT * FROM temp.incoming_${table}`))
      store.run(`INSERT INTO heads (worktree, oid, at) VALUES (?, ?, ?)
        ON CONFLICT (worktree) DO UPDATE SET oid = excluded.oid, at = excluded.at`, CHECKPOINTS_REF, tip ?? '', now())
      return counts[0]!
    })
  } finally {
    for (const table of TABLES) store.run(`DROP TABLE temp.incoming_${table}`)
  }
}

/** A record or link that cannot be read has no row. */
function insert(store: LiveStore, path: string, text: string): void {
  const place = placeOf(path)
  if (place?.kind === 'file') {
    const record = parseCheckpointRecord(text)
    if (record.kind === 'value' && record.value.id === place.checkpoint) {
      insertCheckpoint(store, record.value as CheckpointRecord, text, 'temp.incoming_')
    }
  } else if (place?.kind === 'link') {
    const link = parseLink(text, place.commit, place.checkpoint)
    if (link.kind === 'value') insertLink(store, link.value as LinkRecord, 'temp.incoming_')
  }
}

/** What was purged, is no longer linked, or is linked with other evidence: two clones may have found different. */
function removeRows(store: LiveStore, differences: readonly Difference[]): void {
  const gone = differences.flatMap(({ path, left, right }) => {
    const place = placeOf(path)
    if (place === undefined || !('commit' in place) || !(isIndexed(path) || place.kind === 'unlink')) return []
    return (place.kind === 'unlink' ? right : left) === undefined ? [] : [place]
  })
  if (gone.length === 0) return
  pastTriggers(store, () => {
    for (const { kind, commit, checkpoint } of gone) {
      if (kind !== 'file') store.run('DELETE FROM main.links WHERE "commit" = ? AND checkpoint = ?', commit, checkpoint)
      else {
        store.run('DELETE FROM main.checkpoints WHERE id = ?', checkpoint)
        store.run('DELETE FROM main.statements WHERE checkpoint = ?', checkpoint)
      }
    }
  })
}

/** Triggers keep everybody else from taking a row out. They come back as they were, in the same transaction. */
function pastTriggers(store: LiveStore, remove: () => void): void {
  const names = TABLES.map((table) => `'${table}_no_delete'`).join()
  const triggers = store.all<{ name: string; sql: string }>(
    `SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' AND name IN (${names})`)
  for (const { name } of triggers) store.run(`DROP TRIGGER main.${name}`)
  remove()
  for (const { sql } of triggers) store.run(sql)
}

/** The tip that the tables were made from; it stands beside the heads of worktrees. */
const indexedTip = (store: LiveStore): Oid | undefined =>
  store.get<{ oid: Oid }>('SELECT oid FROM heads WHERE worktree = ?', CHECKPOINTS_REF)?.oid
