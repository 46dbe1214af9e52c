// Brings a frozen plan to its end: the refs, then the projections, then done. Every step may be done again.

import { openObjectReader, parseTree } from '../git/cat-file.ts'
import type { ObjectReader } from '../git/cat-file.ts'
import { parseCommit } from '../git/commit.ts'
import { gitText } from '../git/git.ts'
import type { Repository } from '../git/repository.ts'
import { CHECKPOINTS_REF } from '../model/checkpoint.ts'
import type { CheckpointRecord } from '../model/checkpoint.ts'
import type { Millis } from '../model/event.ts'
import type { Oid } from '../model/ids.ts'
import { openCheckpointReader } from './checkpoint-reader.ts'
import { writePlan } from './checkpoints.ts'
import { writeDirectory } from './directory.ts'
import type { CheckpointFiles, DirectoryMode } from './directory.ts'
import type { LiveStore } from './live.ts'
import { markPlan } from './plans.ts'
import type { Plan } from './plans.ts'

export interface Finishing {
  readonly repository: Repository
  readonly store: LiveStore
  readonly reader?: ObjectReader
  readonly directory: DirectoryMode
  readonly now: () => Millis
  /** After this no further try is begun. */
  readonly deadline: Millis
  /** What a projection could not do is told, not thrown: the checkpoint itself is safe. */
  readonly log: (where: string, message: string) => void
}

/** True when the checkpoint is in the ref (and the projections are written, or their failure is logged). */
export async function finishPlan(finishing: Finishing, plan: Plan): Promise<boolean> {
  const { repository, store, now, deadline } = finishing
  const reader = finishing.reader ?? openObjectReader(repository)
  try {
    if (plan.state === 'frozen') {
      const committer = await readCommitter(repository, reader, plan.commit)
      if (!await writePlan({ repository, reader, mayGoOn: () => now() < deadline }, committer, plan)) return false
      markPlan(store, plan.checkpoint, 'written')
    }
    await project(finishing, reader, plan)
    return true
  } finally {
    if (finishing.reader === undefined) reader.close()
  }
}

async function project({ repository, store, directory, log }: Finishing, reader: ObjectReader, plan: Plan): Promise<void> {
  const worktree = plan.worktree ?? repository.worktree
  if (worktree !== undefined && directory !== 'off') {
    try {
      await writeDirectory(worktree, plan.commit, await readCheckpoints(reader, plan), directory)
    } catch (error) {
      log('directory', (error as Error).message)
    }
  }
  const record = JSON.parse(plan.files['session.json'] ?? 'null') as CheckpointRecord | null
  store.transaction(() => {
    if (record !== null) indexCheckpoint(store, record, plan)
    markPlan(store, plan.checkpoint, 'done')
  })
}

/** The committed tables: an index over the ref. */
function indexCheckpoint(store: LiveStore, record: CheckpointRecord, plan: Plan): void {
  const intent = record.sessions.flatMap((session) => session.turns.flatMap((turn) => turn.prompt ?? []))[0] ?? ''
  store.run(`INSERT OR IGNORE INTO checkpoints (id, "commit", seq, kind, made_at, intent, agents, session) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    record.id, record.origin.commit, record.seq, record.kind, Date.parse(record.origin.committedAt), intent,
    JSON.stringify([...new Set(record.sessions.map(({ agent }) => agent))]), plan.files['session.json']!)
  store.run(`INSERT OR IGNORE INTO links ("commit", checkpoint, evidence, body) VALUES (?, ?, ?, ?)`,
    plan.link.commit, plan.checkpoint, plan.link.evidence, JSON.stringify(plan.link))
  record.statements.forEach(({ kind, turn, text, why }, ordinal) => {
    store.run(`INSERT OR IGNORE INTO statements (checkpoint, ordinal, kind, turn, text, why) VALUES (?, ?, ?, ?, ?, ?)`,
      record.id, ordinal, kind, turn, text, why ?? null)
  })
}

/** All checkpoints of the plan's commit, in order, as their files are in the ref. */
async function readCheckpoints(reader: ObjectReader, plan: Plan): Promise<readonly CheckpointFiles[]> {
  const stored = await openCheckpointReader(reader).checkpointsOf(plan.commit)
  const all = await Promise.all(stored.map((one) => one.kind !== 'found' ? undefined
    : one.record.id === plan.checkpoint ? filesOf(plan.files) : readFiles(reader, one.folder)))
  return all.flatMap((one) => one ?? [])
}

async function readFiles(reader: ObjectReader, folder: string): Promise<CheckpointFiles | undefined> {
  const tree = await reader.read(`${CHECKPOINTS_REF}:${folder}`)
  if (tree?.type !== 'tree') return undefined
  const files: Record<string, string> = {}
  for (const { name, mode, oid } of parseTree(tree)) {
    if (mode === '100644') files[name] = (await reader.read(oid))?.body.toString('utf8') ?? ''
  }
  return filesOf(files)
}

function filesOf(files: Readonly<Record<string, string>>): CheckpointFiles | undefined {
  const session = files['session.json']
  if (session === undefined) return undefined
  const parts = Object.keys(files).filter((name) => name.startsWith('transcript')).sort(byPart)
  return {
    record: JSON.parse(session) as CheckpointRecord,
    summary: files['summary.md'] ?? '',
    transcript: parts.map((name) => files[name]).join(''),
  }
}

const partOf = (name: string): number => Number(/\.(\d+)\.jsonl$/.exec(name)?.[1] ?? 1)
const byPart = (left: string, right: string): number => partOf(left) - partOf(right)

async function readCommitter(repository: Repository, reader: ObjectReader, commit: Oid): Promise<string> {
  const object = await reader.read(commit)
  if (object?.type === 'commit') return parseCommit(object).committer
  // The commit was thrown away meanwhile; its reasoning is kept all the same.
  return (await gitText(repository, ['var', 'GIT_COMMITTER_IDENT'])).trimEnd()
}
