// Brings what fetches have put into the tracking refs together with our own, and what a fetch setting of the user's has
// overwritten back to where it was.

import { relate } from '../git/ancestry.ts'
import { fetchRefs, trackingRef } from '../git/remote.ts'
import type { Failure } from '../git/remote.ts'
import { listRefs } from '../git/refs.ts'
import type { ObjectReader } from '../git/objects.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF, EPOCH_PATH, NOTES_REF } from '../model/checkpoint.ts'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import type { LiveStore } from './live.ts'
import { markQueued, readOwnTips } from './own-tips.ts'
import type { Tips } from './own-tips.ts'
import { readPushMemory, updatePushMemory } from './push-memory.ts'
import { updateIndex } from './rebuild-index.ts'
import { uniteTips } from './unite.ts'
import type { Union } from './unite.ts'

export interface Exchange {
  readonly repository: Repository
  readonly reader: ObjectReader
  /** For the committed tables; absent where nothing was ever recorded. */
  readonly store?: LiveStore
  readonly log: (where: string, message: string) => void
  readonly now: () => Millis
  /** After this nothing more is begun. */
  readonly deadline: Millis
  /** True when a person may be asked for a password. */
  readonly mayAsk: boolean
}

export interface Gathered {
  readonly kind: 'gathered'
  /** Our refs have changed. */
  readonly changed: boolean
  /** Checkpoints that came, and those that went because they were purged elsewhere. */
  readonly added: number
  readonly removed: number
  /** What the user has to know, in sentences. */
  readonly warnings: readonly string[]
  /** False when time ran out; the rest is brought together next time. */
  readonly isWhole: boolean
}

type RefMap = ReadonlyMap<string, Oid>

export const readRefs = ({ repository }: Pick<Exchange, 'repository'>): Promise<RefMap> =>
  listRefs(repository, 'refs/bitloops/', NOTES_REF)

/** Fetches our refs of a remote and unites them with ours. */
export async function fetchAndUnite(exchange: Exchange, remote: string): Promise<Gathered | Failure> {
  const { repository, now, deadline, mayAsk } = exchange
  for (;;) {
    const fetched = await fetchRefs(repository, remote, { timeoutMs: Math.max(100, deadline - now()), mayAsk })
    if (fetched.kind === 'fetched') return await uniteTracked(exchange)
    // Another fetch of this clone is at the same refs.
    if (!/cannot lock ref/.test(fetched.reason) || now() >= deadline) return fetched
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * LOCK_WAIT_MS) })
  }
}

const LOCK_WAIT_MS = 200

/** Unites what plain fetches brought since the last time. Costs one process where nothing is new. */
export async function uniteTracked(exchange: Exchange): Promise<Gathered> {
  const { repository } = exchange
  const refs = await readRefs(exchange)
  const { united } = readPushMemory(repository.home)
  let gathered = await bringBack(exchange, refs)
  for (const remote of remotesIn(refs, united)) {
    const tips = trackedTips(refs, remote)
    const refsOf = (['checkpoints', 'notes'] as const).map((of) => [trackingRef(remote, of), tips[of]] as const)
    if (refsOf.every(([ref, tip]) => united[ref] === tip)) continue
    const warnings = await compareWithLast(
      exchange, remote, tips.checkpoints, united[trackingRef(remote, 'checkpoints')])
    const union = tips.checkpoints === undefined && tips.notes === undefined ? NOTHING
      : await uniteTips(writingOf(exchange), tips)
    gathered = add(gathered, remote, union, warnings)
    if (union.kind === 'out-of-time') return gathered
    updatePushMemory(repository.home, (memory) => {
      const kept = Object.entries(memory.united).filter(([ref]) => !refsOf.some(([other]) => other === ref))
      const present = refsOf.flatMap(([ref, tip]) => tip === undefined ? [] : [[ref, tip]])
      return { ...memory, united: Object.fromEntries([...kept, ...present]) }
    })
  }
  // Its time says when we looked.
  updatePushMemory(repository.home, (memory) => memory)
  if (gathered.changed) await index(exchange)
  return gathered
}

const writingOf = ({ repository, reader, now, deadline }: Exchange): Parameters<typeof uniteTips>[0] =>
  ({ repository, reader, mayGoOn: () => now() < deadline })

const TRACKING = /^refs\/bitloops\/remotes\/([^]+)\/(?:checkpoints|notes)$/

