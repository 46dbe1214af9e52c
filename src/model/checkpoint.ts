// The shapes of a checkpoint as it lies in `refs/bitloops/checkpoints`. docs/FORMAT.md is the reference for readers.

import type { EventBody, TokenUsage } from './event.ts'
import type { AgentName, CheckpointId, EventId, Oid, SessionId, TurnId } from './ids.ts'

export const FORMAT_VERSION = 1

/** ISO 8601 in UTC with milliseconds: `2026-11-20T16:11:19.103Z`. */
export type Timestamp = string

/** session.json */
export interface CheckpointRecord {
  readonly schema: typeof FORMAT_VERSION
  readonly id: CheckpointId
  /** `session`: kept when a session was over, was compacted, or by hand; no commit made it. */
  readonly kind: 'commit' | 'continuation' | 'session'
  /** For a continuation: the checkpoint whose turn it goes on with. */
  readonly continues?: CheckpointId
  /** Order among the checkpoints of one commit, from 0. */
  readonly seq: number
  readonly origin: Origin
  readonly sessions: readonly SessionRecord[]
  /** Files of the commit that a session's recorded edits reach; of a session checkpoint those that it edited. */
  readonly files: readonly FileRecord[]
  readonly symbols: readonly SymbolRecord[]
  readonly statements: readonly Statement[]
  readonly evidence: readonly Evidence[]
  /** How many secrets of which kind were replaced. */
  readonly redactions: Readonly<Record<string, number>>
  /** The lines of the note, frozen. */
  readonly note: readonly string[]
}

/**
 * The commit the checkpoint was made for. A session checkpoint has the commit that its worktree was at: before the
 * first one, an id of zeros, the empty tree, and the time of its last event.
 */
export interface Origin {
  readonly commit: Oid
  readonly tree: Oid
  readonly parents: readonly Oid[]
  /** `git patch-id --stable` of the commit; absent for merges, empty commits and session checkpoints. */
  readonly patchId?: Oid
  /** Short branch name at the time; absent on a detached HEAD. */
  readonly branch?: string
  readonly authoredAt: Timestamp
  readonly committedAt: Timestamp
}

export interface SessionRecord {
  readonly agent: AgentName
  readonly agentVersion?: string
  readonly session: SessionId
  /** In the order of first use. */
  readonly models: readonly string[]
  readonly turns: readonly TurnRecord[]
  readonly startedAt: Timestamp
  readonly endedAt: Timestamp
  /** Sum over the turns of last minus first event. */
  readonly durationMs: number
  /** Each API message once; subagents included. Absent when the agent told of no tokens: unknown is not none. */
  readonly usage?: TokenUsage
  /** The agent's own lines of this slice; absent when its transcript could not be read. */
  readonly transcript?: TranscriptSlice
  /**
   * How we know of the session: its hooks; a git hook in its shell; a search by folder and time; `import` of what its
   * agent keeps; another tool.
   */
  readonly foundBy: 'hook' | 'git-hook' | 'scan' | 'import' | 'git-ai' | 'entire'
  readonly subagents: readonly { readonly id: string; readonly agentType: string }[]
}

export interface TurnRecord {
  readonly turn?: TurnId
  /** Number in the session, from 1. */
  readonly number: number
  /** The user's words, redacted, whole; absent when the turn has no prompt in this slice. */
  readonly prompt?: string
  /** The last thing the agent said in this slice of the turn. */
  readonly response?: string
  readonly outcome?: 'completed' | 'interrupted' | 'failed'
  readonly startedAt: Timestamp
  readonly endedAt: Timestamp
}

export interface TranscriptSlice {
  /** Path below the checkpoint: `native/<agent>-<session>.jsonl`. */
  readonly path: string
  /** Count of lines before this slice, and after it. */
  readonly from: number
  readonly to: number
  /** d = SHA-256(d before, SHA-256(slice)), hex; of the redacted bytes. The first d before is 32 zero bytes. */
  readonly digest: string
}

