// Looks into the live store as it lies on disk.

import type { EventBody } from '../../src/model/event.ts'
import { openLiveStore } from '../../src/store/live.ts'
import type { TestRepository } from './repository.ts'

export interface StoredEvent {
  readonly session: string
  readonly id: string
  readonly turn: string | null
  readonly subagent: string | null
  readonly body: EventBody
}

/** All events of the live store, each once; the best telling of each. */
export async function readEvents(repository: TestRepository): Promise<readonly StoredEvent[]> {
  const store = await openLiveStore(repository.bitloopsHome, { readOnly: true })
  try {
    const rows = store.all<{ session_id: string; event_id: string; turn: string; subagent: string; body: string }>(
      `SELECT s.session_id, e.event_id, e.turn, e.subagent, e.body, max(e.rank)
       FROM events e JOIN sessions s ON s.id = e.session GROUP BY e.session, e.event_id ORDER BY min(e.id)`)
    return rows.map((row) => ({
      session: row.session_id, id: row.event_id, turn: row.turn, subagent: row.subagent,
      body: JSON.parse(row.body) as EventBody,
    }))
  } finally {
    store.close()
  }
}

/** The prompts that are stored. */
export async function readPrompts(repository: TestRepository): Promise<readonly string[]> {
  return (await readEvents(repository)).flatMap(({ body }) => body.kind === 'prompt' ? [body.text] : [])
}

/** What doctor would tell: kind, what, how often. */
export async function readFindings(
  repository: TestRepository,
): Promise<readonly { readonly kind: string; readonly what: string; readonly count: number }[]> {
  const store = await openLiveStore(repository.bitloopsHome, { readOnly: true })
  try {
    return store.all('SELECT kind, what, count FROM findings ORDER BY kind, what')
  } finally {
    store.close()
  }
}
