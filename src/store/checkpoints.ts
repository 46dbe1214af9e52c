// Writes frozen plans into `refs/bitloops/checkpoints` and their lines into `refs/notes/bitloops`. Doing it again
// changes nothing.

import type { ObjectReader } from '../git/cat-file.ts'
import type { NewCommit } from '../git/refs.ts'
import {
  CHECKPOINTS_REF, EPOCH_PATH, FORMAT_PATH, FORMAT_VERSION, NOTES_REF, checkpointPath, linkPath,
} from '../model/checkpoint.ts'
import type { LinkRecord } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'
import { uniteNote } from '../model/note.ts'
import { notePath, readNote } from './notes.ts'
import type { Plan } from './plans.ts'
import { changeRefs } from './ref-changes.ts'
import type { RefChange, RefWriting } from './ref-changes.ts'

/** Puts a plan where it belongs. False when time ran out; the plan stays open then. Throws `newer-format`. */
export const writePlan = (writing: RefWriting, committer: string, plan: Plan): Promise<boolean> =>
  changeRefs(writing, async ({ checkpoints, notes }) => {
    const [present, note] = await Promise.all([
      checkpoints === undefined ? undefined
        : writing.reader.read(`${checkpoints}:${linkPath(plan.commit, plan.checkpoint)}`),
      changeNote(writing.reader, notes, {
        commit: plan.commit, lines: plan.note, committer, message: `Note checkpoint ${plan.checkpoint}\n`,
      }),
    ])
    const missing: RefChange[] = present !== undefined ? []
      : [{ ref: CHECKPOINTS_REF, to: checkpointCommit(plan, checkpoints, committer) }]
    return [...missing, ...note]
  })

/** The files that stand at the beginning of every chain. */
export const FIRST_FILES = [
  { path: FORMAT_PATH, text: `${FORMAT_VERSION}\n` },
  { path: EPOCH_PATH, text: '0\n' },
] as const

export const formatLink = (link: LinkRecord): string => `${JSON.stringify(link, undefined, 2)}\n`

function checkpointCommit(plan: Plan, tip: Oid | undefined, committer: string): NewCommit {
  const folder = checkpointPath(plan.commit, plan.checkpoint)
  return {
    parents: tip === undefined ? [] : [tip],
    committer,
    message: `Checkpoint ${plan.checkpoint}\n\nfor commit ${plan.commit}\n`,
    write: [
      ...(tip === undefined ? FIRST_FILES : []),
      ...Object.entries(plan.files).map(([path, text]) => ({ path: `${folder}/${path}`, text })),
      { path: linkPath(plan.commit, plan.checkpoint), text: formatLink(plan.link) },
    ],
    remove: [],
  }
}

interface NoteChange {
  readonly commit: Oid
  readonly lines: readonly string[]
  readonly committer: string
  readonly message: string
}

/** The change that puts these lines into a commit's note, at the one path we write; none when they are there. */
async function changeNote(
  reader: ObjectReader, tip: Oid | undefined, change: NoteChange,
): Promise<readonly RefChange[]> {
  const path = notePath(change.commit)
  const present = await readNote(reader, tip, change.commit)
  const text = uniteNote(present.text, change.lines)
  if (present.paths.length === 1 && present.paths[0] === path && present.text === text) return []
  const to: NewCommit = {
    parents: tip === undefined ? [] : [tip], committer: change.committer, message: change.message,
    write: [{ path, text }], remove: present.paths.filter((other) => other !== path),
  }
  return [{ ref: NOTES_REF, to }]
}
