// Writes links: commits that carry the checkpoints of others, with their notes, in one step. Doing it again changes
// nothing.

import { parseTree } from '../git/cat-file.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { parseCommit } from '../git/commit-object.ts'
import type { NewFile } from '../git/refs.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF, NOTES_REF, checkpointPath, linkPath, linksPath } from '../model/checkpoint.ts'
import type { LinkRecord } from '../model/checkpoint.ts'
import { parseCheckpointRecord, parseLink } from '../model/checkpoint-text.ts'
import type { Millis } from '../model/event.ts'
import { isCheckpointId } from '../model/ids.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { projectNote } from '../model/note-projection.ts'
import type { Carried } from '../model/rewrite.ts'
import { formatLink } from './checkpoints.ts'
import { insertLink } from './committed.ts'
import type { LiveStore } from './live.ts'
import { notePath, readNote, rememberTrees } from './notes.ts'
import { changeRefs } from './ref-changes.ts'
import type { RefChange, RefWriting, Tips } from './ref-changes.ts'

export interface Linking {
  readonly repository: Repository
  readonly store: LiveStore
  readonly reader: ObjectReader
  readonly now: () => Millis
  /** After this no further try is begun. */
  readonly deadline: Millis
}

/** A commit that Git takes for what became of the other one, and that is not. */
export type Mistaken = Pick<Carried, 'commit' | 'from'>

/**
 * Gives each commit all checkpoints of the commit it carries on, those included that this call gives that one. Where a
 * link or its `.unlink` is there already, it stays. Gives back the new links; undefined when time ran out before
 * anything was written. With `notes.rewriteRef`, Git gave mistaken commits a note, too: it is taken back.
 */
export async function linkCommits(
  linking: Linking, carried: readonly Carried[], mistaken: readonly Mistaken[] = [],
): Promise<readonly LinkRecord[] | undefined> {
  const { repository, reader, store, now, deadline } = linking
  const links = await writeLinks({ repository, reader, mayGoOn: () => now() < deadline }, carried, mistaken)
  if (links !== undefined) store.transaction(() => { for (const link of links) insertLink(store, link) })
  return links
}

async function writeLinks(
  writing: RefWriting, carried: readonly Carried[], mistaken: readonly Mistaken[],
): Promise<readonly LinkRecord[] | undefined> {
  const concerned = [...mistaken, ...carried]
  if (concerned.length === 0) return []
  let links: readonly LinkRecord[] = []
  const done = await changeRefs(writing, async (tips) => {
    links = []
    if (tips.checkpoints === undefined) return []
    const folders = await readFolders(writing.reader, tips.checkpoints, concerned)
    links = planLinks(carried, folders)
    const last = links.at(-1)?.commit ?? concerned.findLast(({ commit, from }) =>
      folders.get(commit)!.links.size + folders.get(from)!.links.size > 0)?.commit
    const object = last === undefined ? undefined : await writing.reader.read(last)
    if (object?.type !== 'commit') return []
    const { committer } = parseCommit(object)
    const count = new Set(links.map(({ commit }) => commit)).size
    const message = count === 1 ? `Link ${last}\n` : `Link ${count} commits\n`
    const written = links.map((link) => ({ path: linkPath(link.commit, link.checkpoint), text: formatLink(link) }))
    const added: RefChange[] = written.length === 0 ? [] : [{
      ref: CHECKPOINTS_REF, to: { parents: [tips.checkpoints], committer, message, write: written, remove: [] },
    }]
    return [...added, ...await changeNotes(writing.reader, tips, committer, folders, concerned)]
  })
  return done ? links : undefined
}

/** The links of a commit, less those that were taken back. */
interface Folder {
  readonly links: Map<CheckpointId, LinkRecord>
  /** Ids whose link must not be written: it is there, or was taken back. */
  readonly taken: Set<string>
}

async function readFolders(
  reader: ObjectReader, tip: Oid, concerned: readonly Mistaken[],
): Promise<ReadonlyMap<Oid, Folder>> {
  const commits = [...new Set(concerned.flatMap(({ commit, from }) => [commit, from]))]
  return new Map(await Promise.all(commits.map(async (commit): Promise<[Oid, Folder]> =>
    [commit, await readFolder(reader, tip, commit)])))
}

async function readFolder(reader: ObjectReader, tip: Oid, commit: Oid): Promise<Folder> {
  const tree = await reader.read(`${tip}:${linksPath(commit)}`)
  const entries = tree?.type === 'tree' ? parseTree(tree) : []
  const names = new Set(entries.map(({ name }) => name))
  const read = await Promise.all(entries.map(async ({ name, oid }): Promise<[CheckpointId, LinkRecord][]> => {
    const id = name.replace(/\.json$/, '')
    if (!name.endsWith('.json') || !isCheckpointId(id) || names.has(`${id}.unlink`)) return []
    const link = parseLink((await reader.read(oid))?.body.toString('utf8') ?? '', commit, id)
    return link.kind === 'value' ? [[id, link.value]] : []
  }))
  const taken = [...names].map((name) => name.replace(/\.(?:json|unlink)$/, ''))
  return { links: new Map(read.flat()), taken: new Set(taken) }
}

function planLinks(carried: readonly Carried[], folders: ReadonlyMap<Oid, Folder>): readonly LinkRecord[] {
  const made: LinkRecord[] = []
  const carry = ({ commit, from, evidence, by }: Carried): void => {
    const target = folders.get(commit)!
    for (const [checkpoint, source] of folders.get(from)!.links) {
      if (commit === from || target.taken.has(checkpoint)) continue
      const origin = source.origin ?? source.from ?? source.commit
      const link: LinkRecord = { schema: 1, commit, checkpoint, evidence, from, origin, by }
      target.taken.add(checkpoint)
      target.links.set(checkpoint, link)
      made.push(link)
    }
  }
  // A commit may be carried on before it is told what it carries itself.
  for (let before = -1; before < made.length;) {
    before = made.length
    carried.forEach(carry)
  }
  return made
}

/** The notes of all commits concerned: the frozen lines of their checkpoints, and none that Git brought there. */
async function changeNotes(
  reader: ObjectReader, { checkpoints, notes }: Tips, committer: string, folders: ReadonlyMap<Oid, Folder>,
  concerned: readonly Mistaken[],
): Promise<readonly RefChange[]> {
  const write: NewFile[] = []
  const remove: string[] = []
  const readLines = linesReader(reader, checkpoints!)
  const trees = rememberTrees(reader)
  const sources = new Map<Oid, Oid[]>()
  for (const { commit, from } of concerned) sources.set(commit, [...sources.get(commit) ?? [], from])
  await Promise.all([...sources].map(async ([commit, froms]) => {
    const own = folders.get(commit)!.links
    const foreign = froms.flatMap((from) => [...folders.get(from)!.links.keys()].filter((id) => !own.has(id)))
    if (own.size + foreign.length === 0) return
    const [present, linked] = await Promise.all([
      readNote(reader, notes, commit, trees),
      Promise.all([...own.values()].map(async (link) => ({ id: link.checkpoint, lines: await readLines(link) }))),
    ])
    const path = notePath(commit)
    const text = projectNote(present.text, linked, new Set(foreign))
    if (text === undefined ? present.paths.length === 0 : present.paths.join() === path && present.text === text) return
    if (text !== undefined) write.push({ path, text })
    remove.push(...present.paths.filter((other) => text === undefined || other !== path))
  }))
  const count = new Set([...write.map(({ path }) => path), ...remove]).size
  if (count === 0) return []
  const message = `Note ${count === 1 ? 'a linked commit' : `${count} linked commits`}\n`
  const parents = notes === undefined ? [] : [notes]
  return [{ ref: NOTES_REF, to: { parents, committer, message, write, remove } }]
}

/** Reads the lines of each checkpoint once. None where it is not here. */
function linesReader(reader: ObjectReader, tip: Oid): (link: LinkRecord) => Promise<readonly string[]> {
  const known = new Map<CheckpointId, Promise<readonly string[]>>()
  return ({ commit, checkpoint, origin, from }) => {
    const folder = checkpointPath(origin ?? from ?? commit, checkpoint)
    const lines = known.get(checkpoint) ?? reader.read(`${tip}:${folder}/session.json`).then((object) => {
      const record = parseCheckpointRecord(object?.body.toString('utf8') ?? '')
      return record.kind === 'value' ? record.value.note : []
    })
    known.set(checkpoint, lines)
    return lines
  }
}
