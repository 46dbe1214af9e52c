// Freezes what a session has said since its last checkpoint as a checkpoint of its own: no commit made it, so no link
// and no note leads to it. It lies below the commit that HEAD is at.

import { readBranch } from '../git/commit.ts'
import { parseCommit } from '../git/commit-object.ts'
import { noOid } from '../git/refs.ts'
import { emptyTreeOf } from '../git/tree-diff.ts'
import type { FileRecord, Origin } from '../model/checkpoint.ts'
import { isSaid } from '../model/event.ts'
import type { FileChange, Millis } from '../model/event.ts'
import type { CheckpointId, SessionId } from '../model/ids.ts'
import { buildCheckpoint, timestamp } from '../model/record.ts'
import { sumCounts } from '../model/redaction-counts.ts'
import { findSession } from './drafts.ts'
import type { FreezeContext } from './freeze.ts'
import { gatherSession } from './gather.ts'
import type { Gathered } from './gather.ts'
import type { LiveStore } from './live.ts'
import { redactNames } from './names.ts'
import { countPlansOf, freezePlan } from './plans.ts'

/** `beaten`: a promotion took some of it meanwhile; ask again. */
export type FrozenSession = { readonly id: CheckpointId } | 'nothing' | 'beaten'

/** `context`: of the worktree that the session works in. */
export async function freezeSession(
  context: FreezeContext, session: SessionId, cutoff: Millis,
): Promise<FrozenSession> {
  const { store, repository, now } = context
  const stored = findSession(store, session)
  if (stored === undefined) return 'nothing'
  const gathered = await gatherSession(store, stored, { cutoff, turns: new Set(), native: true })
  const last = gathered.draft.events.at(-1)
  if (last === undefined || !gathered.draft.events.some(isSaid)) return 'nothing'
  const { value: named, counts } = await redactNames({
    origin: await originOf(context, last.at), files: filesOf(store, gathered),
    evidence: [{ session, why: 'session' as const }],
  })
  const built = buildCheckpoint({
    kind: 'session', seq: countPlansOf(store, named.origin.commit),
    commit: named.origin.commit, committedAt: Date.parse(named.origin.committedAt), ...named,
    sessions: [gathered.draft], symbols: [], redactions: sumCounts([counts, gathered.redactions]),
  })
  const { id, note } = built.record
  const isFrozen = freezePlan(store, repository.home, {
    built, kind: 'session', commit: named.origin.commit, links: [], note, cutoff, madeAt: now(),
    claims: [gathered.claim], settled: [],
  })
  return isFrozen ? { id } : 'beaten'
}

async function originOf({ repository, reader }: FreezeContext, lastAt: Millis): Promise<Origin> {
  const [head, branch] = await Promise.all([reader.read('HEAD^{commit}'), readBranch(repository)])
  const commit = head?.type === 'commit' ? parseCommit(head) : {
    oid: noOid(repository), tree: emptyTreeOf(repository), parents: [], authoredAt: lastAt, committedAt: lastAt,
  }
  return {
    commit: commit.oid, tree: commit.tree, parents: commit.parents,
    ...(branch === undefined ? {} : { branch }),
    authoredAt: timestamp(commit.authoredAt), committedAt: timestamp(commit.committedAt),
  }
}

interface EditedFile {
  readonly path: string
  readonly fromPath: string | null
  readonly change: FileChange['change']
  readonly evidence: 'tool' | 'inferred'
}

/** The files that these events changed, each once, as far as it is known that the agent did it. */
function filesOf(store: LiveStore, { claim: { session, events } }: Gathered): readonly FileRecord[] {
  const files = new Map<string, FileRecord>()
  for (const { event } of events) {
    if (event.kind !== 'file-change') continue
    const edits = store.all<EditedFile>(
      `SELECT path, from_path AS fromPath, change, evidence FROM edits
       WHERE session = ? AND event_id = ? AND evidence <> 'unknown' ORDER BY id`, session.row, event.id)
    for (const { path, fromPath, change, evidence } of edits) {
      const known = files.get(path)
      files.set(path, {
        path, ...(fromPath === null ? {} : { from: fromPath }),
        // What it made and went on with is still new.
        change: known?.change === 'create' && change === 'modify' ? 'create' : change,
        evidence: known?.evidence === 'tool' ? 'tool' : evidence, sessions: [session.session],
      })
    }
  }
  return [...files.values()]
}
