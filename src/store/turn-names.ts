// Turns that an agent's hooks do not name (Gemini CLI, Copilot) are called by the time they began, until the
// transcript tells their names.

import type { Millis } from '../model/event.ts'
import type { TurnId } from '../model/ids.ts'
import type { LiveStore } from './live.ts'

/** The name of a turn that is known only by its beginning. */
export const turnAt = (at: Millis): string => `at:${at}`

/** True for a name that the agent gave. */
export const isNamed = (turn: string): turn is TurnId => !turn.startsWith('at:')

/** Agents write a prompt down after its hook (75 to 790 ms, measured); what our clocks may differ by. */
const SKEW_MS = 20

/** The agent's name of a turn, as soon as the transcript told its prompt. */
export function nameOfTurn(store: LiveStore, session: number, turn: string): string {
  if (isNamed(turn)) return turn
  const begun = Number(turn.slice('at:'.length))
  return store.get<{ turn: string }>(
    `SELECT turn FROM events
     WHERE session = ? AND kind = 'prompt' AND subagent IS NULL AND turn NOT LIKE 'at:%' AND at >= ?
     ORDER BY at, id LIMIT 1`, session, begun - SKEW_MS)?.turn ?? turn
}

/** Gives the turns of a session their names wherever something is kept under the time they began. */
export function nameTurns(store: LiveStore, session: number): void {
  const unnamed = store.all<{ turn: string }>(
    `SELECT open_turn AS turn FROM sessions WHERE id = ? AND open_turn LIKE 'at:%' UNION
     SELECT turn FROM fingerprints WHERE session = ? AND turn LIKE 'at:%' UNION
     SELECT turn FROM snapshots WHERE session = ? AND turn LIKE 'at:%'`, session, session, session)
  for (const { turn } of unnamed) {
    const name = nameOfTurn(store, session, turn)
    if (name === turn) continue
    store.transaction(() => {
      store.run('UPDATE sessions SET open_turn = ? WHERE id = ? AND open_turn = ?', name, session, turn)
      for (const table of ['fingerprints', 'snapshots']) {
        // What is kept under the name already was looked at later.
        store.run(`UPDATE OR REPLACE ${table} SET turn = ? WHERE session = ? AND turn = ?`, name, session, turn)
      }
    })
  }
}
