// Writes frozen plans into `refs/bitloops/checkpoints` and their lines into `refs/notes/bitloops`: objects first, then both
// refs in one transaction with expected old values. Doing it again changes nothing.

import { randomBytes } from 'node:crypto'
import { BitloopsError } from '../errors.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { dropTemporaryRefs, moveRefs, writeCommits } from '../git/refs.ts'
import type { NewCommit } from '../git/refs.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF, FORMAT_VERSION, NOTES_REF, checkpointPath, linkPath } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'
import { uniteNote } from '../model/note.ts'
import { notePath, readNote } from './notes.ts'
import type { Plan } from './plans.ts'

const FORMAT_PATH = '.bitloops/format'
const EPOCH_PATH = '.bitloops/epoch'

/** Readers the caller may share, and what bounds the tries. */
export interface Writing {
  readonly repository: Repository
  readonly reader: ObjectReader
  /** The committer of the commit the checkpoint was made for, as in its object. */
  readonly committer: string
  /** True while there is time for another try. */
  readonly mayGoOn: () => boolean
  readonly pause: (tries: number) => Promise<void>
}

/** Puts a plan where it belongs. False when time ran out; the plan stays open then. Throws `newer-format`. */
export async function writePlan(writing: Writing, plan: Plan): Promise<boolean> {
  for (let tries = 0; tries === 0 || writing.mayGoOn(); tries += 1) {
    if (tries > 0) await writing.pause(tries)
    if (await tryToWrite(writing, plan)) return true
  }
  return false
}

async function tryToWrite({ repository, reader, committer }: Writing, plan: Plan): Promise<boolean> {
  const [tip, notesTip] = (await Promise.all([reader.read(CHECKPOINTS_REF), reader.read(NOTES_REF)])).map((object) => object?.oid)
  const link = linkPath(plan.commit, plan.checkpoint)
  const [present, note] = await Promise.all([
    tip === undefined ? undefined : reader.read(`${tip}:${link}`),
    readNote(reader, notesTip, plan.commit),
    checkFormat(reader, tip),
  ])
  const text = uniteNote(note.text, plan.note)
  const isNoted = note.paths.length === 1 && note.paths[0] === notePath(plan.commit) && note.text === text
  const changes: { ref: string; from: Oid | undefined; commit: NewCommit }[] = []
  if (present === undefined) changes.push({ ref: CHECKPOINTS_REF, from: tip, commit: checkpointCommit(plan, tip, committer) })
  if (!isNoted) {
    changes.push({
      ref: NOTES_REF, from: notesTip,
      commit: {
        parents: notesTip === undefined ? [] : [notesTip], committer, message: `Note checkpoint ${plan.checkpoint}\n`,
        write: [{ path: notePath(plan.commit), text }],
        remove: note.paths.filter((path) => path !== notePath(plan.commit)),
      },
    })
  }
  if (changes.length === 0) return true
  // Others may be writing the same plan: each has private refs of its own.
  const name = `${plan.checkpoint}-${randomBytes(4).toString('hex')}`
  const oids = await writeCommits(repository, name, changes.map(({ commit }) => commit))
  const moves = changes.map(({ ref, from }, at) => ({ ref, from, to: oids[at]! }))
  if (await moveRefs(repository, name, moves, changes.length)) return true
  await dropTemporaryRefs(repository, name, changes.length)
  return false
}

function checkpointCommit(plan: Plan, tip: Oid | undefined, committer: string): NewCommit {
  const folder = checkpointPath(plan.commit, plan.checkpoint)
  return {
    parents: tip === undefined ? [] : [tip],
    committer,
    message: `Checkpoint ${plan.checkpoint}\n\nfor commit ${plan.commit}\n`,
    write: [
      ...(tip === undefined ? [{ path: FORMAT_PATH, text: `${FORMAT_VERSION}\n` }, { path: EPOCH_PATH, text: '0\n' }] : []),
      ...Object.entries(plan.files).map(([path, text]) => ({ path: `${folder}/${path}`, text })),
      { path: linkPath(plan.commit, plan.checkpoint), text: `${JSON.stringify(plan.link, undefined, 2)}\n` },
    ],
    remove: [],
  }
}

/** A store that a newer version writes is read, never written. */
async function checkFormat(reader: ObjectReader, tip: Oid | undefined): Promise<void> {
  if (tip === undefined) return
  const blob = await reader.read(`${tip}:${FORMAT_PATH}`)
  const version = Number(blob?.body.toString('utf8').trim() ?? FORMAT_VERSION)
  if (!(version > FORMAT_VERSION)) return
  throw new BitloopsError('newer-format',
    `${CHECKPOINTS_REF} was written by a newer git-bitloops (format ${version}); new checkpoints wait`,
    'update git-bitloops; what waits is written by the next command')
}
