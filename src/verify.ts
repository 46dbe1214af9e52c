// Proves that checkpoints, links and notes are what was written: nothing changed, nothing gone, nothing slipped in.
// Costs what came since the last time.

import { haveCommonBase, relate } from './git/ancestry.ts'
import { openObjectReader } from './git/cat-file.ts'
import { isShallow, readChain } from './git/chain.ts'
import { parseTree } from './git/objects.ts'
import type { ObjectReader } from './git/objects.ts'
import { listRefs } from './git/refs.ts'
import type { Repository } from './git/repository.ts'
import { diffTrees } from './git/tree-diff.ts'
import { CHECKPOINTS_REF, EPOCH_PATH, NOTES_REF, TOMBSTONES_PATH } from './model/checkpoint.ts'
import type { Integrity } from './model/diagnose-integrity.ts'
import { isCheckpointId, isOid } from './model/ids.ts'
import type { CheckpointId, Oid } from './model/ids.ts'
import { judgeSlices, judgeStep } from './model/integrity.ts'
import type { Flaw, StoredSlice } from './model/integrity.ts'
import { placeOf } from './model/union.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import { examineContent, examineLinks, examineNote } from './store/sound-content.ts'
import { readVerified, rememberVerified } from './store/verified.ts'
import type { Verified } from './store/verified.ts'

export interface VerifyRequest {
  /** Looks at everything, also at what was found sound before, and takes what is here now as the beginning. */
  readonly anew: boolean
}

/** So many things are looked at at once. */
const BATCH = 50

/** Looks at our refs and at those of remotes. What was sound is remembered; with a flaw, nothing is. */
export async function verify(repository: Repository, { anew }: VerifyRequest): Promise<Integrity> {
  const objects = openObjectReader(repository)
  try {
    const refs = await listRefs(repository, 'refs/bitloops/', NOTES_REF)
    const [checkpoints, notes] = [refs.get(CHECKPOINTS_REF), refs.get(NOTES_REF)]
    const { known, flaws: replaced } = anew ? { known: NOTHING_KNOWN, flaws: [] }
      : await findKnown(repository, objects, checkpoints, notes)
    const shallow = await isShallow(repository)
    const chain = checkpoints === undefined ? NOTHING
      : await verifyChain(repository, objects, checkpoints, known.checkpoints)
    const noted = notes === undefined ? NOTHING
      : await verifyNotes(repository, objects, checkpoints, notes, known.notes)
    const remotes = shallow ? [] : await verifyRemotes(repository, objects, refs)
    const flaws = [...replaced, ...chain.flaws, ...noted.flaws, ...remotes]
    const isThere = (checkpoints ?? notes) !== undefined
    if (flaws.length === 0 && isThere) {
      rememberVerified(repository.home, {
        schema: 1, ...checkpoints === undefined ? {} : { checkpoints }, ...notes === undefined ? {} : { notes },
      })
    }
    const { steps } = chain
    return { flaws, isThere, steps, checkpoints: chain.checkpoints, notes: noted.notes, isShallow: shallow }
  } finally {
    objects.close()
  }
}

interface Look {
  readonly flaws: readonly Flaw[]
  readonly steps: number
  readonly checkpoints: number
  readonly notes: number
}
const NOTHING_KNOWN: Verified = { schema: 1 }
const NOTHING: Look = { flaws: [], steps: 0, checkpoints: 0, notes: 0 }

/** Where to begin: what was sound the last time, unless the ref does not go on from there. */
async function findKnown(
  repository: Repository, objects: ObjectReader, checkpoints: Oid | undefined, notes: Oid | undefined,
): Promise<{ readonly known: Verified; readonly flaws: readonly Flaw[] }> {
  const last = readVerified(repository.home)
  const flaws: Flaw[] = []
  const goesOn = async (now: Oid | undefined, before: Oid | undefined, ref: string): Promise<boolean> => {
    if (now === undefined || before === undefined || await objects.read(before) === undefined) return false
    if (['same', 'ahead'].includes(await relate(repository, now, before))) return true
    if (await epochOf(objects, now) > await epochOf(objects, before)) return false
    flaws.push({ kind: 'unrelated', ref, other: `${before}, which was found sound before` })
    return false
  }
  const isChain = await goesOn(checkpoints, last.checkpoints, CHECKPOINTS_REF)
  const areNotes = await goesOn(notes, last.notes, NOTES_REF)
  return {
    known: {
      ...NOTHING_KNOWN, ...isChain ? { checkpoints: last.checkpoints! } : {}, ...areNotes ? { notes: last.notes! } : {},
    },
    flaws,
  }
}

