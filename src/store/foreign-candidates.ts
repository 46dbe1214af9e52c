// Finds the commits of which another tool kept something, and reads that, one commit at a time.

import { parseCommit } from '../git/commit-object.ts'
import type { CommitHeader } from '../git/commit-object.ts'
import { findEntirePlaces, listGitAiNotes, listTrailedCommits } from '../git/foreign-refs.ts'
import type { ObjectReader } from '../git/objects.ts'
import type { Repository } from '../git/repository.ts'
import type { ForeignSession, ForeignTool } from '../model/foreign-record.ts'
import { parseGitAiNote } from '../model/git-ai-note.ts'
import type { Oid } from '../model/ids.ts'
import { readEntireCheckpoint } from './entire-sessions.ts'

/** One record of another tool, to become one checkpoint. */
export interface ForeignRecord {
  readonly sessions: readonly ForeignSession[]
  readonly branch?: string
  /** Further commits that name the same record. */
  readonly also: readonly Oid[]
}

export interface Candidate {
  readonly commit: CommitHeader
  /** Reads what is kept of it; a text says why it cannot be read. */
  read(): Promise<readonly (ForeignRecord | string)[]>
}

export interface Candidates {
  /** The refs that were read. */
  readonly refs: readonly string[]
  /** Oldest first. */
  readonly candidates: readonly Candidate[]
  /** Commits that the tool knows and this clone has not. */
  readonly absent: readonly Oid[]
}

export const findCandidates = (
  tool: ForeignTool, repository: Repository, reader: ObjectReader,
): Promise<Candidates> =>
  tool === 'git-ai' ? findOfGitAi(repository, reader) : findOfEntire(repository, reader)

async function findOfGitAi(repository: Repository, reader: ObjectReader): Promise<Candidates> {
  const { refs, notes } = await listGitAiNotes(repository)
  const blobs = new Map(notes.map(({ commit, blob }) => [commit, blob]))
  const { commits, absent } = await readCommits(reader, notes.map(({ commit }) => commit))
  const candidates = commits.map((commit): Candidate => ({
    commit,
    async read() {
      const text = (await reader.read(blobs.get(commit.oid)!))?.body.toString('utf8') ?? ''
      const note = parseGitAiNote(text, commit.committedAt)
      return [note.kind === 'note' ? { sessions: note.sessions, also: [] } : note.reason]
    },
  }))
  return { refs, candidates, absent }
}

async function findOfEntire(repository: Repository, reader: ObjectReader): Promise<Candidates> {
  const places = await findEntirePlaces(repository)
  const refs = [...places.branches, ...places.refs.size === 0 ? [] : ['refs/entire/checkpoints/*']]
  const trailed = refs.length === 0 ? [] : await listTrailedCommits(repository)
  const commitsOf = new Map<string, Oid[]>()
  for (const { commit, checkpoints } of trailed) {
    for (const id of checkpoints) commitsOf.set(id, [...commitsOf.get(id) ?? [], commit])
  }
  // The commit that named it first is the one it was made for.
  const idsOf = new Map<Oid, string[]>()
  for (const [id, [first]] of commitsOf) idsOf.set(first!, [...idsOf.get(first!) ?? [], id])
  const { commits, absent } = await readCommits(reader, [...idsOf.keys()])
  const candidates = commits.map((commit): Candidate => ({
    commit,
    read: () => Promise.all(idsOf.get(commit.oid)!.map(async (id) => {
      const found = await readEntireCheckpoint(reader, places, id, commit.committedAt)
      const also = commitsOf.get(id)!.slice(1)
      return found === undefined ? `checkpoint ${id} of Entire is not here, or names no session` : { ...found, also }
    })),
  }))
  return { refs, candidates, absent }
}

/** So many names are asked for at once. */
const BATCH = 1000

async function readCommits(
  reader: ObjectReader, oids: readonly Oid[],
): Promise<{ readonly commits: readonly CommitHeader[]; readonly absent: readonly Oid[] }> {
  const commits: CommitHeader[] = []
  const absent: Oid[] = []
  for (let from = 0; from < oids.length; from += BATCH) {
    const part = oids.slice(from, from + BATCH)
    const objects = await Promise.all(part.map((oid) => reader.read(oid)))
    objects.forEach((object, at) => {
      if (object?.type === 'commit') commits.push(parseCommit(object))
      else absent.push(part[at]!)
    })
  }
  commits.sort((left, right) => left.committedAt - right.committedAt || (left.oid < right.oid ? -1 : 1))
  return { commits, absent }
}
