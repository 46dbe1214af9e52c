// Says of each snapshot whether it is what was there when its turn began or ended. The drain looks some time after the
// agent went on: a start that came after the first tool had begun is put right where the tools told what they changed.

import type { AgentAdapter } from '../agents/agent.ts'
import type { Repository } from '../git/repository.ts'
import type { FileChange, Hunk, Millis } from '../model/event.ts'
import type { LiveStore } from './live.ts'
import { mendTree } from './snapshots-mend.ts'
import type { EarlyEdit } from './snapshots-mend.ts'
import { keepSnapshots, readSnapshots } from './snapshots.ts'
import type { SnapshotRow } from './snapshots.ts'

export interface Judging {
  readonly store: LiveStore
  readonly repository: Repository
  readonly findAdapter: (name: string) => AgentAdapter | undefined
}

/** After this long the user may have worked in between, and nobody would know. */
const MAX_DELAY_MS = 10_000

/** All snapshots of a worktree, judged. */
export async function judgeSnapshots(judging: Judging, worktree: string): Promise<readonly SnapshotRow[]> {
  const judged: SnapshotRow[] = []
  for (const row of readSnapshots(judging.store, worktree)) {
    judged.push(row.state === 'taken' ? await judge(judging, row) : row)
  }
  return judged
}

async function judge(judging: Judging, row: SnapshotRow): Promise<SnapshotRow> {
  const { store } = judging
  const known = store.get<{ agent: string; openTurn: string | null }>(
    'SELECT agent, open_turn AS openTurn FROM sessions WHERE id = ?', row.session)
  const adapter = known === undefined ? undefined : judging.findAdapter(known.agent)
  if (adapter === undefined || row.at - row.toldAt > MAX_DELAY_MS) return settle(store, row, 'late', row.tree)
  const calls = readCalls(store, row).filter(({ tool }) => tool === null || !adapter.readOnlyTools.has(tool))
  if (calls.length > 0 && row.moment === 'end') return settle(store, row, 'late', row.tree)
  const mended = calls.length === 0 ? undefined : await mend(judging, row, calls)
  const state = calls.length === 0 ? 'exact' : mended === undefined ? 'late' : 'mended'
  // Of a turn under way not everything may have been told yet.
  const isOpen = known?.openTurn === row.turn
  if (isOpen) return { ...row, state, tree: mended ?? row.tree }
  const settled = settle(store, row, state, mended ?? row.tree)
  if (mended !== undefined) await keepSnapshots(store, judging.repository, row.worktree, row.session)
  return settled
}

function settle(
  store: LiveStore, row: SnapshotRow, state: SnapshotRow['state'], tree: SnapshotRow['tree'],
): SnapshotRow {
  store.run('UPDATE snapshots SET state = ?, tree = ? WHERE id = ?', state, tree, row.id)
  return { ...row, state, tree }
}

interface Call {
  readonly call: string | null
  readonly tool: string | null
  readonly outcome: string | null
}

/**
 * The tool calls that may have written before the look was over: at a start those of the turn itself, at an end those
 * of what came next.
 */
const readCalls = (store: LiveStore, { session, turn, moment, toldAt, at }: SnapshotRow): readonly Call[] =>
  store.all<Call>(
    `SELECT body ->> '$.call' AS call, max(body ->> '$.tool') AS tool,
       max(CASE WHEN kind = 'tool-result' THEN body ->> '$.outcome' END) AS outcome
     FROM events
     WHERE session = ? AND kind IN ('tool-call', 'tool-result', 'file-change') AND source <> 'worktree' AND copied = 0
       AND ${moment === 'start' ? '(turn = ? OR (turn IS NULL AND at >= ?))' : '(turn IS NOT ? AND at > ?)'}
     GROUP BY body ->> '$.call'
     HAVING min(at - coalesce(body ->> '$.durationMs', 0)) <= ?`,
    session, turn, toldAt, at)

/** Undefined where not all of them told the text that was there before. */
async function mend(
  judging: Judging, row: SnapshotRow, calls: readonly Call[],
): Promise<SnapshotRow['tree'] | undefined> {
  const wrote = calls.filter(({ outcome }) => outcome !== 'refused')
  const edits = readEdits(judging.store, row)
  const told = new Set(edits.map(({ call }) => call))
  if (wrote.some(({ call }) => call === null || !told.has(call))) return undefined
  const early = new Set(wrote.map(({ call }) => call))
  const paths = new Set(edits.filter(({ call }) => early.has(call)).map(({ path }) => path))
  return await mendTree(judging.repository, row, edits.filter(({ path }) => paths.has(path)))
}

/** The turn's file changes that tools told, in order; of each call the most complete telling. */
function readEdits(store: LiveStore, { session, turn, worktree }: SnapshotRow): readonly EarlyEdit[] {
  const rows = store.all<{ path: string; worktree: string; body: string; at: Millis }>(
    `SELECT d.path, d.worktree, d.at, (SELECT e.body FROM events e WHERE e.session = d.session
        AND e.event_id = d.event_id ORDER BY e.body ->> '$.hunks' IS NULL, e.rank DESC LIMIT 1) AS body
     FROM edits d WHERE d.session = ? AND (d.turn = ? OR d.turn IS NULL) AND d.evidence = 'tool' ORDER BY d.at, d.id`,
    session, turn)
  return rows.flatMap((row) => {
    const change = JSON.parse(row.body ?? '{}') as Partial<FileChange> & { readonly hunks?: readonly Hunk[] }
    const { call, before, after, hunks, from } = change
    if (call === undefined || from !== undefined || row.worktree !== worktree) return []
    return [{ path: row.path, call, before, after, hunks }]
  })
}
