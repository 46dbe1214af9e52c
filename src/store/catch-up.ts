// Reads on in the transcripts of sessions: answers, reasoning, models and token counts are only there.

import type { AgentAdapter } from '../agents/agent.ts'
import { appendPlaced, place } from './append.ts'
import type { Recording } from './append.ts'
import { hasTold, hasToldEnd } from './events.ts'
import { readGaps } from './gaps.ts'
import { openRowTranscripts } from './opencode-transcript.ts'
import type { OpenTranscripts } from './opencode-transcript.ts'
import { noteTranscript, readSession } from './sessions.ts'
import type { SessionRow, TranscriptCondition } from './sessions.ts'
import { nameTurns } from './turn-names.ts'
import { listSubagentTranscripts, readTranscript, transcriptPathOf } from './transcripts.ts'
import type { TranscriptTarget } from './transcripts.ts'

/**
 * Agents write the last answer some time after they said that the turn is over (measured: Claude Code 7 to 55 ms,
 * Copilot about 100).
 */
const LATE_MS = 300
const LOOK_AGAIN_MS = 20

/** Another process that took a delivery from the inbox has read the transcript by then. */
const RECENT_MS = 60_000

/**
 * Sessions that are under way, were so just now, or have edits waiting for a commit: what hooks could not tell of them
 * is read as well. A commit may come while a drain knows already that a turn is over, and does not know its edits yet.
 */
export const unfinishedSessions = ({ store, now }: Recording): readonly number[] => store.all<{ id: number }>(
  `SELECT id FROM sessions WHERE last_event_at > ? OR id IN (
     SELECT id FROM sessions WHERE open_turn IS NOT NULL UNION SELECT session FROM edits WHERE settled IS NULL)
   ORDER BY last_event_at DESC LIMIT 32`, now() - RECENT_MS).map(({ id }) => id)

/** Reads what is new in all transcripts of a session; gives back how many events were new. */
export async function catchUp(recording: Recording, session: number): Promise<number> {
  const row = readSession(recording.store, session)
  const adapter = row === undefined ? undefined : recording.findAdapter(row.agent)
  const path = transcriptPathOf(recording.store, session)
  if (row === undefined || adapter === undefined || path === undefined) return 0
  const transcripts = adapter.transcript === 'sqlite'
    ? await openRowTranscripts(recording.store, path, recording.now())
    : fileTranscripts(recording, row, adapter, path)
  try {
    const main = await readOne(recording, transcripts, { session: row, adapter, path })
    if (main.state !== row.transcriptState) noteTranscript(recording.store, session, main.state)
    let events = main.events
    for (const [subagent, of] of transcripts.subagents()) {
      events += (await readOne(recording, transcripts, { session: row, adapter, path: of, subagent })).events
    }
    if (events > 0) nameTurns(recording.store, session)
    return events
  } finally {
    transcripts.close()
  }
}

const fileTranscripts = (
  { store, now }: Recording, session: SessionRow, adapter: AgentAdapter, path: string,
): OpenTranscripts => ({
  read: (target, prepare) => readTranscript(store, target, now(), prepare),
  subagents: () => listSubagentTranscripts(store, session, adapter, path),
  close: () => {},
})

/** What is known to come: the text of the last answer, or a turn's end among the events after a row. */
export type Awaited = { readonly text: string } | { readonly endAfter: number }

/** As `catchUp`, and waits a moment for what is known to come. */
export async function catchUpTo(recording: Recording, session: number, awaited: Awaited): Promise<number> {
  const { store } = recording
  const hasCome = (): boolean =>
    'text' in awaited ? hasTold(store, session, awaited.text) : hasToldEnd(store, session, awaited.endAfter)
  let events = await catchUp(recording, session)
  for (let waited = 0; waited < LATE_MS && !hasCome(); waited += LOOK_AGAIN_MS) {
    await new Promise((resolve) => { setTimeout(resolve, LOOK_AGAIN_MS) })
    events += await catchUp(recording, session)
  }
  return events
}

async function readOne(
  recording: Recording, transcripts: OpenTranscripts, of: Omit<TranscriptTarget, 'gaps'>,
): Promise<{ readonly state: TranscriptCondition; readonly events: number }> {
  let events = 0
  const gaps = readGaps(recording.repository.home)
  const state = await transcripts.read({ ...of, gaps }, async (observations) => {
    const placed = await place(recording, observations)
    return () => { events += appendPlaced(recording, of.session.id, placed) }
  })
  return { state, events }
}
