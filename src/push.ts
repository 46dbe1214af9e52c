// Publishes our checkpoints and notes at a remote: two refs, apart from the user's branches, never forced. A race
// that is lost is run again, within a bound of time; what does not land stays queued.

import { BitloopsError } from './errors.ts'
import { readSettings } from './git/config.ts'
import { listRemotes } from './git/remotes.ts'
import { pushRefs, trackingRef } from './git/remote.ts'
import type { Failure, RefPush } from './git/remote.ts'
import { moveRefs } from './git/refs.ts'
import { CHECKPOINTS_REF, EPOCH_PATH, NOTES_REF } from './model/checkpoint.ts'
import type { Oid } from './model/ids.ts'
import type { PushReport } from './model/push-report.ts'
import { fetchAndUnite, ownTips, readRefs, trackedTips } from './store/exchange.ts'
import type { Exchange } from './store/exchange.ts'
import { clearQueued, markQueued } from './store/own-tips.ts'
import type { Tips } from './store/own-tips.ts'
import { rememberRemote, updatePushMemory } from './store/push-memory.ts'
import { measureWaiting } from './store/push-state.ts'
import { signCheckpoints } from './store/signing.ts'

export type Pushed = { readonly warnings: readonly string[] } & (
  | { readonly kind: 'published'; readonly remote: string; readonly checkpoints: number; readonly sizeBytes: number }
  | { readonly kind: 'up-to-date' }
  /** There is nothing here to publish. */
  | { readonly kind: 'nothing' }
  /** The remote does not want them, now or later. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Failure
  /** Others were always faster. */
  | { readonly kind: 'out-of-time' })

interface Attempt {
  readonly remote: string
  /** Nothing is published whose tip is not signed. */
  readonly sign: boolean
  readonly warnings: string[]
}

/** Throws `unknown-remote`. */
export async function push(exchange: Exchange, remote: string): Promise<Pushed> {
  const { repository } = exchange
  if (!(await listRemotes(repository)).some(({ name }) => name === remote)) {
    throw new BitloopsError(
      'unknown-remote', `'${remote}' is not a remote of this repository`, 'git remote -v lists them')
  }
  const { settings } = await readSettings(repository)
  const attempt: Attempt = { remote, sign: settings.sign, warnings: [] }
  const outcome = await pushUntilDone(exchange, attempt)
  const at = exchange.now()
  rememberRemote(repository.home, remote, ({ refused: _refused, failed: _failed, ...memory }) => ({
    ...memory,
    ...outcome.kind === 'refused' ? { refused: { reason: outcome.reason, at } } : {},
    ...outcome.kind === 'failed' ? { failed: { reason: outcome.reason, at } } : {},
  }))
  return outcome
}

async function pushUntilDone(exchange: Exchange, attempt: Attempt): Promise<Pushed> {
  const { repository, now, deadline, mayAsk } = exchange
  const { remote, warnings } = attempt
  let replaced: Tips = { checkpoints: undefined, notes: undefined }
  for (let tries = 0; tries === 0 || now() < deadline; tries += 1) {
    if (tries > 0) await pause(tries, deadline - now())
    const unsigned = await signIfWanted(exchange, attempt)
    if (unsigned !== undefined) {
      return { kind: 'failed', reason: `the checkpoints could not be signed: ${unsigned}`, timedOut: false, warnings }
    }
    const refs = await readRefs(exchange)
    const [own, before] = [ownTips(refs), trackedTips(refs, remote)]
    const wanted = refsToPush(own, replaced)
    if (wanted.length === 0) return { kind: 'nothing', warnings }
    const answer = await pushRefs(repository, remote, wanted, { timeoutMs: Math.max(100, deadline - now()), mayAsk })
    if (answer.kind === 'failed') return { ...answer, warnings }
    const kinds = wanted.map(({ ref }) => answer.report.get(ref)?.kind ?? 'busy')
    await noteLanded(exchange, remote, own, answer.report)
    if (kinds.every((kind) => kind === 'landed')) {
      await settleQueue(exchange, own)
      return await describe(exchange, attempt, own, before)
    }
    const refusal = [...answer.report.values()].find((outcome) => outcome.kind === 'refused')
    if (refusal?.kind === 'refused') return { kind: 'refused', reason: refusal.reason, warnings }
    if (!kinds.includes('behind')) continue
    const fetched = await fetchAndUnite(exchange, remote)
    if (fetched.kind === 'failed') return { ...fetched, warnings }
    warnings.push(...fetched.warnings.filter((warning) => !warnings.includes(warning)))
    replaced = await findLowerEpochs(exchange, remote)
  }
  return { kind: 'out-of-time', warnings }
}

