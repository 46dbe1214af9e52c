// What this clone remembers of its remotes: what it has united, what they refused, what the user was told. A hint
// each: lost, something is done or said once more.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import { replaceFile } from './own-tips.ts'

export interface RemoteMemory {
  /** The tip of the checkpoints it had last, as far as this clone put it there or saw it. */
  readonly had?: Oid
  /** It said no for good; asked again after a while, or when the user asks. */
  readonly refused?: { readonly reason: string; readonly at: Millis }
  /** The last try found nobody, or no way in. */
  readonly failed?: { readonly reason: string; readonly at: Millis }
  /** The user was told that we publish there. */
  readonly announced?: true
}

export interface PushMemory {
  readonly schema: 1
  /** Tracking ref → what of it was united with ours. */
  readonly united: Readonly<Record<string, Oid>>
  readonly remotes: Readonly<Record<string, RemoteMemory>>
  /** Where pushes went that nothing was published with, and the user was told so. */
  readonly toldOf: readonly string[]
  /** Keys of git's configuration that init has set. */
  readonly configured: readonly string[]
}

const NOTHING: PushMemory = { schema: 1, united: {}, remotes: {}, toldOf: [], configured: [] }
const memoryFile = (home: string): string => join(home, 'push-state.json')

export function readPushMemory(home: string): PushMemory {
  try {
    const read = JSON.parse(readFileSync(memoryFile(home), 'utf8')) as PushMemory
    return read.schema === 1 ? { ...NOTHING, ...read } : NOTHING
  } catch {
    return NOTHING
  }
}

/** Where init was never run, nothing is remembered. */
export function updatePushMemory(home: string, change: (memory: PushMemory) => PushMemory): void {
  if (existsSync(home)) replaceFile(memoryFile(home), `${JSON.stringify(change(readPushMemory(home)), null, 2)}\n`)
}

export function rememberRemote(home: string, remote: string, change: (memory: RemoteMemory) => RemoteMemory): void {
  updatePushMemory(home, (memory) =>
    ({ ...memory, remotes: { ...memory.remotes, [remote]: change(memory.remotes[remote] ?? {}) } }))
}

/** Whether somebody fetched since we last looked: two file times tell, without a process. */
export function mayHaveFetched({ home, gitDir, commonDir }: Repository): boolean {
  if (!existsSync(home)) return false
  const fetched = Math.max(...[gitDir, commonDir].map((folder) => timeOf(join(folder, 'FETCH_HEAD')) ?? 0))
  return fetched > (timeOf(memoryFile(home)) ?? 0)
}

const timeOf = (path: string): Millis | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs
