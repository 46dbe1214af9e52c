// What many commits change, read with one git process.

import { parseAddedLines } from '../model/added-lines.ts'
import type { AddedLine } from '../model/added-lines.ts'
import { parsePatch, parseRawDiff } from '../model/diff.ts'
import type { ChangedPath, FilePatch } from '../model/diff.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

/** A commit against its first parent, or against nothing. */
export interface NumberedChanges {
  readonly changed: readonly ChangedPath[]
  readonly patches: ReadonlyMap<string, FilePatch>
  /** By path: the lines that it adds, where they are in the file now. */
  readonly added: ReadonlyMap<string, readonly AddedLine[]>
}

export interface CommitWithParents {
  readonly oid: Oid
  readonly parents: readonly Oid[]
}

const DIFF_TREE = [
  'diff-tree', '--stdin', '-r', '--root', '--raw', '-p', '-U0', '-M', '--no-ext-diff', '--no-textconv',
  '--ignore-submodules=none',
]
/** A patch that is longer than this is not read: of such a commit nothing is known. */
const MAX_BYTES = 256 * 1024 * 1024
const NOTHING: NumberedChanges = { changed: [], patches: new Map(), added: new Map() }

/** By commit. Where all of it together is too long, the commits are asked for one by one. */
export async function readNumberedChanges(
  place: GitPlace, commits: readonly CommitWithParents[],
): Promise<ReadonlyMap<Oid, NumberedChanges>> {
  if (commits.length === 0) return new Map()
  const input = commits.map(({ oid, parents }) => `${[oid, ...parents.slice(0, 1)].join(' ')}\n`).join('')
  const answer = await runGit(place, DIFF_TREE, { input, maxBytes: MAX_BYTES })
  if (answer.code === 0) return parseChanges(answer.stdout.toString('utf8'))
  if (commits.length === 1) return new Map([[commits[0]!.oid, NOTHING]])
  const parts = []
  for (const commit of commits) parts.push(...await readNumberedChanges(place, [commit]))
  return new Map(parts)
}

/** Each commit that changes something: its id, the raw list of paths, an empty line, the patch. */
function parseChanges(output: string): ReadonlyMap<Oid, NumberedChanges> {
  const parts = output.split(/(?<=^|\n)([0-9a-f]{40}(?:[0-9a-f]{24})?)\n/).slice(1)
  const changes = new Map<Oid, NumberedChanges>()
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const text = parts[at + 1]!
    const end = text.indexOf('\n\n')
    const patch = end < 0 ? '' : text.slice(end + 2)
    changes.set(parts[at] as Oid, {
      changed: parseRawDiff(end < 0 ? text : text.slice(0, end)),
      patches: parsePatch(patch), added: parseAddedLines(patch),
    })
  }
  return changes
}
