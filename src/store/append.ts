// Appends observations whoever told them: finds the places of their file changes before the transaction, and keeps
// marker, copies and open turns right inside it.

import type { AgentAdapter } from '../agents/agent.ts'
import type { Locator } from '../git/locate.ts'
import type { Repository } from '../git/repository.ts'
import type { Millis, Observation } from '../model/event.ts'
import { placeChanges } from './edits.ts'
import type { PlacedObservations } from './edits.ts'
import { appendObservations, IMPORTED, lastEventRow, settleCopies } from './events.ts'
import type { LiveStore } from './live.ts'
import { markPending } from './pending.ts'
import { closeTurn, noteActivity } from './sessions.ts'

/** What the parts of a recording share. */
export interface Recording {
  readonly repository: Repository
  readonly store: LiveStore
  readonly locator: Locator
  readonly now: () => Millis
  readonly findAdapter: (name: string) => AgentAdapter | undefined
  /** Old sessions are taken in: what they changed waits for no commit to come. */
  readonly imports?: true
}

export const place = (recording: Recording, observations: readonly Observation[]): Promise<PlacedObservations> =>
  placeChanges(recording.repository, recording.locator, observations)

/** Adds placed observations to a session, inside a transaction; gives back how many events were new. */
export function appendPlaced(
  { store, repository, imports }: Recording, session: number, placed: PlacedObservations,
): number {
  if (placed.observations.length === 0) return 0
  const before = lastEventRow(store)
  // Before the edit: a crash between leaves a marker without an edit, which costs a look, never the other way round.
  const isEdit = ({ event }: Observation): boolean =>
    event.kind === 'file-change' && placed.placeOf(event) !== undefined
  if (imports !== true && placed.observations.some(isEdit)) markPending(repository.home)
  const settled = imports === true ? IMPORTED : undefined
  const added = appendObservations(store, session, placed.observations, placed.placeOf, settled)
  settleCopies(store, session, before)
  for (const { event, source } of placed.observations) {
    const isEnd = source === 'transcript' && event.kind === 'turn-end' && event.subagent === undefined
    if (isEnd && event.turn !== undefined) closeTurn(store, session, event.turn)
  }
  const times = placed.observations.map(({ event }) => Math.round(event.at)).sort((one, other) => one - other)
  noteActivity(store, session, times[0]!, times.at(-1)!)
  return added
}
