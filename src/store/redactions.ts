// Redacted bodies of events, kept until the rules change: the drain pays for redaction, a commit does not.

import type { EventBody } from '../model/event.ts'
import type { LiveStore } from './live.ts'

export interface RedactedBody {
  readonly body: EventBody
  /** How many secrets of which kind were replaced. */
  readonly counts: Counts
}

type Counts = Readonly<Record<string, number>>

/** Rows handled together: large enough for the scanner, small enough to keep in memory. */
const BATCH_ROWS = 200
const BATCH_CHARACTERS = 512 * 1024

/** The redacted bodies of some rows of `events`, by row; what the cache lacks is redacted now and kept. */
export async function redactedBodies(store: LiveStore, rows: readonly number[]): Promise<Map<number, RedactedBody>> {
  const { RULES_VERSION } = await import('../model/redact.ts')
  const bodies = new Map<number, RedactedBody>()
  const missing: number[] = []
  for (const row of rows) {
    const known = store.get<{ body: string; counts: string }>(
      'SELECT body, counts FROM redactions WHERE event = ? AND rules = ?', row, RULES_VERSION)
    if (known === undefined) missing.push(row)
    else bodies.set(row, { body: JSON.parse(known.body) as EventBody, counts: JSON.parse(known.counts) as Counts })
  }
  for await (const [row, redacted] of redactRows(store, missing)) bodies.set(row, redacted)
  return bodies
}

/** Fills the cache for all drafts of some sessions. */
export async function redactDrafts(store: LiveStore, sessions: readonly number[]): Promise<void> {
  const { RULES_VERSION } = await import('../model/redact.ts')
  for (const session of sessions) {
    const rows = store.all<{ id: number }>(
      `SELECT e.id FROM events e LEFT JOIN redactions r ON r.event = e.id AND r.rules = ?
       WHERE e.session = ? AND e.checkpoint IS NULL AND e.copied = 0 AND r.event IS NULL`, RULES_VERSION, session)
    for await (const _ of redactRows(store, rows.map((row) => row.id)));
  }
}

async function* redactRows(store: LiveStore, rows: readonly number[]): AsyncGenerator<readonly [number, RedactedBody]> {
  const { redactValues, RULES_VERSION } = await import('../model/redact.ts')
  for (const batch of batches(store, rows)) {
    const redacted = await redactValues(batch.map(({ body }) => JSON.parse(body) as unknown))
    const done = batch.map(({ id }, index) => {
      const { value, counts } = redacted[index]!
      return [id, { body: value as EventBody, counts }] as const
    })
    store.transaction(() => {
      for (const [id, { body, counts }] of done) {
        store.run('INSERT OR REPLACE INTO redactions (event, rules, body, counts) VALUES (?, ?, ?, ?)',
          id, RULES_VERSION, JSON.stringify(body), JSON.stringify(counts))
      }
    })
    yield* done
  }
}

function* batches(store: LiveStore, rows: readonly number[]): Generator<{ id: number; body: string }[]> {
  let batch: { id: number; body: string }[] = []
  let characters = 0
  for (const id of rows) {
    const row = store.get<{ body: string }>('SELECT body FROM events WHERE id = ?', id)
    if (row === undefined) continue
    batch.push({ id, body: row.body })
    characters += row.body.length
    if (batch.length < BATCH_ROWS && characters < BATCH_CHARACTERS) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}
