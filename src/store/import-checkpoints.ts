// Writes many checkpoints at once: one commit of the chain, one of the notes, one transaction. Doing it again changes
// nothing.

import type { ObjectReader } from '../git/cat-file.ts'
import type { NewFile } from '../git/refs.ts'
import { CHECKPOINTS_REF, NOTES_REF, checkpointPath, linkPath, tombstonePath } from '../model/checkpoint.ts'
import type { LinkRecord } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'
import { uniteNote } from '../model/note.ts'
import type { BuiltCheckpoint } from '../model/record.ts'
import { FIRST_FILES, formatLink } from './checkpoints.ts'
import { insertCheckpoint, insertLink } from './committed.ts'
import type { LiveStore } from './live.ts'
import { notePath, readNote, rememberTrees } from './notes.ts'
import { changeRefs } from './ref-changes.ts'
import type { RefChange, RefWriting } from './ref-changes.ts'

export interface LinkedCheckpoint {
  readonly built: BuiltCheckpoint
  /** To the commit it was made for first; further ones to commits that share it. */
  readonly links: readonly LinkRecord[]
}

/**
 * What is there already, was taken back or was purged is left out. Gives back what was written; undefined when time ran
 * out before. Throws `newer-format`.
 */
export async function writeCheckpoints(
  writing: RefWriting, store: LiveStore, committer: string, message: string, all: readonly LinkedCheckpoint[],
): Promise<readonly LinkedCheckpoint[] | undefined> {
  let fresh: readonly LinkedCheckpoint[] = []
  const done = await changeRefs(writing, async ({ checkpoints: tip, notes }) => {
    fresh = await findNew(writing.reader, all, tip)
    if (fresh.length === 0) return []
    const write = [...tip === undefined ? FIRST_FILES : [], ...fresh.flatMap(filesOf)]
    return [
      { ref: CHECKPOINTS_REF, to: { parents: tip === undefined ? [] : [tip], committer, message, write, remove: [] } },
      ...await changeNotes(writing.reader, notes, committer, message, fresh),
    ]
  })
  if (!done) return undefined
  store.transaction(() => {
    for (const { built, links } of fresh) {
      insertCheckpoint(store, built.record, built.files['session.json']!)
      for (const link of links) insertLink(store, link)
    }
  })
  return fresh
}

/** Those that are not there, and never were. `tip`: where the ref is; it is read where that is not said. */
export async function findNew(
  reader: ObjectReader, all: readonly LinkedCheckpoint[], tip?: Oid,
): Promise<readonly LinkedCheckpoint[]> {
  const from = tip ?? (await reader.read(CHECKPOINTS_REF))?.oid
  const isNew = await Promise.all(all.map((one) => mayCome(reader, from, one)))
  return all.filter((_, at) => isNew[at])
}

async function mayCome(
  reader: ObjectReader, tip: Oid | undefined, { built, links }: LinkedCheckpoint,
): Promise<boolean> {
  if (tip === undefined) return true
  const link = linkPath(links[0]!.commit, built.record.id)
  const paths = [link, link.replace(/json$/, 'unlink'), tombstonePath(built.record.id)]
  const found = await Promise.all(paths.map((path) => reader.read(`${tip}:${path}`)))
  return found.every((object) => object === undefined)
}

function filesOf({ built, links }: LinkedCheckpoint): readonly NewFile[] {
  const folder = checkpointPath(built.record.origin.commit, built.record.id)
  return [
    ...Object.entries(built.files).map(([path, text]) => ({ path: `${folder}/${path}`, text })),
    ...links.map((link) => ({ path: linkPath(link.commit, link.checkpoint), text: formatLink(link) })),
  ]
}

async function changeNotes(
  reader: ObjectReader, tip: Oid | undefined, committer: string, message: string, fresh: readonly LinkedCheckpoint[],
): Promise<readonly RefChange[]> {
  const lines = new Map<Oid, string[]>()
  for (const { built, links } of fresh) {
    for (const { commit } of links) lines.set(commit, [...lines.get(commit) ?? [], ...built.record.note])
  }
  const trees = rememberTrees(reader)
  const write: NewFile[] = []
  const remove: string[] = []
  await Promise.all([...lines].map(async ([commit, own]) => {
    const present = await readNote(reader, tip, commit, trees)
    const path = notePath(commit)
    write.push({ path, text: uniteNote(present.text, own) })
    remove.push(...present.paths.filter((other) => other !== path))
  }))
  const to = { parents: tip === undefined ? [] : [tip], committer, message, write, remove }
  return [{ ref: NOTES_REF, to }]
}