/** What is there already is not signed again. Gives back why it could not be. */
async function signIfWanted(exchange: Exchange, { remote, sign }: Attempt): Promise<string | undefined> {
  if (!sign) return undefined
  const { repository, reader, now, deadline } = exchange
  const refs = await readRefs(exchange)
  if (ownTips(refs).checkpoints === trackedTips(refs, remote).checkpoints) return undefined
  return await signCheckpoints({ repository, reader, mayGoOn: () => now() < deadline }, Math.max(100, deadline - now()))
}

const refsToPush = ({ checkpoints, notes }: Tips, replaced: Tips): readonly RefPush[] => [
  ...checkpoints === undefined ? [] : [{ ref: CHECKPOINTS_REF, ...replacing(replaced.checkpoints) }],
  ...notes === undefined ? [] : [{ ref: NOTES_REF, ...replacing(replaced.notes) }],
]

const replacing = (tip: Oid | undefined): Pick<RefPush, 'replaces'> => tip === undefined ? {} : { replaces: tip }

/**
 * What was purged here must leave the remote, whose chain still leads to it: a tip of a lower epoch, which we have just
 * united into ours, is the only one that may be replaced.
 */
async function findLowerEpochs(exchange: Exchange, remote: string): Promise<Tips> {
  const refs = await readRefs(exchange)
  const [own, theirs] = [ownTips(refs), trackedTips(refs, remote)]
  const epochOf = async (tip: Oid): Promise<number> =>
    Number((await exchange.reader.read(`${tip}:${EPOCH_PATH}`))?.body.toString('utf8').trim() ?? 0) || 0
  const lower = async (of: keyof Tips): Promise<Oid | undefined> => {
    const [mine, other] = [own[of], theirs[of]]
    return mine !== undefined && other !== undefined && await epochOf(other) < await epochOf(mine) ? other : undefined
  }
  return { checkpoints: await lower('checkpoints'), notes: await lower('notes') }
}

/** What has landed is at the remote: the tracking refs say so, whether git keeps them or not. */
async function noteLanded({ repository }: Exchange, remote: string, own: Tips, report: PushReport): Promise<void> {
  const landed = (of: keyof Tips, ref: string): Oid | undefined =>
    report.get(ref)?.kind === 'landed' ? own[of] : undefined
  const tips: Tips = { checkpoints: landed('checkpoints', CHECKPOINTS_REF), notes: landed('notes', NOTES_REF) }
  const refs = await readRefs({ repository })
  const moves = (['checkpoints', 'notes'] as const).flatMap((of) => {
    const [ref, to] = [trackingRef(remote, of), tips[of]]
    return to === undefined || refs.get(ref) === to ? [] : [{ ref, to, from: refs.get(ref) }]
  })
  if (moves.length > 0) await moveRefs(repository, moves)
  const united = (['checkpoints', 'notes'] as const)
    .flatMap((of) => tips[of] === undefined ? [] : [[trackingRef(remote, of), tips[of]]])
  updatePushMemory(repository.home, (memory) => ({
    ...memory,
    united: { ...memory.united, ...Object.fromEntries(united) as Record<string, Oid> },
  }))
  if (tips.checkpoints !== undefined) {
    rememberRemote(repository.home, remote, (memory) => ({ ...memory, had: tips.checkpoints! }))
  }
}

/** The marker goes when the remote has all; what was written meanwhile brings it back. */
async function settleQueue(exchange: Exchange, pushed: Tips): Promise<void> {
  const { home } = exchange.repository
  clearQueued(home)
  const now = ownTips(await readRefs(exchange))
  if (now.checkpoints !== pushed.checkpoints || now.notes !== pushed.notes) markQueued(home)
}

async function describe(exchange: Exchange, { remote, warnings }: Attempt, own: Tips, before: Tips): Promise<Pushed> {
  if (own.checkpoints === before.checkpoints && own.notes === before.notes) return { kind: 'up-to-date', warnings }
  const known = before.checkpoints !== undefined && await exchange.reader.read(before.checkpoints) !== undefined
  const { checkpoints, sizeBytes } = await measureWaiting(
    exchange.repository, own.checkpoints, known ? before.checkpoints : undefined)
  return { kind: 'published', remote, checkpoints, sizeBytes, warnings }
}

/** Others push as well: never in step with them. Measured: without jitter 4 of 10 clones land in three tries. */
const pause = (tries: number, leftMs: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, Math.min(Math.random() * Math.min(2000, 40 * 2 ** tries), Math.max(0, leftMs)))
})
