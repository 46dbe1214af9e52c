// Reads where other tools keep what they know of commits. Nothing of theirs is ever written.

import { parseEntireTrailers } from '../model/entire-checkpoint.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { listRefs } from './refs.ts'

/** A note of git-ai: the blob, and the commit it is of. */
export interface ForeignNote {
  readonly commit: Oid
  readonly blob: Oid
}

export const GIT_AI_REF = 'refs/notes/ai'
/** Where git-ai fetches the notes of remotes to. */
const GIT_AI_REMOTES = 'refs/notes/ai-remote/'
export const ENTIRE_BRANCH = 'entire/checkpoints/v1'
/** One ref for each checkpoint, as newer versions keep them. */
const ENTIRE_REFS = 'refs/entire/checkpoints/'

/** More than these are not looked at. */
const MAX_NOTES = 200_000
const MAX_COMMITS = 500_000

/** The notes of git-ai, those of the user's own ref before those fetched from remotes; one of each commit. */
export async function listGitAiNotes(
  place: GitPlace,
): Promise<{ readonly refs: readonly string[]; readonly notes: readonly ForeignNote[] }> {
  const found = await listRefs(place, GIT_AI_REF, GIT_AI_REMOTES)
  const refs = [...found.keys()].filter((ref) => ref === GIT_AI_REF || ref.startsWith(GIT_AI_REMOTES))
    .sort((left, right) => left.length - right.length || (left < right ? -1 : 1))
  const notes = new Map<Oid, ForeignNote>()
  for (const ref of refs) {
    const answer = await runGit(place, ['ls-tree', '-r', '-z', found.get(ref)!])
    for (const line of answer.stdout.toString('utf8').split('\0')) {
      const [, blob = '', path = ''] = /^100644 blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
      const commit = path.replaceAll('/', '')
      if (!isOid(blob) || !isOid(commit) || notes.has(commit) || notes.size >= MAX_NOTES) continue
      notes.set(commit, { commit, blob })
    }
  }
  return { refs, notes: [...notes.values()] }
}

/** Where checkpoints of Entire are: trees of branches, and the ref of a checkpoint by its id. */
export interface EntirePlaces {
  /** What to read from, as ref names: the local branch first, then those of remotes. */
  readonly branches: readonly string[]
  readonly refs: ReadonlyMap<string, string>
}

export async function findEntirePlaces(place: GitPlace): Promise<EntirePlaces> {
  const found = await listRefs(place, `refs/heads/${ENTIRE_BRANCH}`, 'refs/remotes', ENTIRE_REFS)
  const names = [...found.keys()]
  return {
    branches: names.filter((ref) => ref === `refs/heads/${ENTIRE_BRANCH}`
      || (ref.startsWith('refs/remotes/') && ref.endsWith(`/${ENTIRE_BRANCH}`))),
    refs: new Map(names.filter((ref) => ref.startsWith(ENTIRE_REFS))
      .map((ref) => [ref.slice(ref.lastIndexOf('/') + 1), ref])),
  }
}

export interface TrailedCommit {
  readonly commit: Oid
  readonly checkpoints: readonly string[]
}

const TRAILER = '%(trailers:key=Entire-Checkpoint,valueonly=true,separator=%x1f)'

/** Commits that HEAD and all refs lead to whose message names checkpoints of Entire in its trailers; oldest first. */
export async function listTrailedCommits(place: GitPlace): Promise<readonly TrailedCommit[]> {
  const answer = await runGit(place, [
    'log', '-z', '--no-show-signature', '--no-notes', '--no-decorate', '--no-color', '--date-order', '--reverse',
    '--extended-regexp', '--grep=^Entire-Checkpoint: ', `--max-count=${MAX_COMMITS}`, `--format=%H%x1e${TRAILER}`,
    '--exclude=refs/bitloops/*', '--exclude=refs/notes/*', '--all', '--',
  ])
  return answer.stdout.toString('utf8').split('\0').flatMap((record) => {
    const [commit = '', values = ''] = record.split('\x1e')
    const checkpoints = parseEntireTrailers(values.split('\x1f'))
    return isOid(commit) && checkpoints.length > 0 ? [{ commit, checkpoints }] : []
  })
}
