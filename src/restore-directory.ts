// Writes the directory of a commit's checkpoints again, where a clean took it away or the commit came from elsewhere.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ObjectReader } from './git/cat-file.ts'
import { readSettings } from './git/config.ts'
import type { Repository } from './git/repository.ts'
import { directoryPath } from './model/checkpoint.ts'
import type { Oid } from './model/ids.ts'
import { readCheckpointFiles } from './store/checkpoint-files.ts'
import { writeDirectory } from './store/directory.ts'

/** True when it wrote. Only untracked directories are ours to make; a tracked one is the user's to check out. */
export async function restoreDirectory(repository: Repository, reader: ObjectReader, commit: Oid): Promise<boolean> {
  const { worktree, home } = repository
  // Where nobody ran init, a reading command leaves nothing behind.
  if (worktree === undefined || !existsSync(home) || existsSync(join(worktree, directoryPath(commit)))) return false
  const { settings } = await readSettings(repository)
  if (settings.directory !== 'untracked') return false
  const checkpoints = await readCheckpointFiles(reader, commit)
  await writeDirectory(worktree, commit, checkpoints, 'untracked')
  return checkpoints.length > 0
}
