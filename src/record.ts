// Moves what hooks delivered from the inbox into the live store, then reads on in the transcripts of the sessions
// concerned. Doing it twice, or by two processes at once, gives the same rows; what could not be stored stays in the
// inbox.

import { BitloopsError } from './errors.ts'
import { openLocator } from './git/locate.ts'
import type { Environment, Repository } from './git/repository.ts'
import type { Millis } from './model/event.ts'
import { place } from './store/append.ts'
import type { Recording } from './store/append.ts'
import { catchUp, catchUpTo, unfinishedSessions } from './store/catch-up.ts'
import type { Awaited } from './store/catch-up.ts'
import { appendDelivery, readDeliveries } from './store/deliveries.ts'
import type { AppendedDelivery, Delivery, Moment } from './store/deliveries.ts'
import { lastEventRow } from './store/events.ts'
import { countFinding } from './store/findings.ts'
import { forgetFingerprints } from './store/fingerprints.ts'
import { deliverOn, listInbox, quarantine, quarantineAbandoned, removeFromInbox } from './store/inbox.ts'
import type { InboxFile } from './store/inbox.ts'
import { isBusy } from './store/live.ts'
import type { LiveStore } from './store/live.ts'
import { markPending, updatePendingMarker } from './store/pending.ts'
import { readSession } from './store/sessions.ts'
import { findTranscripts } from './store/transcript-files.ts'
import { expectTranscript, transcriptPathOf } from './store/transcripts.ts'
import { beginTurn, endTurn } from './store/turns.ts'

export interface RecordContext {
  readonly repository: Repository
  readonly store: LiveStore
  /** The user's home folder. */
  readonly userHome: string
  readonly env: Environment
  readonly now: () => Millis
  readonly log: (where: string, message: string) => void
  /** Redact new drafts now, so that a commit does not have to; for the drain. */
  readonly redact?: boolean
  /** Wait a moment for what agents write late into their transcripts; for the drain, never in the foreground. */
  readonly patient?: boolean
}

export interface RecordResult {
  /** Payloads taken from the inbox. */
  readonly payloads: number
  /** Events that were new, those of transcripts included. */
  readonly events: number
  /** Rows of the sessions that payloads told something about. */
  readonly sessions: readonly number[]
}

/** Payloads that go into one transaction. */
const BATCH_FILES = 200
const BATCH_BYTES = 16 * 1024 * 1024

/**
 * Records all that waits. Throws `store-unusable` while another process keeps the store locked; nothing is lost then.
 */
export async function recordInbox(context: RecordContext): Promise<RecordResult> {
  try {
    return await record(context)
  } catch (error) {
    if (!isBusy(error)) throw error
    throw new BitloopsError(
      'store-unusable', 'the live store is in use by another process', 'what was recorded waits in the inbox')
  }
}

async function record(context: RecordContext): Promise<RecordResult> {
  const { repository, store, now } = context
  const { findAdapter } = await import('./agents/registry.ts')
  const recording: Recording = { repository, store, now, locator: openLocator(), findAdapter }
  const taken = await takeInbox(context, recording)
  const sessions = [...new Set(taken.told.map(({ session }) => session))]
  for (const session of sessions) lookForTranscript(context, recording, session)
  let events = taken.events
  for (const session of new Set([...sessions, ...unfinishedSessions(recording)])) {
    const awaited = context.patient === true ? taken.awaited.get(session) : undefined
    events += await (awaited === undefined ? catchUp(recording, session) : catchUpTo(recording, session, awaited))
  }
  for (const { moment } of taken.told) {
    if (moment !== undefined && moment.moment !== 'turn-start') events += await endTurn(recording, moment)
  }
  const underWay = new Map(taken.begun.map(({ session, turn }) => [session, turn]))
  for (const [session, turn] of underWay) if (turn !== undefined) forgetFingerprints(store, session, turn)
  updatePendingMarker(store, repository.home)
  if (context.redact === true) {
    const { redactDrafts } = await import('./store/redactions.ts')
    await redactDrafts(store, sessions)
  }
  return { payloads: taken.told.length, events, sessions }
}

/** Where payloads do not say where the transcript is, or not yet, the agent's folders do. */
function lookForTranscript(
  { userHome: home, env }: RecordContext, { store, findAdapter }: Recording, id: number,
): void {
  const known = transcriptPathOf(store, id) === undefined ? readSession(store, id) : undefined
  const adapter = known === undefined ? undefined : findAdapter(known.agent)
  if (known === undefined || adapter === undefined || adapter.hooksTellAll === true) return
  const [found] = findTranscripts(adapter, { home, env, since: 0, session: known.sessionId })
  if (found !== undefined) expectTranscript(store, id, undefined, found.path)
}

