// Where two trees differ, path by path. The price grows with the difference, not with the trees.

import type { Difference, Entry } from '../model/union.ts'
import type { Oid } from '../model/ids.ts'
import { git } from './git.ts'
import type { Repository } from './repository.ts'

/** Git knows the empty tree without having it. */
const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as Oid,
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321' as Oid,
}

export const emptyTreeOf = ({ objectFormat }: Pick<Repository, 'objectFormat'>): Oid => EMPTY_TREE[objectFormat]

/** `left`, `right`: commits or trees; undefined is the empty tree. */
export async function diffTrees(
  repository: Repository, left: Oid | undefined, right: Oid | undefined,
): Promise<readonly Difference[]> {
  const [from, to] = [left, right].map((side) => side ?? emptyTreeOf(repository))
  if (from === to) return []
  const said = await git(repository, ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from!, to!])
  return parseDifferences(said.toString('utf8'))
}

/** Pairs of `:<mode> <mode> <oid> <oid> <status>` and a path. */
function parseDifferences(text: string): readonly Difference[] {
  const words = text.split('\0')
  const differences: Difference[] = []
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [before = '', after = '', from = '', to = ''] = words[at]!.slice(1).split(' ')
    differences.push({ path: words[at + 1]!, left: entryOf(before, from), right: entryOf(after, to) })
  }
  return differences
}

const entryOf = (mode: string, oid: string): Entry | undefined =>
  mode === '000000' ? undefined : { mode, oid: oid as Oid }
