// The worktrees of a repository.

import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import type { Oid } from '../model/ids.ts'

export interface Worktree {
  /** Absolute root. */
  readonly path: string
  /** Undefined before the first commit, and for a bare repository. */
  readonly head?: Oid
  /** `refs/heads/…`; undefined when HEAD is detached. */
  readonly branch?: string
  readonly bare: boolean
  /** Its folder is gone. */
  readonly prunable: boolean
}

/** All worktrees, the main one first (for a bare repository, the repository itself). */
export async function listWorktrees(place: GitPlace): Promise<readonly Worktree[]> {
  const answer = await runGit(place, ['worktree', 'list', '--porcelain', '-z'])
  // -z came with 2.36; before, a path with a newline in it could not be told.
  if (answer.code !== 129) return parseWorktrees(answer.stdout.toString('utf8'), '\0')
  return parseWorktrees((await runGit(place, ['worktree', 'list', '--porcelain'])).stdout.toString('utf8'), '\n')
}

export function parseWorktrees(text: string, end: '\0' | '\n'): readonly Worktree[] {
  return text.split(end + end).filter((record) => record !== '').map((record) => {
    const fields = new Map(record.split(end).map((line): [string, string] => {
      const space = line.indexOf(' ')
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
    }))
    const head = fields.get('HEAD')
    const branch = fields.get('branch')
    return {
      path: fields.get('worktree') ?? '',
      ...(head === undefined || /^0+$/.test(head) ? {} : { head: head as Oid }),
      ...(branch === undefined ? {} : { branch }),
      bare: fields.has('bare'),
      prunable: fields.has('prunable'),
    }
  })
}
