// Makes checkpoints of what git-ai or Entire kept of commits, so that nobody has to start again. Their refs are only
// read. Doing it again adds nothing; interrupted, it goes on where it was.

import { readNumberedChanges } from './git/commit-changes.ts'
import type { NumberedChanges } from './git/commit-changes.ts'
import type { CommitHeader } from './git/commit-object.ts'
import type { ObjectReader } from './git/objects.ts'
import type { Repository } from './git/repository.ts'
import { readPatchIds } from './git/rewrites.ts'
import type { LinkRecord, Origin } from './model/checkpoint.ts'
import type { Event, Millis } from './model/event.ts'
import { draftForeign } from './model/foreign-draft.ts'
import type { ForeignDraft } from './model/foreign-draft.ts'
import type { ForeignImport, ForeignOutcome } from './model/foreign-import.ts'
import type { ForeignSession, ForeignTool } from './model/foreign-record.ts'
import type { Oid } from './model/ids.ts'
import { buildCheckpoint, timestamp } from './model/record.ts'
import type { BuiltCheckpoint } from './model/record.ts'
import type { SessionDraft } from './model/session-draft.ts'
import { sumCounts } from './model/redaction-counts.ts'
import { openCheckpointReader } from './store/checkpoint-reader.ts'
import { findCandidates } from './store/foreign-candidates.ts'
import type { Candidate } from './store/foreign-candidates.ts'
import { findNew, writeCheckpoints } from './store/import-checkpoints.ts'
import type { LinkedCheckpoint } from './store/import-checkpoints.ts'
import type { LiveStore } from './store/live.ts'
import { redactNames } from './store/names.ts'

export interface ForeignImporting {
  readonly repository: Repository
  readonly store: LiveStore
  readonly reader: ObjectReader
  readonly now: () => Millis
  /** So long other writers of our refs are waited for, each time something is written. */
  readonly patienceMs: number
}

export interface ForeignRequest {
  readonly tool: ForeignTool
  /** Only tells what would be done. */
  readonly dryRun?: boolean
  /** Called after each part: how many of the commits were looked at. */
  readonly onProgress?: (done: number, all: number) => void
}

/** Commits that are looked at, and written, together. */
const BATCH = 100

/** Throws `newer-format`. */
export async function importForeign(context: ForeignImporting, request: ForeignRequest): Promise<ForeignImport> {
  const { tool, dryRun = false, onProgress } = request
  const { refs, candidates, absent } = await findCandidates(tool, context.repository, context.reader)
  const outcomes: ForeignOutcome[] = absent.map((commit) => ({ kind: 'absent', commit }))
  const untold = onlyUntold()
  let isComplete = true
  for (let from = 0; from < candidates.length; from += BATCH) {
    const part = candidates.slice(from, from + BATCH)
    const { linked, others } = await makeCheckpoints(context, tool, part, untold)
    const written = dryRun ? await findNew(context.reader, linked)
      : await write(context, tool, part.at(-1)!.commit, linked)
    isComplete = written !== undefined
    if (written === undefined) break
    const done = new Set(written.map(({ built }) => built.record.id))
    outcomes.push(...others, ...linked.map((one) => outcomeOf(one, done.has(one.built.record.id))))
    onProgress?.(Math.min(from + BATCH, candidates.length), candidates.length)
  }
  return { tool, dryRun, refs, outcomes, isComplete }
}

function outcomeOf({ built: { record }, links }: LinkedCheckpoint, isWritten: boolean): ForeignOutcome {
  const commit = record.origin.commit
  if (!isWritten) return { kind: 'removed', commit, checkpoint: record.id }
  return {
    kind: 'imported', commit, checkpoint: record.id, files: record.files.length,
    also: links.slice(1).map((link) => link.commit),
    sessions: record.sessions.map(({ agent, session, models, turns }) => ({
      agent, session, models, prompts: turns.filter(({ prompt }) => prompt !== undefined).length,
    })),
  }
}

const write = (
  { repository, store, reader, now, patienceMs }: ForeignImporting, tool: ForeignTool, newest: CommitHeader,
  linked: readonly LinkedCheckpoint[],
): Promise<readonly LinkedCheckpoint[] | undefined> => {
  const deadline = now() + patienceMs
  const writing = { repository, reader, mayGoOn: () => now() < deadline }
  const message = `Import ${linked.length} ${linked.length === 1 ? 'checkpoint' : 'checkpoints'} from ${tool}\n`
  return linked.length === 0 ? Promise.resolve([])
    : writeCheckpoints(writing, store, newest.committer, message, linked)
}

interface Made {
  readonly linked: readonly LinkedCheckpoint[]
  readonly others: readonly ForeignOutcome[]
}