async function epochOf(objects: ObjectReader, tip: Oid): Promise<number> {
  return Number((await objects.read(`${tip}:${EPOCH_PATH}`))?.body.toString('utf8').trim() ?? 0) || 0
}

async function verifyChain(
  repository: Repository, objects: ObjectReader, tip: Oid, since: Oid | undefined,
): Promise<Look> {
  const flaws: Flaw[] = []
  const buried = await readBuried(objects, tip)
  const made = new Map<CheckpointId, Oid>()
  const linked = new Set<Oid>()
  let steps = 0
  for await (const step of readChain(repository, tip, since)) {
    steps += 1
    flaws.push(...judgeStep(step, buried))
    for (const { path, after } of step.changes.flat()) {
      const place = after === undefined ? undefined : placeOf(path)
      if (place?.kind === 'file' && !buried.has(place.checkpoint)) made.set(place.checkpoint, place.commit)
      if (place?.kind === 'link') linked.add(place.commit)
    }
  }
  const reader = openCheckpointReader(objects)
  const slices: StoredSlice[] = []
  // Of what is gone it was said already.
  const gone = new Set(flaws.flatMap((flaw) => {
    const place = flaw.kind === 'removed' ? placeOf(flaw.path) : undefined
    return place?.kind === 'file' ? [place.checkpoint] : []
  }))
  await inBatches([...made].filter(([checkpoint]) => !gone.has(checkpoint)), async ([checkpoint, commit]) => {
    const look = await examineContent(objects, tip, commit, checkpoint)
    flaws.push(...look.flaws)
    slices.push(...look.slices)
  })
  await inBatches([...linked], async (commit) => { flaws.push(...await examineLinks(reader, commit)) })
  return { ...NOTHING, flaws: [...flaws, ...judgeSlices(slices)], steps, checkpoints: made.size }
}

async function readBuried(objects: ObjectReader, tip: Oid): Promise<ReadonlySet<CheckpointId>> {
  const folder = await objects.read(`${tip}:${TOMBSTONES_PATH}`)
  const names = folder?.type === 'tree' ? parseTree(folder).map(({ name }) => name.replace(/\.json$/, '')) : []
  return new Set(names.filter(isCheckpointId))
}

async function verifyNotes(
  repository: Repository, objects: ObjectReader, tip: Oid | undefined, notes: Oid, since: Oid | undefined,
): Promise<Look> {
  const changed = (await diffTrees(repository, since, notes)).flatMap(({ path, right }) => {
    const commit = path.replaceAll('/', '')
    return right !== undefined && isOid(commit) ? [{ commit, blob: right.oid }] : []
  })
  const flaws: Flaw[] = []
  await inBatches(changed, async ({ commit, blob }) => { flaws.push(...await examineNote(objects, tip, commit, blob)) })
  return { ...NOTHING, flaws, notes: changed.length }
}

/** A remote may be behind us or ahead, or both went on; but they must have begun together, or one began anew. */
async function verifyRemotes(
  repository: Repository, objects: ObjectReader, refs: ReadonlyMap<string, Oid>,
): Promise<readonly Flaw[]> {
  const own = refs.get(CHECKPOINTS_REF)
  if (own === undefined) return []
  const flaws: Flaw[] = []
  for (const [ref, tip] of refs) {
    if (!/^refs\/bitloops\/remotes\/.+\/checkpoints$/.test(ref)) continue
    if (await haveCommonBase(repository, own, tip)) continue
    if (await epochOf(objects, own) !== await epochOf(objects, tip)) continue
    flaws.push({ kind: 'unrelated', ref: CHECKPOINTS_REF, other: ref })
  }
  return flaws
}

async function inBatches<Thing>(things: readonly Thing[], work: (thing: Thing) => Promise<void>): Promise<void> {
  for (let from = 0; from < things.length; from += BATCH) await Promise.all(things.slice(from, from + BATCH).map(work))
}
