// Reads checkpoints and links out of `refs/bitloops/checkpoints`, all through one git process.
// Nothing here throws for what lies in the ref: what cannot be read is told as a value.

import { parseTree } from '../git/objects.ts'
import type { GitObject, ObjectReader } from '../git/objects.ts'
import { parseCommitSummary } from '../git/commit-object.ts'
import {
  CHECKPOINTS_REF, NOTES_REF, checkpointPath, checkpointsPath, linkPath, linksFolder, linksPath,
} from '../model/checkpoint.ts'
import type { LinkRecord, TranscriptEntry } from '../model/checkpoint.ts'
import { parseCheckpointRecord, parseLink, parseTranscript } from '../model/checkpoint-text.ts'
import type { CommitSummary } from '../model/commit-summary.ts'
import type { FoundCheckpoint, StoredCheckpoint } from '../model/explanation.ts'
import { isCheckpointId, isOid } from '../model/ids.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { parseNote } from '../model/note-reader.ts'
import type { NoteLine } from '../model/note-reader.ts'
import { listNoted, readNote } from './notes.ts'

export interface CheckpointReader {
  /** The commit a revision means; undefined when there is none, or several. */
  resolve(revision: string): Promise<CommitSummary | undefined>
  /** The checkpoints linked to a commit, in their order. */
  checkpointsOf(commit: Oid): Promise<readonly StoredCheckpoint[]>
  /** The entries of a checkpoint's transcript; `isWanted` looks at the raw line first, which spares parsing it. */
  readTranscript(checkpoint: FoundCheckpoint, isWanted?: (line: string) => boolean): Promise<readonly TranscriptEntry[]>
  readSummary(checkpoint: FoundCheckpoint): Promise<string | undefined>
  /** Session checkpoints that were kept while HEAD was at a commit, and to which it has no link. */
  sessionsAt(commit: Oid): Promise<readonly StoredCheckpoint[]>
  /** Checkpoints that were made for a commit, whether a link leads to them or not. */
  listMadeFor(commit: Oid): Promise<readonly CheckpointId[]>
  readNote(commit: Oid): Promise<readonly NoteLine[]>
  /** Commits with a link or a note whose ids begin so; at least the first two digits. */
  findCommits(beginning: string): Promise<readonly Oid[]>
  hasCheckpoints(): Promise<boolean>
}

/** A commit rewritten more often than this since its checkpoint was made is not followed further. */
const MAX_REWRITES = 100

