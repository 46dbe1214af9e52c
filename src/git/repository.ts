// Finds the repository a command or hook runs in.

import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BitloopsError } from '../errors.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Repository extends GitPlace {
  /** Absolute; of this worktree (`.git/worktrees/<id>` in a linked one). */
  readonly gitDir: string
  /** Absolute; shared by all worktrees. */
  readonly commonDir: string
  /** Absolute root of the working tree; undefined in a bare repository. */
  readonly worktree?: string
  readonly objectFormat: 'sha1' | 'sha256'
  /** `<common dir>/bitloops`: where everything private of this plugin is kept. */
  readonly home: string
}

/** Variables of the caller's git that select another repository, index or object store than the one we mean. */
const LEAKING = [
  'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH',
  'GIT_INTERNAL_SUPER_PREFIX', 'GIT_SHALLOW_FILE', 'GIT_GRAFT_FILE', 'GIT_NO_REPLACE_OBJECTS', 'GIT_NOTES_REF',
  'GIT_NOTES_DISPLAY_REF', 'GIT_EXTERNAL_DIFF', 'GIT_DIFF_OPTS', 'GIT_TRACE', 'GIT_TRACE2', 'GIT_REDIRECT_STDERR',
  'GIT_NAMESPACE', 'GIT_LITERAL_PATHSPECS', 'GIT_GLOB_PATHSPECS', 'GIT_NOGLOB_PATHSPECS', 'GIT_ICASE_PATHSPECS',
]
const SELECTING = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR']

/**
 * The environment for our own git calls in the caller's repository: GIT_DIR and GIT_WORK_TREE stay, for dot-file
 * repositories.
 */
export function ownEnvironment(env: Environment): Environment {
  return without(env, LEAKING)
}

/** The environment for git calls in any other repository, and for processes that outlive the hook. */
export function foreignEnvironment(env: Environment): Environment {
  return without(env, [
    ...LEAKING, ...SELECTING, 'GIT_CONFIG_PARAMETERS', 'GIT_CONFIG_COUNT', 'GIT_CEILING_DIRECTORIES',
  ])
}

/**
 * What `rev-parse` answers: paths may hold newlines, so the object format stands behind each. In a bare
 * repository, and inside .git, there is no top level.
 */
const PLACES = /^([^]+?)\n(sha1|sha256)\n([^]+?)\n\2\n(?:true|false)\n(true|false)\n(?:([^]+)\n)?$/

/** The repository of `cwd`, with one git process. Throws `not-a-repository` with git's own words. */
export async function openRepository(cwd: string, env: Environment): Promise<Repository> {
  const place = { cwd, env: ownEnvironment(env) }
  const answer = await runGit(place, [
    'rev-parse', '--path-format=absolute',
    '--git-dir', '--show-object-format', '--git-common-dir', '--show-object-format',
    '--is-bare-repository', '--is-inside-work-tree', '--show-toplevel',
  ])
  const found = PLACES.exec(answer.stdout.toString('utf8'))
  if (found === null) throw notARepository(answer.stderr)
  const [, gitDir = '', format, commonDir = '', inside, top] = found
  const worktree = inside === 'true' && top !== undefined && top !== '' ? top : undefined
  return {
    ...place,
    gitDir, commonDir,
    ...(worktree === undefined ? {} : { worktree }),
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    home: join(commonDir, 'bitloops'),
  }
}

/**
 * The repository of a hook, without a process: Git runs hooks at the top of the working tree, and the guard has
 * found the common directory (`home` below it). `oid`: an id of the repository, which tells the object format.
 */
export function repositoryOfHook(cwd: string, env: Environment, home: string, oid: Oid): Repository {
  const worktree = realpathSync.native(cwd)
  const commonDir = realpathSync.native(resolve(cwd, home, '..'))
  const named = env['GIT_DIR']
  return {
    cwd, env: ownEnvironment(env),
    gitDir: named === undefined ? commonDir : realpathSync.native(resolve(cwd, named)),
    commonDir, worktree, objectFormat: oid.length === 64 ? 'sha256' : 'sha1', home: join(commonDir, 'bitloops'),
  }
}

/** As `openRepository`, or undefined where there is none. */
export async function findRepository(cwd: string, env: Environment): Promise<Repository | undefined> {
  try {
    return await openRepository(cwd, env)
  } catch (error) {
    if (error instanceof BitloopsError) return undefined
    throw error
  }
}

/** The main worktree's folder by convention; undefined when the common directory is not called `.git`. */
export const mainWorktree = (repository: Repository): string | undefined =>
  repository.commonDir.endsWith('/.git') ? dirname(repository.commonDir) : undefined

function without(env: Environment, names: readonly string[]): Environment {
  const copy: Record<string, string | undefined> = { ...env }
  for (const name of names) delete copy[name]
  return copy
}

function notARepository(stderr: string): BitloopsError {
  const said = stderr.trim().replace(/^fatal: /, '')
  const [first = 'not a git repository', ...rest] = said.split('\n')
  return new BitloopsError(
    'not-a-repository', first, rest.length > 0 ? rest.join('\n') : 'run this inside a Git repository')
}
