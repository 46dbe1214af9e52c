// Writes frozen plans into `refs/bitloops/checkpoints` and their lines into `refs/notes/bitloops`. Doing it again
// changes nothing.

import type { ObjectReader } from '../git/cat-file.ts'
import type { NewCommit, NewFile } from '../git/refs.ts'
import {
  CHECKPOINTS_REF, EPOCH_PATH, FORMAT_PATH, FORMAT_VERSION, NOTES_REF, checkpointPath, linkPath, tombstonePath,
} from '../model/checkpoint.ts'
import type { LinkRecord } from '../model/checkpoint.ts'
import type { CheckpointId, Oid } from '../model/ids.ts'
import { uniteNote } from '../model/note.ts'
import { notePath, readNote } from './notes.ts'
import type { Plan } from './plans.ts'
import { changeRefs } from './ref-changes.ts'
import type { RefChange, RefWriting } from './ref-changes.ts'

/** Puts a plan where it belongs. False when time ran out; the plan stays open then. Throws `newer-format`. */
export const writePlan = (writing: RefWriting, committer: string, frozen: Plan): Promise<boolean> =>
  changeRefs(writing, async ({ checkpoints, notes }) => {
    const has = async (path: string): Promise<boolean> =>
      checkpoints !== undefined && await writing.reader.read(`${checkpoints}:${path}`) !== undefined
    const plan = await withoutPurged(frozen, has)
    const [write, note] = await Promise.all([
      listMissing(plan, has),
      plan.links.length === 0 ? [] : changeNote(writing.reader, notes, {
        commit: plan.commit, lines: plan.note, committer, message: `Note ${nameOf(plan)}\n`,
      }),
    ])
    const added: RefChange[] = write.length === 0 ? []
      : [{ ref: CHECKPOINTS_REF, to: checkpointCommit(plan, write, checkpoints, committer) }]
    return [...added, ...note]
  })

/** A session checkpoint that was purged since is neither linked nor noted. */
async function withoutPurged(plan: Plan, has: (path: string) => Promise<boolean>): Promise<Plan> {
  const others = plan.links.map(({ checkpoint }) => checkpoint).filter((id) => id !== plan.checkpoint)
  const purged: CheckpointId[] = []
  for (const id of others) if (await has(tombstonePath(id))) purged.push(id)
  return purged.length === 0 ? plan : {
    ...plan,
    links: plan.links.filter(({ checkpoint }) => !purged.includes(checkpoint)),
    note: plan.note.filter((line) => !purged.some((id) => line.startsWith(id))),
  }
}

/** What of a plan is not in the ref yet. Its own checkpoint came as a whole, or not at all. */
async function listMissing(plan: Plan, has: (path: string) => Promise<boolean>): Promise<readonly NewFile[]> {
  const folder = plan.checkpoint === undefined ? undefined : checkpointPath(plan.commit, plan.checkpoint)
  const isThere = folder === undefined || await has(`${folder}/session.json`)
  const links = await Promise.all(plan.links.map(async (link): Promise<readonly NewFile[]> => {
    const path = linkPath(link.commit, link.checkpoint)
    return await has(path) ? [] : [{ path, text: formatLink(link) }]
  }))
  return [
    ...isThere ? [] : Object.entries(plan.files).map(([path, text]) => ({ path: `${folder}/${path}`, text })),
    ...links.flat(),
  ]
}

const nameOf = ({ checkpoint, links }: Plan): string =>
  `checkpoint ${checkpoint ?? links.map((link) => link.checkpoint).join(', ')}`

/** The files that stand at the beginning of every chain. */
export const FIRST_FILES = [
  { path: FORMAT_PATH, text: `${FORMAT_VERSION}\n` },
  { path: EPOCH_PATH, text: '0\n' },
] as const

export const formatLink = (link: LinkRecord): string => `${JSON.stringify(link, undefined, 2)}\n`

function checkpointCommit(
  plan: Plan, write: readonly NewFile[], tip: Oid | undefined, committer: string,
): NewCommit {
  return {
    parents: tip === undefined ? [] : [tip],
    committer,
    message: plan.checkpoint === undefined ? `Link ${plan.commit}\n`
      : `Checkpoint ${plan.checkpoint}\n\n${plan.kind === 'session' ? 'on top of' : 'for'} commit ${plan.commit}\n`,
    write: [...(tip === undefined ? FIRST_FILES : []), ...write],
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