/** Reads on in the transcripts of one session, whatever else waits. Gives back how many events were new. */
export async function recordTranscripts(
  { repository, store, now }: RecordContext, session: number,
): Promise<number> {
  const { findAdapter } = await import('./agents/registry.ts')
  return await catchUp({ repository, store, now, locator: openLocator(), findAdapter }, session)
}

interface Taken {
  readonly told: readonly AppendedDelivery[]
  readonly events: number
  /** The turns that were begun. */
  readonly begun: readonly Moment[]
  /** By session, what its transcript must come to hold. */
  readonly awaited: ReadonlyMap<number, Awaited>
}

/** Empties the inbox, oldest first. A turn's beginning is looked at before anything slow happens. */
async function takeInbox(context: RecordContext, recording: Recording): Promise<Taken> {
  const { home } = recording.repository
  const seen = new Set<string>()
  const told: AppendedDelivery[] = []
  const begun: Moment[] = []
  const awaited = new Map<number, Awaited>()
  const before = lastEventRow(recording.store)
  let events = 0
  const abandoned = quarantineAbandoned(home, context.now())
  for (let count = 0; count < abandoned; count += 1) countBroken(context, 'delivery was cut off')
  for (let batch = nextBatch(home, seen); batch.length > 0; batch = nextBatch(home, seen)) {
    for (const { name } of batch) seen.add(name)
    const { deliveries, broken, untold } = readDeliveries(home, batch, recording.findAdapter)
    for (const { name, reason } of broken) if (quarantine(home, name)) countBroken(context, reason)
    const appended = await appendDeliveries(recording, deliveries)
    // Until the end of a turn was looked at, nobody knows whether edits wait: post-commit had better ask.
    if (appended.some(({ moment }) => moment !== undefined && moment.moment !== 'turn-start')) markPending(home)
    removeFromInbox(home, [...untold, ...deliveries.map(({ name }) => name)])
    for (const [index, one] of appended.entries()) {
      const { awaitedText: text, awaitsTurnEnd } = deliveries[index]!.reading
      if (text !== undefined) awaited.set(one.session, { text })
      else if (awaitsTurnEnd === true) awaited.set(one.session, { endAfter: before })
      events += one.events
    }
    for (const moment of lastStarts(appended)) {
      events += await beginTurn(recording, moment)
      begun.push(moment)
    }
    told.push(...appended)
  }
  return { told, events, begun, awaited }
}

/**
 * One transaction for all; the edits of other repositories go on to their inboxes first, so that a crash repeats them.
 */
async function appendDeliveries(
  recording: Recording, deliveries: readonly Delivery[],
): Promise<readonly AppendedDelivery[]> {
  if (deliveries.length === 0) return []
  const all = await place(recording, deliveries.flatMap(({ reading }) => reading.observations))
  for (const { bytes, reading } of deliveries) {
    if (bytes === undefined) continue
    const homes = reading.observations.flatMap(({ event }) =>
      event.kind === 'file-change' ? all.elsewhereOf(event) ?? [] : [])
    for (const home of new Set(homes)) deliverOn(home, bytes)
  }
  let from = 0
  return recording.store.transaction(() => deliveries.map((delivery) => {
    const observations = all.observations.slice(from, from += delivery.reading.observations.length)
    return appendDelivery(recording, delivery, { ...all, observations })
  }))
}

/** Of turns that began one after the other before anybody looked, only the last is still at its beginning. */
function lastStarts(appended: readonly AppendedDelivery[]): readonly Moment[] {
  const starts = appended.flatMap(({ moment }) => moment?.moment === 'turn-start' ? [moment] : [])
  return [...new Map(starts.map((moment) => [moment.session, moment])).values()]
}

function nextBatch(home: string, seen: ReadonlySet<string>): readonly InboxFile[] {
  const batch: InboxFile[] = []
  let bytes = 0
  for (const file of listInbox(home)) {
    if (seen.has(file.name)) continue
    if (batch.length > 0 && (batch.length >= BATCH_FILES || bytes + file.sizeBytes > BATCH_BYTES)) break
    batch.push(file)
    bytes += file.sizeBytes
  }
  return batch
}

function countBroken({ store, now }: RecordContext, reason: string): void {
  countFinding(store, 'payload', reason, '', now())
}
