// Remembers where we moved our refs last. A fetch setting of the user's may overwrite a ref; then this is what was
// there. And marks, for the pre-push hook and without a process, that there is something to publish.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'

/** Where our refs are; undefined where one does not exist yet. */
export interface Tips {
  readonly checkpoints: Oid | undefined
  readonly notes: Oid | undefined
}

const queueMarker = (home: string): string => join(home, 'push-queued')
const tipsFile = (home: string): string => join(home, 'tips')

/**
 * Called when the refs have moved. Where init was never run there is nothing to remember it in; nor does it ever
 * throw.
 */
export function noteMoved(home: string, tips: Tips): void {
  if (!existsSync(home)) return
  try {
    replaceFile(tipsFile(home), `${tips.checkpoints ?? ''}\n${tips.notes ?? ''}\n`)
    markQueued(home)
  } catch {
    // The refs are right; only the hints about them are old.
  }
}

export function readOwnTips(home: string): Tips {
  try {
    const [checkpoints = '', notes = ''] = readFileSync(tipsFile(home), 'utf8').split('\n')
    return { checkpoints: isOid(checkpoints) ? checkpoints : undefined, notes: isOid(notes) ? notes : undefined }
  } catch {
    return { checkpoints: undefined, notes: undefined }
  }
}

/** Where init was never run, no hook asks for it. */
export function markQueued(home: string): void {
  if (existsSync(home)) writeFileSync(queueMarker(home), '', { mode: 0o600 })
}
export const clearQueued = (home: string): void => { rmSync(queueMarker(home), { force: true }) }
export const isQueued = (home: string): boolean => existsSync(queueMarker(home))

/** At no moment is there half a file. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, path)
}
