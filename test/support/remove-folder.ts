// Removes what a test made while something that it started may still be writing there.

import { rmSync } from 'node:fs'
import { endProcessesOf } from './processes.ts'

const TRIES = 50
const PAUSE_MS = 100

/**
 * Ends the processes that live in `folder` and removes it with all that it holds.
 *
 * The whole removal is repeated: `maxRetries` of `rmSync` repeats the last rmdir only, so a file that came after the
 * folder was read keeps it standing for ever. A process may also be missed between its fork and its exec.
 */
export function removeFolder(folder: string): void {
  for (let left = TRIES; ; left -= 1) {
    endProcessesOf(folder)
    try {
      rmSync(folder, { recursive: true, force: true })
      return
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOTEMPTY' && code !== 'EBUSY') || left === 0) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}
