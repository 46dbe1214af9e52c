// The difference of two trees as git shows it to a person.

import type { Oid } from '../model/ids.ts'
import { gitText } from './git.ts'
import type { GitPlace } from './git.ts'

export interface DiffRequest {
  readonly from: Oid
  readonly to: Oid
  /** The user's colours. */
  readonly colour: boolean
  /** From the root; all that differ where there are none, or too many to name. */
  readonly paths?: readonly string[]
}

const MAX_PATHS = 500

/** `place`: at the root of a worktree. The summary comes first. */
export const diffText = async (place: GitPlace, { from, to, colour, paths = [] }: DiffRequest): Promise<string> =>
  await gitText(place, [
    'diff', `--color=${colour ? 'always' : 'never'}`, '--no-ext-diff', '--stat', '--patch', from, to, '--',
    ...paths.length > MAX_PATHS ? [] : paths,
  ])
