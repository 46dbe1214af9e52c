// Makes a session known that was put back from checkpoints: what its transcripts hold so far is recorded already, and
// the next slice goes on from there.

import { closeSync, fstatSync, openSync } from 'node:fs'
import type { AgentAdapter, TranscriptState } from '../agents/agent.ts'
import type { Millis } from '../model/event.ts'
import type { SessionId } from '../model/ids.ts'
import type { LiveStore } from './live.ts'
import { readLines } from './lines.ts'
import { seeSession } from './sessions.ts'
import { expectTranscript, positionAt } from './transcripts.ts'
import type { Position } from './transcripts.ts'

export interface AdoptedSession {
  readonly session: SessionId
  readonly at: Millis
  readonly worktree: string
  readonly cwd: string
  /** The transcripts as they were put back; the main one without a subagent. */
  readonly files: readonly { readonly path: string; readonly subagent?: string }[]
  /** How many lines of the main one checkpoints hold, and the digest of their slices. */
  readonly slicedLines: number
  readonly slicedDigest: string
}

export function adoptSession(store: LiveStore, adapter: AgentAdapter, adopted: AdoptedSession): void {
  const { session, at, worktree, cwd } = adopted
  const files = adopted.files.map((file) => ({ ...file, position: endOf(adapter, session, file) }))
  store.transaction(() => {
    const row = seeSession(store, { agent: adapter.name, session, at, foundBy: 'scan', worktree, cwd })
    for (const { path, subagent, position } of files) {
      expectTranscript(store, row, subagent, path)
      store.run(
        'UPDATE transcripts SET offset = ?, tail = ?, tail_bytes = ?, state = ? WHERE session = ? AND subagent = ?',
        position.offset, position.tail, position.tailBytes, position.state, row, subagent ?? '')
    }
    store.run('UPDATE sessions SET sliced_lines = ?, sliced_digest = ? WHERE id = ?',
      adopted.slicedLines, adopted.slicedDigest, row)
  })
}

/** Behind the last line, with what the adapter has to remember of those before. */
function endOf(
  adapter: AgentAdapter, session: SessionId, { path, subagent }: AdoptedSession['files'][number],
): Position {
  const file = openSync(path, 'r')
  try {
    let state: TranscriptState | undefined
    for (const { lines } of readLines(file, 0)) {
      state = adapter.parseTranscript(lines, { session, ...subagent === undefined ? {} : { subagent } }, state).state
    }
    return positionAt(file, fstatSync(file).size, state ?? {})
  } finally {
    closeSync(file)
  }
}