export function openCheckpointReader(objects: ObjectReader): CheckpointReader {
  const readPath = (path: string): Promise<GitObject | undefined> => objects.read(`${CHECKPOINTS_REF}:${path}`)
  const readText = async (path: string): Promise<string | undefined> => {
    const object = await readPath(path)
    return object?.type === 'blob' ? object.body.toString('utf8') : undefined
  }
  const list = async (path: string): Promise<readonly string[]> => {
    const tree = await readPath(path)
    return tree?.type === 'tree' ? parseTree(tree).map(({ name }) => name) : []
  }

  /** Where session.json lies: in the folder of the commit the checkpoint was made for, which links lead back to. */
  const findRecord = async (link: LinkRecord): Promise<{ folder: string; text: string } | undefined> => {
    if (link.origin !== undefined) {
      const folder = checkpointPath(link.origin, link.checkpoint)
      const text = await readText(`${folder}/session.json`)
      if (text !== undefined) return { folder, text }
    }
    const seen = new Set<Oid>()
    let next: Oid | undefined = link.commit
    while (next !== undefined && !seen.has(next) && seen.size < MAX_REWRITES) {
      const commit: Oid = next
      seen.add(commit)
      const folder = checkpointPath(commit, link.checkpoint)
      const [text, linkText] = await Promise.all([
        readText(`${folder}/session.json`),
        commit === link.commit ? undefined : readText(linkPath(commit, link.checkpoint)),
      ])
      if (text !== undefined) return { folder, text }
      if (commit === link.commit) next = link.from
      else {
        const before = linkText === undefined ? undefined : parseLink(linkText, commit, link.checkpoint)
        next = before?.kind === 'value' ? before.value.from : undefined
      }
    }
    return undefined
  }

  const follow = async (commit: Oid, checkpoint: CheckpointId): Promise<StoredCheckpoint | undefined> => {
    const text = await readText(linkPath(commit, checkpoint))
    if (text === undefined) return undefined
    const link = parseLink(text, commit, checkpoint)
    if (link.kind === 'unreadable') return { kind: 'unreadable', checkpoint, reason: link.reason }
    if (link.kind === 'newer') return { kind: 'newer', checkpoint, schema: link.schema }
    const found = await findRecord(link.value)
    const stored = found === undefined ? { kind: 'missing' as const, checkpoint } : parseStored(checkpoint, found)
    return stored.kind === 'found' ? { ...stored, link: link.value } : stored
  }

  const madeFor = async (commit: Oid): Promise<readonly CheckpointId[]> =>
    (await list(checkpointsPath(commit))).filter(isCheckpointId)

  return {
    async resolve(revision) {
      const object = await objects.read(`${revision}^{commit}`)
      return object === undefined ? undefined : parseCommitSummary(object)
    },
    async checkpointsOf(commit) {
      const names = new Set(await list(linksPath(commit)))
      const ids = [...names].flatMap((name) => {
        const id = name.replace(/\.json$/, '')
        return name.endsWith('.json') && isCheckpointId(id) && !names.has(`${id}.unlink`) ? [id] : []
      })
      const all = await Promise.all(ids.map((id) => follow(commit, id)))
      return all.filter((each) => each !== undefined).sort(inOrder)
    },
    async sessionsAt(commit) {
      const [made, linked] = await Promise.all([madeFor(commit), list(linksPath(commit))])
      const isLinked = (id: string): boolean => linked.includes(`${id}.json`) && !linked.includes(`${id}.unlink`)
      const kept = await Promise.all(made.filter((id) => !isLinked(id)).map(async (checkpoint) => {
        const folder = checkpointPath(commit, checkpoint)
        const text = await readText(`${folder}/session.json`)
        return text === undefined ? [] : [parseStored(checkpoint, { folder, text })]
      }))
      return kept.flat().filter((one) => one.kind !== 'found' || one.record.kind === 'session').sort(inOrder)
    },
    async readTranscript({ folder }, isWanted) {
      // A long transcript goes on in transcript.2.jsonl, transcript.3.jsonl …
      const parts: TranscriptEntry[] = []
      for (let part = 1; ; part += 1) {
        const text = await readText(`${folder}/transcript${part === 1 ? '' : `.${part}`}.jsonl`)
        if (text === undefined) return parts
        for (const entry of parseTranscript(text, isWanted)) parts.push(entry)
      }
    },
    readSummary: ({ folder }) => readText(`${folder}/summary.md`),
    listMadeFor: madeFor,
    async readNote(commit) {
      const tip = await objects.read(NOTES_REF)
      return parseNote((await readNote(objects, tip?.oid, commit)).text)
    },
    async findCommits(beginning) {
      const tip = await objects.read(NOTES_REF)
      const [linked, noted] = await Promise.all([
        list(linksFolder(beginning)), listNoted(objects, tip?.oid, beginning),
      ])
      return [...new Set([...linked.filter(isOid).filter((oid) => oid.startsWith(beginning)), ...noted])].sort()
    },
    hasCheckpoints: async () => (await objects.read(CHECKPOINTS_REF)) !== undefined,
  }
}

function parseStored(
  checkpoint: CheckpointId, { folder, text }: { readonly folder: string; readonly text: string },
): StoredCheckpoint {
  const record = parseCheckpointRecord(text)
  if (record.kind === 'unreadable') return { kind: 'unreadable', checkpoint, reason: record.reason }
  if (record.kind === 'newer') return { kind: 'newer', checkpoint, schema: record.schema }
  if (record.value.id !== checkpoint) {
    return { kind: 'unreadable', checkpoint, reason: 'session.json is that of another checkpoint' }
  }
  return { kind: 'found', record: record.value, folder }
}

/** By the commit they were made for, then as they were made for it; what cannot be read comes last. */
function keyOf(stored: StoredCheckpoint): string {
  if (stored.kind !== 'found') return `~${stored.checkpoint}`
  const { origin, seq, id } = stored.record
  return [origin.committedAt, origin.commit, String(seq).padStart(6, '0'), id].join(' ')
}

const inOrder = (left: StoredCheckpoint, right: StoredCheckpoint): number => keyOf(left) < keyOf(right) ? -1 : 1
