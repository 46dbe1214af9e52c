// Hand-made checkpoints: records with sensible fields, and a writer that puts them into the ref with git alone.

import { linkPath, checkpointPath, CHECKPOINTS_REF, NOTES_REF } from '../../src/model/checkpoint.ts'
import type { CheckpointRecord, LinkRecord, SessionRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { EventBody } from '../../src/model/event.ts'
import type { CheckpointId, EventId, Oid, SessionId, TurnId } from '../../src/model/ids.ts'
import type { TestRepository } from './repository.ts'

export const SESSION = '7f3c2a10-5b1e-4c8d-9a77-0d1f2e3a4b5c' as SessionId
export const OTHER_SESSION = 'c0ffee00-1111-4222-8333-944455566677' as SessionId

/** `checkpointId(7)`: the seventh id, all of the same day. */
export const checkpointId = (number: number): CheckpointId =>
  `01KAHTEST0${String(number).padStart(16, '0')}` as CheckpointId

export function sessionRecord(given: Partial<SessionRecord> = {}): SessionRecord {
  return {
    agent: 'claude-code', agentVersion: '2.1.329', session: SESSION, models: ['claude-opus-4-5'],
    turns: [
      {
        turn: 't3' as TurnId, number: 3, outcome: 'completed',
        prompt: 'Limit how often somebody can try to log in.',
        response: 'The login route now answers 429 after five tries in a minute.',
        startedAt: '2026-11-20T16:00:10.000Z', endedAt: '2026-11-20T16:08:00.000Z',
      },
      {
        turn: 't4' as TurnId, number: 4, outcome: 'completed',
        prompt: 'Please add a test as well.', response: 'Added a test that tries six times.',
        startedAt: '2026-11-20T16:08:30.000Z', endedAt: '2026-11-20T16:14:40.000Z',
      },
    ],
    startedAt: '2026-11-20T16:00:10.000Z', endedAt: '2026-11-20T16:14:40.000Z', durationMs: 840_000,
    usage: { input: 1200, output: 8300, cacheRead: 210_000, cacheWrite: 12_000 }, foundBy: 'hook', subagents: [],
    ...given,
  }
}

export function checkpointRecord(commit: string, given: Partial<CheckpointRecord> = {}): CheckpointRecord {
  const id = given.id ?? checkpointId(1)
  const oid = commit as Oid
  return {
    schema: 1, id, kind: 'commit', seq: 0,
    origin: {
      commit: oid, tree: oid, parents: [], branch: 'main',
      authoredAt: '2026-11-20T16:15:00.000Z', committedAt: '2026-11-20T16:15:00.000Z',
    },
    sessions: [sessionRecord()],
    files: [
      {
        path: 'src/login.ts', change: 'modify', added: 118, removed: 14, agentAdded: 110, evidence: 'tool',
        sessions: [SESSION],
      },
      {
        path: 'test/login.test.ts', change: 'create', added: 22, removed: 0, agentAdded: 22, evidence: 'tool',
        sessions: [SESSION],
      },
    ],
    symbols: [{ path: 'src/login.ts', name: 'login' }, { path: 'src/login.ts', name: 'TokenBucket.take' }],
    statements: [
      {
        kind: 'decision', text: 'Token bucket in memory', why: 'one process serves all logins',
        session: SESSION, turn: 3,
      },
      { kind: 'rejected', text: 'Sliding window', why: 'memory grows with traffic', session: SESSION, turn: 3 },
      { kind: 'constraint', text: 'No new dependencies', session: SESSION, turn: 3 },
    ],
    evidence: [{ session: SESSION, why: 'edits', paths: ['src/login.ts', 'test/login.test.ts'] }],
    redactions: {},
    note: [
      `${id} 00 claude-code · claude-opus-4-5 · session 7f3c2a10 · 2 turns · 14m · 2 files +140 −14`,
      `${id} 10 intent Limit how often somebody can try to log in.`,
      `${id} 99 origin ${oid}`,
    ],
    ...given,
  }
}

let lastEvent = 0
export const entry = (body: EventBody, given: Partial<TranscriptEntry> = {}): TranscriptEntry => ({
  id: `event-${(lastEvent += 1)}` as EventId, agent: 'claude-code', session: SESSION, turn: 3,
  at: '2026-11-20T16:01:00.000Z', ...given, ...body,
} as TranscriptEntry)

export interface FixtureCheckpoint {
  readonly record: CheckpointRecord | Readonly<Record<string, unknown>>
  /** The commit the link lies under; the record's own when absent. `false`: no link at all. */
  readonly linkedTo?: string | false
  readonly link?: Partial<LinkRecord>
  readonly transcript?: readonly TranscriptEntry[]
  /** False: only the link is written. */
  readonly stored?: boolean
}

/** Adds checkpoints to the ref, in one commit of it. `extra`: further files of the tree, by path. */
export async function writeCheckpoints(
  repository: TestRepository, checkpoints: readonly FixtureCheckpoint[], extra: Readonly<Record<string, string>> = {},
): Promise<void> {
  await addToRef(repository, CHECKPOINTS_REF, { ...Object.assign({}, ...checkpoints.map(filesOf)), ...extra })
}

/** Sets the notes of commits, as text. `depth`: folders of two digits above each. */
export async function writeNotes(
  repository: TestRepository, notes: Readonly<Record<string, string>>, depth = 1,
): Promise<void> {
  const pathOf = (commit: string): string => commit.replace(new RegExp(`^${'(..)'.repeat(depth)}`),
    (...groups: string[]) => groups.slice(1, depth + 1).map((digits) => `${digits}/`).join(''))
  await addToRef(repository, NOTES_REF, Object.fromEntries(Object.entries(notes).map(([commit, text]) =>
    [pathOf(commit), text])))
}

function filesOf(checkpoint: FixtureCheckpoint): Record<string, string> {
  const { linkedTo, link, transcript = [], stored = true } = checkpoint
  const record = checkpoint.record as CheckpointRecord
  const origin = record.origin.commit
  const folder = checkpointPath(origin, record.id)
  const commit = (linkedTo === false ? origin : linkedTo ?? origin) as Oid
  const whole: LinkRecord = {
    schema: 1, commit, checkpoint: record.id, evidence: commit === origin ? 'commit' : 'rewrite', by: 'promotion',
    ...commit === origin ? {} : { from: origin }, ...link,
  }
  return {
    ...stored ? {
      [`${folder}/session.json`]: `${JSON.stringify(record, null, 2)}\n`,
      [`${folder}/summary.md`]: '# Summary\n',
      [`${folder}/transcript.jsonl`]: transcript.map((one) => `${JSON.stringify(one)}\n`).join(''),
    } : {},
    ...linkedTo === false ? {} : { [linkPath(commit, record.id)]: `${JSON.stringify(whole)}\n` },
  }
}

async function addToRef(
  repository: TestRepository, ref: string, files: Readonly<Record<string, string>>,
): Promise<void> {
  const tip = await repository.tryGit('rev-parse', '--verify', '--quiet', ref)
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
  const script = [
    `commit ${ref}\ncommitter Ada Example <ada@example.com> 1795190400 +0000\n${data('Add checkpoints')}`,
    tip.code === 0 ? `from ${ref}^0\n` : '',
    ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
  ].join('')
  const { root, env, sandbox } = repository
  const outcome = await sandbox.run('git', ['fast-import', '--quiet'], { cwd: root, env, input: script })
  if (outcome.code !== 0) throw new Error(`git fast-import: ${outcome.output}`)
}