async function makeCheckpoints(
  context: ForeignImporting, tool: ForeignTool, candidates: readonly Candidate[], untold: OnlyUntold,
): Promise<Made> {
  const { repository, reader } = context
  const commits = candidates.map(({ commit }) => commit)
  const singles = commits.filter(({ parents }) => parents.length < 2).map(({ oid }) => oid)
  const [changes, ids] = await Promise.all([
    readNumberedChanges(repository, commits), readPatchIds(repository, singles),
  ])
  const patchIds = new Map(singles.map((oid, at) => [oid, ids[at]]))
  const checkpoints = openCheckpointReader(reader)
  const drafted: Drafted[] = []
  const others: ForeignOutcome[] = []
  for (const { commit, read } of candidates) {
    const known = new Set((await checkpoints.checkpointsOf(commit.oid)).flatMap((each) =>
      each.kind === 'found' ? each.record.sessions.map(({ session }) => session) : []))
    // What is there already does not count: the id must be that which every clone finds.
    for (const [seq, record] of (await read()).entries()) {
      if (typeof record === 'string') {
        others.push({ kind: 'unreadable', commit: commit.oid, reason: record })
        continue
      }
      const sessions = record.sessions.map(untold)
      const fresh = sessions.filter(({ session }) => !known.has(session))
      const draft = draftForeign(tool, { ...commit, ...changes.get(commit.oid) ?? NO_CHANGES }, fresh)
      const origin = originOf(commit, patchIds.get(commit.oid), record.branch)
      if (draft.sessions.length > 0) drafted.push({ ...draft, commit, origin, seq, also: record.also })
      else if (fresh.length < sessions.length) others.push({ kind: 'present', commit: commit.oid })
      else others.push({ kind: 'unreadable', commit: commit.oid, reason: 'nothing is told of its sessions' })
    }
  }
  const built = await redactAndBuild(drafted)
  return { linked: built.map((one, at) => ({ built: one, links: linksOf(one, drafted[at]!.also) })), others }
}

const NO_CHANGES: NumberedChanges = { changed: [], patches: new Map(), added: new Map() }

type OnlyUntold = (session: ForeignSession) => ForeignSession

/** Tools keep a whole conversation with each of its commits: what an earlier commit has is not told again. */
function onlyUntold(): OnlyUntold {
  const told = new Map<string, Set<string>>()
  return (session) => {
    const ids = told.get(session.session) ?? new Set()
    told.set(session.session, ids)
    const events = session.events.filter(({ id }) => !ids.has(id))
    for (const { id } of events) ids.add(id)
    return { ...session, events }
  }
}

interface Drafted extends ForeignDraft {
  readonly commit: CommitHeader
  readonly origin: Origin
  readonly seq: number
  readonly also: readonly Oid[]
}

const originOf = (commit: CommitHeader, patchId: Oid | undefined, branch: string | undefined): Origin => ({
  commit: commit.oid, tree: commit.tree, parents: commit.parents,
  ...patchId === undefined ? {} : { patchId }, ...branch === undefined ? {} : { branch },
  authoredAt: timestamp(commit.authoredAt), committedAt: timestamp(commit.committedAt),
})

/** All texts are redacted together: a scan costs more to start than to run. */
async function redactAndBuild(drafted: readonly Drafted[]): Promise<readonly BuiltCheckpoint[]> {
  const { redactValues } = await import('./model/redact.ts')
  const events = drafted.flatMap(({ sessions }) => sessions.flatMap((session) => session.events))
  const bodies = await redactValues(events.map(bodyOf))
  const redacted = new Map(events.map((event, at) => [event, bodies[at]!]))
  const redactedOf = (event: Event): Event => ({ ...headOf(event), ...redacted.get(event)!.value as object }) as Event
  const built: BuiltCheckpoint[] = []
  for (const { commit, origin, seq, sessions, files, symbols, evidence } of drafted) {
    const names = await redactNames({ origin, files, symbols, evidence, sessions: sessions.map(namesOf) })
    const counts = sessions.flatMap((session) => session.events.map((event) => redacted.get(event)!.counts))
    built.push(buildCheckpoint({
      ...names.value, kind: 'commit', seq, commit: commit.oid, committedAt: commit.committedAt,
      sessions: sessions.map((session, at) =>
        ({ ...session, ...names.value.sessions[at], events: session.events.map(redactedOf) })),
      redactions: sumCounts([names.counts, ...counts]),
    }))
  }
  return built
}

const namesOf = ({ session, models = [] }: SessionDraft): Pick<SessionDraft, 'session' | 'models'> =>
  ({ session, models })
const headOf = ({ id, turn, subagent, at }: Event): Pick<Event, 'id' | 'turn' | 'subagent' | 'at'> =>
  ({ id, at, ...turn === undefined ? {} : { turn }, ...subagent === undefined ? {} : { subagent } })
const bodyOf = ({ id: _id, turn: _turn, subagent: _subagent, at: _at, ...body }: Event): object => body

function linksOf({ record: { id, origin: { commit } } }: BuiltCheckpoint, also: readonly Oid[]): readonly LinkRecord[] {
  const common = { schema: 1, checkpoint: id, by: 'import' } as const
  return [
    { ...common, commit, evidence: 'commit' },
    ...also.map((other): LinkRecord =>
      ({ ...common, commit: other, evidence: 'attached', from: commit, origin: commit })),
  ]
}
