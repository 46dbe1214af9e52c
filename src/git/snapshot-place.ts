// Where the snapshots of a worktree are made and kept: its index, the folder of our own indexes, the names of refs.

import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Millis } from '../model/event.ts'
import type { GitPlace } from './git.ts'
import { findGitDir } from './locate.ts'
import { foreignEnvironment } from './repository.ts'
import type { Repository } from './repository.ts'

export interface SnapshotPlace extends GitPlace {
  /** Absolute root of the worktree; git runs there. */
  readonly cwd: string
  readonly gitDir: string
  readonly objectFormat: Repository['objectFormat']
  /** `main`, or `worktrees/<id>`: part of the names of refs. */
  readonly name: string
  /** `<common dir>/bitloops/snapshots`: indexes of our own. */
  readonly folder: string
}

/** Undefined where the folder is no worktree of this repository any more. */
export function snapshotPlaceOf(repository: Repository, worktree: string): SnapshotPlace | undefined {
  const isOwn = worktree === repository.worktree
  const gitDir = isOwn ? repository.gitDir : findGitDir(worktree)
  if (gitDir === undefined) return undefined
  return {
    cwd: worktree, env: isOwn ? repository.env : foreignEnvironment(repository.env), gitDir,
    objectFormat: repository.objectFormat,
    name: basename(join(gitDir, '..')) === 'worktrees' ? `worktrees/${refWord(basename(gitDir))}` : 'main',
    folder: join(repository.home, 'snapshots'),
  }
}

/** A name for a file of our own, which whoever uses it takes away again. */
export function ownFile({ folder }: SnapshotPlace): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return join(folder, `${randomBytes(6).toString('hex')}${OWN}`)
}

const OWN = '.tmp'
const ABANDONED_MS = 3_600_000

/** Takes away what killed processes left. */
export function sweepOwnFiles(folder: string, now: Millis): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    const at = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now
    if (name.includes(OWN) && now - at > ABANDONED_MS) rmSync(file, { recursive: true, force: true })
  }
}

/** A word for the name of a ref; what is no plain name is told by its digest. See git-check-ref-format(1). */
export const refWord = (text: string): string =>
  /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/.test(text) ? text
    : `x-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