/** The remotes that something was fetched from, now or the last time. */
function remotesIn(refs: RefMap, united: Readonly<Record<string, Oid>>): ReadonlySet<string> {
  return new Set([...refs.keys(), ...Object.keys(united)].flatMap((ref) => TRACKING.exec(ref)?.[1] ?? []))
}

export const trackedTips = (refs: RefMap, remote: string): Tips =>
  ({ checkpoints: refs.get(trackingRef(remote, 'checkpoints')), notes: refs.get(trackingRef(remote, 'notes')) })

export const ownTips = (refs: RefMap): Tips => ({ checkpoints: refs.get(CHECKPOINTS_REF), notes: refs.get(NOTES_REF) })

const NOTHING: Union = { kind: 'united', changed: false, added: 0, removed: 0, refused: [] }
const NOTHING_NEW: Gathered = { kind: 'gathered', changed: false, added: 0, removed: 0, warnings: [], isWhole: true }

/**
 * `+refs/notes/*:refs/notes/*` among the user's settings replaces our notes by the remote's: what was there is
 * united again.
 */
async function bringBack(exchange: Exchange, refs: RefMap): Promise<Gathered> {
  const { repository, reader } = exchange
  const [now, last] = [ownTips(refs), readOwnTips(repository.home)]
  const lost = await Promise.all((['checkpoints', 'notes'] as const).map(async (of) => {
    const tip = last[of]
    if (tip === undefined || await reader.read(tip) === undefined) return undefined
    const relation = now[of] === undefined ? 'behind' : await relate(repository, now[of], tip)
    return relation === 'same' || relation === 'ahead' ? undefined : tip
  }))
  const [checkpoints, notes] = lost
  if (checkpoints === undefined && notes === undefined) return NOTHING_NEW
  const union = await uniteTips(writingOf(exchange), { checkpoints, notes })
  return add(NOTHING_NEW, undefined, union, [
    'a fetch had overwritten checkpoints or notes of this clone; they are back (git bitloops doctor names the setting)',
  ])
}

/** A remote whose checkpoints no longer hold what they held. */
async function compareWithLast(
  { repository, reader }: Exchange, remote: string, now: Oid | undefined, before: Oid | undefined,
): Promise<readonly string[]> {
  if (before === undefined || now === before) return []
  const kept = 'what is here is kept, and goes there with the next push'
  if (now === undefined) {
    markQueued(repository.home)
    return [`${remote} no longer has the checkpoints it had; ${kept}`]
  }
  const relation = await relate(repository, now, before)
  const epochs = await Promise.all([now, before].map(async (tip) =>
    Number((await reader.read(`${tip}:${EPOCH_PATH}`))?.body.toString('utf8').trim() ?? 0)))
  if (relation === 'ahead' || epochs[0]! > epochs[1]!) return []
  markQueued(repository.home)
  return [`the checkpoints of ${remote} were replaced by ${relation === 'behind' ? 'older' : 'other'} ones; ${kept}`]
}

function add(gathered: Gathered, remote: string | undefined, union: Union, warnings: readonly string[]): Gathered {
  const all = [...gathered.warnings, ...warnings]
  const from = remote ?? 'what was overwritten'
  switch (union.kind) {
    case 'united': return {
      ...gathered,
      changed: gathered.changed || union.changed,
      added: gathered.added + union.added,
      removed: gathered.removed + union.removed,
      warnings: union.refused.length === 0 ? all
        : [...all, `${union.refused.length} entries of ${from} are none of this format and were not taken, `
          + `${JSON.stringify(union.refused[0])} for one`],
    }
    case 'out-of-time': return { ...gathered, warnings: all, isWhole: false }
    case 'newer': return {
      ...gathered,
      warnings: [...all, `the checkpoints of ${from} are of a newer format (${union.version}): `
        + 'update git-bitloops to take them in'],
    }
    case 'unreadable': return {
      ...gathered, warnings: [...all, `the checkpoints of ${from} cannot be read: ${union.reason}`],
    }
  }
}

async function index({ repository, reader, store, log, now }: Exchange): Promise<void> {
  if (store === undefined) return
  try {
    await updateIndex({ repository, reader, store, now })
  } catch (error) {
    // The checkpoints are in the ref; doctor makes the tables anew.
    log('index', (error as Error).message)
  }
}