export interface FileRecord {
  readonly path: string
  readonly from?: string
  readonly change: 'create' | 'modify' | 'delete' | 'rename' | 'type'
  /** Lines of the commit's diff; absent for binary files, and where there is no commit. */
  readonly added?: number
  readonly removed?: number
  /** Added lines of the commit that a recorded edit wrote; absent when the edits tell no lines. */
  readonly agentAdded?: number
  /** `tool`: recorded edit; `inferred`: changed while the agent ran something; `unknown`: agent or user;
   *  `replaced`: the agent wrote the file, nothing of it is left. */
  readonly evidence: 'tool' | 'inferred' | 'unknown' | 'replaced'
  /** Sessions with a part in it; more than one with the same lines: `ambiguous`. */
  readonly sessions: readonly SessionId[]
  readonly ambiguous?: true
}

export interface SymbolRecord {
  readonly path: string
  readonly name: string
}

/** What was decided, what bound the work, what was rejected. */
export interface Statement {
  readonly kind: 'decision' | 'constraint' | 'rejected'
  readonly text: string
  readonly why?: string
  readonly session: SessionId
  readonly turn: number
}

/** Why a session belongs to the commit. */
export interface Evidence {
  readonly session: SessionId
  readonly why:
    | 'edits'            // its recorded edits are in the commit
    | 'agent-shell'      // the commit was made by the agent's own shell
    | 'inferred'         // files changed while its tools ran
    | 'content-replaced' // it wrote the path; its content was replaced before the commit
    | 'same-turn'        // continuation
    | 'session'          // kept for its own sake, without a commit
    | 'imported'         // another tool kept it of the commit
  readonly paths?: readonly string[]
  /** Found by a later look, since no hook saw the commit. */
  readonly late?: true
}

/** A line of transcript.jsonl: an event with its place. */
export type TranscriptEntry = EventBody & {
  readonly id: EventId
  readonly agent: AgentName
  readonly session: SessionId
  readonly turn?: number
  readonly subagent?: string
  readonly at: Timestamp
}

/** `.bitloops/links/v1/<2 hex>/<commit>/<checkpoint>.json` */
export interface LinkRecord {
  readonly schema: typeof FORMAT_VERSION
  readonly commit: Oid
  readonly checkpoint: CheckpointId
  readonly evidence: 'commit' | 'rewrite' | 'cherry-pick' | 'squash' | 'split' | 'tree' | 'patch-id' | 'attached'
  /** The commit the evidence leads to, where it is not the checkpoint's own. */
  readonly from?: Oid
  /**
   * The commit the checkpoint was made for, where that is not this one: a commit may have been rewritten many
   * times.
   */
  readonly origin?: Oid
  /** What made or found the link: `promotion`, `amend`, `rebase`, `cherry-pick`, `relink` … */
  readonly by: string
}

const ROOT = '.bitloops'
const fanOut = (oid: Oid): string => `${oid.slice(0, 2)}/${oid}`

/** Folder of all checkpoints made for a commit, in the tree of the ref. */
export const checkpointsPath = (commit: Oid): string => `${ROOT}/checkpoints/v1/${fanOut(commit)}`
export const checkpointPath = (commit: Oid, id: CheckpointId): string => `${checkpointsPath(commit)}/${id}`
/** Folder of all links of a commit, in the tree of the ref. */
export const linksPath = (commit: Oid): string => `${ROOT}/links/v1/${fanOut(commit)}`
/** Folder of those folders, for all commits whose ids begin with the same two digits. */
export const linksFolder = (beginning: string): string => `${ROOT}/links/v1/${beginning.slice(0, 2)}`
export const linkPath = (commit: Oid, id: CheckpointId): string => `${linksPath(commit)}/${id}.json`
/** Folder of the directory projection, in a working tree (no fan-out). */
export const directoryPath = (commit: Oid): string => `${ROOT}/checkpoints/v1/${commit}`

/** Beside all checkpoints: which version of the format this is, and how often content was purged. */
export const FORMAT_PATH = `${ROOT}/format`
export const EPOCH_PATH = `${ROOT}/epoch`
/** Folder of the tombstones, `<checkpoint id>.json` each: what has one was purged, and never comes back. */
export const TOMBSTONES_PATH = `${ROOT}/tombstones/v1`
export const tombstonePath = (id: CheckpointId): string => `${TOMBSTONES_PATH}/${id}.json`

export const CHECKPOINTS_REF = 'refs/bitloops/checkpoints'
export const NOTES_REF = 'refs/notes/bitloops'
