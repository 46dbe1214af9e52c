// Gathers what one session gives to a checkpoint: its events, redacted, its turns, and the agent's own lines.

import { createHash } from 'node:crypto'
import type { Event, Millis } from '../model/event.ts'
import type { TurnId } from '../model/ids.ts'
import type { SessionDraft } from '../model/session-draft.ts'
import { sumCounts } from '../model/redaction-counts.ts'
import type { RedactionCounts } from '../model/redaction-counts.ts'
import { readEvents, readNativeLines, readTurns } from './drafts.ts'
import type { NativeLine, StoredEvent, StoredSession } from './drafts.ts'
import type { LiveStore } from './live.ts'
import { renewLines } from './native-lines.ts'
import type { Claim } from './plans.ts'
import { redactedBodies } from './redactions.ts'

export interface Gathered {
  readonly draft: SessionDraft
  readonly claim: Claim
  readonly redactions: RedactionCounts
}

/** What is wanted of a session: its drafts up to `cutoff` (or only some of them), and these turns whole. */
export interface Wanted {
  readonly cutoff: Millis
  readonly turns: ReadonlySet<TurnId>
  readonly only?: (stored: StoredEvent) => boolean
  /** Native lines go with the main slice; a continuation for an earlier commit takes none. */
  readonly native: boolean
}

export async function gatherSession(store: LiveStore, session: StoredSession, wanted: Wanted): Promise<Gathered> {
  const read = readEvents(store, session, wanted.cutoff, wanted.turns)
  const stored = read.events.filter(wanted.only ?? (() => true))
  const bodies = await redactedBodies(store, stored.map(({ row }) => row))
  const events = stored.flatMap(({ row, event }): Event[] => {
    const redacted = bodies.get(row)
    // Without a redacted body there is nothing that may leave the live store.
    if (redacted === undefined) return []
    const { id, turn, subagent, at } = event
    return [{
      id, ...(turn === undefined ? {} : { turn }), ...(subagent === undefined ? {} : { subagent }), at,
      ...redacted.body,
    }]
  })
  const lines = wanted.native ? await renewLines(readNativeLines(store, session, wanted.cutoff)) : []
  const slice = sliceOf(session, lines)
  return {
    draft: {
      agent: session.agent,
      ...(session.agentVersion === undefined ? {} : { agentVersion: session.agentVersion }),
      session: session.session,
      foundBy: session.foundBy,
      events,
      turns: readTurns(store, session),
      native: slice.files,
      ...(slice.main === undefined ? {} : { slice: slice.main }),
    },
    claim: {
      session, events: stored.filter(({ row }) => bodies.has(row)), absorbed: read.absorbed,
      nativeDigests: lines.map(({ subagent, digest }) => ({ subagent, digest })),
      slicedLines: slice.lines, slicedDigest: slice.digest,
    },
    redactions: sumCounts([...bodies.values()].map(({ counts }) => counts)),
  }
}

interface Slice {
  readonly files: SessionDraft['native']
  readonly main?: NonNullable<SessionDraft['slice']>
  readonly lines: number
  readonly digest: string
}

const NO_DIGEST = '0'.repeat(64)

/** The lines as files, and the chain digest of the main transcript: d = SHA-256(d before, SHA-256(slice)). */
function sliceOf(session: StoredSession, lines: readonly NativeLine[]): Slice {
  const texts = new Map<string, string[]>()
  for (const { subagent, line } of lines) {
    const text = texts.get(subagent)
    if (text === undefined) texts.set(subagent, [line])
    else text.push(line)
  }
  const files = [...texts].map(([subagent, text]) =>
    ({ path: nativePath(session, subagent), text: `${text.join('\n')}\n` }))
  const main = texts.get('')
  if (main === undefined) return { files, lines: session.slicedLines, digest: session.slicedDigest }
  const path = nativePath(session, '')
  const sliceDigest = createHash('sha256').update(files.find((file) => file.path === path)!.text).digest()
  const before = Buffer.from(session.slicedDigest === '' ? NO_DIGEST : session.slicedDigest, 'hex')
  const digest = createHash('sha256').update(before).update(sliceDigest).digest('hex')
  const to = session.slicedLines + main.length
  return { files, main: { path, from: session.slicedLines, to, digest }, lines: to, digest }
}

/** Ids come from an agent's file: whatever is no plain name is written in hex. */
const nativePath = (session: StoredSession, subagent: string): string =>
  `native/${session.agent}-${plain(session.session)}${subagent === '' ? '' : `.${plain(subagent)}`}.jsonl`

const plain = (id: string): string =>
  /^[A-Za-z0-9_-]{1,100}$/.test(id) ? id : Buffer.from(id).toString('hex').slice(0, 100)
