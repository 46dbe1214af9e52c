// Changes our refs: reads the tips, plans, writes objects onto private refs, moves all refs in one transaction
// with expected old values, and begins anew when others were faster.

import { BitloopsError } from '../errors.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { moveRefs, refuseLeftLock, writeCommits } from '../git/refs.ts'
import type { NewCommit } from '../git/refs.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF, FORMAT_PATH, FORMAT_VERSION, NOTES_REF } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'
import { noteMoved } from './own-tips.ts'
import type { Tips } from './own-tips.ts'

export type { Tips } from './own-tips.ts'

export interface RefWriting {
  readonly repository: Repository
  readonly reader: ObjectReader
  /** True while there is time for another try. */
  readonly mayGoOn: () => boolean
}

export interface RefChange {
  readonly ref: typeof CHECKPOINTS_REF | typeof NOTES_REF
  /** A commit to be written, or one that exists. */
  readonly to: NewCommit | Oid
}

/**
 * Carries out what `plan` makes of the tips; nothing to change is success. False when time ran out: nothing was
 * moved then. Throws `newer-format` where a newer version writes the store, `locked` where no waiting helps.
 */
export async function changeRefs(
  writing: RefWriting, plan: (tips: Tips) => Promise<readonly RefChange[]>,
): Promise<boolean> {
  for (let tries = 0; tries === 0 || writing.mayGoOn(); tries += 1) {
    if (tries > 0) await pause(tries)
    const tips = await readTips(writing.reader)
    const changes = await plan(tips)
    if (changes.length === 0) return true
    if (await tryToChange(writing.repository, tips, changes)) return true
  }
  return false
}

export async function readTips(reader: ObjectReader): Promise<Tips> {
  const [checkpoints, notes] = await Promise.all([reader.read(CHECKPOINTS_REF), reader.read(NOTES_REF)])
  await refuseNewerFormat(reader, checkpoints?.oid)
  return { checkpoints: checkpoints?.oid, notes: notes?.oid }
}

async function tryToChange(repository: Repository, tips: Tips, changes: readonly RefChange[]): Promise<boolean> {
  const commits = changes.flatMap(({ to }) => typeof to === 'string' ? [] : [to])
  const written = commits.length === 0 ? [] : [...await writeCommits(repository, commits)]
  const moves = changes.map(({ ref, to }) => ({
    ref, to: typeof to === 'string' ? to : written.shift()!, from: ref === NOTES_REF ? tips.notes : tips.checkpoints,
  }))
  if (!await moveRefs(repository, moves)) {
    refuseLeftLock(repository, moves.map(({ ref }) => ref))
    return false
  }
  const movedTo = (ref: string): Oid | undefined => moves.find((move) => move.ref === ref)?.to
  noteMoved(repository.home, {
    checkpoints: movedTo(CHECKPOINTS_REF) ?? tips.checkpoints, notes: movedTo(NOTES_REF) ?? tips.notes,
  })
  return true
}

/** A store that a newer version writes is read, never written. */
async function refuseNewerFormat(reader: ObjectReader, tip: Oid | undefined): Promise<void> {
  if (tip === undefined) return
  const blob = await reader.read(`${tip}:${FORMAT_PATH}`)
  const version = Number(blob?.body.toString('utf8').trim() ?? FORMAT_VERSION)
  if (!(version > FORMAT_VERSION)) return
  throw new BitloopsError('newer-format',
    `${CHECKPOINTS_REF} was written by a newer git-bitloops (format ${version}); new checkpoints wait`,
    'update git-bitloops; what waits is written by the next command')
}

/** Others are writing: wait a little longer each time, never in step with them. */
const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => { setTimeout(resolve, Math.random() * Math.min(400, 10 * 2 ** tries)) })
