// Looks whether checkpoints, links and notes that came into the refs say what they should.

import { parseTree } from '../git/objects.ts'
import type { ObjectReader } from '../git/objects.ts'
import { checkpointPath, linkPath } from '../model/checkpoint.ts'
import { parseCheckpointRecord } from '../model/checkpoint-text.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { idOfContent } from '../model/integrity.ts'
import type { CheckpointTexts, Flaw, StoredSlice } from '../model/integrity.ts'
import { parseNote } from '../model/note-reader.ts'
import type { CheckpointReader } from './checkpoint-reader.ts'

export interface ContentLook {
  readonly flaws: readonly Flaw[]
  readonly slices: readonly StoredSlice[]
}

/** Reads all files of a checkpoint in the tree of `tip`. */
export async function examineContent(
  objects: ObjectReader, tip: Oid, commit: Oid, checkpoint: CheckpointId,
): Promise<ContentLook> {
  const flawed = (why: string): ContentLook => ({ flaws: [{ kind: 'content', commit, checkpoint, why }], slices: [] })
  const read = await readFiles(objects, `${tip}:${checkpointPath(commit, checkpoint)}`, '')
  if (read.missing !== undefined) return flawed(`${read.missing} is not in this clone`)
  const text = read.texts.get('session.json')
  if (text === undefined) return flawed('it has no session.json')
  const record = parseCheckpointRecord(text)
  // What a newer version wrote, only that can judge.
  if (record.kind === 'newer') return { flaws: [], slices: [] }
  if (record.kind === 'unreadable') return flawed(record.reason)
  const { id, origin, sessions } = record.value
  if (origin.commit !== commit || id !== checkpoint) return flawed('session.json is that of another')
  if (idOfContent(record.value, text, read.texts) !== checkpoint) {
    return flawed('its content is not what its id was made from')
  }
  const slices: StoredSlice[] = []
  for (const { agent, session, transcript: slice } of sessions) {
    const bytes = slice === undefined ? undefined : read.texts.get(slice.path)
    if (slice === undefined) continue
    if (bytes === undefined) return flawed(`it has no ${slice.path}`)
    slices.push({ session: `${agent} ${session}`, commit, checkpoint, slice, text: bytes })
  }
  return { flaws: [], slices }
}

async function readFiles(
  objects: ObjectReader, name: string, prefix: string,
): Promise<{ readonly texts: CheckpointTexts; readonly missing?: string }> {
  const folder = await objects.read(name)
  if (folder?.type !== 'tree') return { texts: new Map(), missing: prefix === '' ? 'its folder' : prefix }
  const texts = new Map<string, string>()
  for (const { name: file, oid, mode } of parseTree(folder)) {
    const path = prefix + file
    if (mode === '40000') {
      const below = await readFiles(objects, oid, `${path}/`)
      if (below.missing !== undefined) return below
      for (const [inner, text] of below.texts) texts.set(inner, text)
    } else {
      const blob = await objects.read(oid)
      if (blob === undefined) return { texts, missing: path }
      texts.set(path, blob.body.toString('utf8'))
    }
  }
  return { texts }
}

/** What is wrong with a commit's links, each to its checkpoint. */
export async function examineLinks(reader: CheckpointReader, commit: Oid): Promise<readonly Flaw[]> {
  return (await reader.checkpointsOf(commit)).flatMap((stored): Flaw[] => {
    if (stored.kind === 'found' || stored.kind === 'newer') return []
    const why = stored.kind === 'missing' ? 'a link leads to it, but it is not there' : stored.reason
    return [{ kind: 'link', commit, checkpoint: stored.checkpoint, why }]
  })
}

/** Lines of a note for which there is no link. */
export async function examineNote(
  objects: ObjectReader, tip: Oid | undefined, commit: Oid, blob: Oid,
): Promise<readonly Flaw[]> {
  const text = (await objects.read(blob))?.body.toString('utf8') ?? ''
  const named = new Set(parseNote(text).map(({ checkpoint }) => checkpoint))
  const flaws = await Promise.all([...named].map(async (checkpoint): Promise<Flaw[]> => {
    const link = linkPath(commit, checkpoint)
    const [found, unlinked] = tip === undefined ? [] : await Promise.all([
      objects.read(`${tip}:${link}`), objects.read(`${tip}:${link.replace(/json$/, 'unlink')}`),
    ])
    if (found !== undefined && unlinked === undefined) return []
    return [{ kind: 'note', commit, checkpoint, why: 'to which no link of that commit leads' }]
  }))
  return flaws.flat()
}
