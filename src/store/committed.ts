// Rows of the committed tables: what is in the ref, for questions that a tree does not answer.

import type { CheckpointRecord, LinkRecord } from '../model/checkpoint.ts'
import type { LiveStore } from './live.ts'

/** `text`: session.json. `into`: what the names of the tables begin with. */
export function insertCheckpoint(store: LiveStore, record: CheckpointRecord, text: string, into = ''): void {
  const intent = record.sessions.flatMap((session) => session.turns.flatMap((turn) => turn.prompt ?? []))[0] ?? ''
  store.run(`
    INSERT OR IGNORE INTO ${into}checkpoints
      (id, "commit", seq, kind, made_at, intent, agents, session, tree, patch_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  record.id, record.origin.commit, record.seq, record.kind, Date.parse(record.origin.committedAt) || 0, intent,
  JSON.stringify([...new Set(record.sessions.map(({ agent }) => agent))]), text,
  record.origin.tree ?? '', record.origin.patchId ?? null)
  record.statements.forEach(({ kind, turn, text: said, why }, ordinal) => {
    store.run(`
      INSERT OR IGNORE INTO ${into}statements (checkpoint, ordinal, kind, turn, text, why)
      VALUES (?, ?, ?, ?, ?, ?)`,
    record.id, ordinal, kind, turn, said, why ?? null)
  })
}

export function insertLink(store: LiveStore, link: LinkRecord, into = ''): void {
  store.run(`INSERT OR IGNORE INTO ${into}links ("commit", checkpoint, evidence, body) VALUES (?, ?, ?, ?)`,
    link.commit, link.checkpoint, link.evidence, JSON.stringify(link))
}
