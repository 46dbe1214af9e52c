// Finds what checkpoints hold of a session's own transcript, on whichever branch they were made.

import type { ObjectReader } from '../git/objects.ts'
import { runGit } from '../git/git.ts'
import type { GitPlace } from '../git/git.ts'
import { CHECKPOINTS_REF } from '../model/checkpoint.ts'
import type { SessionRecord } from '../model/checkpoint.ts'
import { parseCheckpointRecord } from '../model/checkpoint-text.ts'
import { AGENT_NAMES } from '../model/ids.ts'
import type { AgentName, SessionId } from '../model/ids.ts'
import type { StoredSlice } from '../model/slices.ts'

/** A file of native lines, by its path in the tree of the ref. */
export interface NativePath {
  /** Of the checkpoint. */
  readonly folder: string
  readonly path: string
  readonly agent: AgentName
  readonly session: string
  /** Whose lines they are; absent: the session's own. */
  readonly subagent?: string
}

export interface SessionSlice extends StoredSlice {
  readonly folder: string
  readonly record: SessionRecord
  /** Paths of the commit's files, from the root of its repository. */
  readonly paths: readonly string[]
}

const NATIVE = new RegExp(
  `^(.*)/native/(${AGENT_NAMES.join('|')})-([A-Za-z0-9_-]+)(?:\\.([A-Za-z0-9_-]+))?\\.jsonl$`)

/** All files of native lines in the ref, with one process; their number grows with the checkpoints. */
export async function listNative(place: GitPlace): Promise<readonly NativePath[]> {
  const answer = await runGit(place, [
    'ls-tree', '-r', '--name-only', '-z', CHECKPOINTS_REF, '.bitloops/checkpoints/v1/',
  ])
  return answer.stdout.toString('utf8').split('\0').flatMap((path): NativePath[] => {
    const [, folder, agent, session, subagent] = NATIVE.exec(path) ?? []
    return folder === undefined || agent === undefined || session === undefined ? []
      : [{ folder, path, agent: agent as AgentName, session, ...subagent === undefined ? {} : { subagent } }]
  })
}

/** The slices of a session's main transcript. What cannot be read is left out: a gap tells of it. */
export async function readSlices(
  reader: ObjectReader, files: readonly NativePath[], agent: AgentName, session: SessionId,
): Promise<readonly SessionSlice[]> {
  const own = files.filter((file) => file.agent === agent && file.session === session && file.subagent === undefined)
  const read = await Promise.all(own.map(async ({ folder, path }): Promise<readonly SessionSlice[]> => {
    const [text, json] = await Promise.all([
      readText(reader, path), readText(reader, `${folder}/session.json`),
    ])
    const parsed = parseCheckpointRecord(json ?? '')
    if (text === undefined || parsed.kind !== 'value') return []
    const record = parsed.value.sessions.find((one) => one.agent === agent && one.session === session)
    if (record?.transcript === undefined) return []
    const { from, to, digest } = record.transcript
    return [{
      from, to, digest, text, folder, record, at: Date.parse(record.endedAt),
      paths: parsed.value.files.map((file) => file.path),
    }]
  }))
  return read.flat()
}

/** What the subagents of a session said, in the order of these checkpoints, each line once. */
export async function readSubagents(
  reader: ObjectReader, files: readonly NativePath[], folders: readonly string[], agent: AgentName, session: SessionId,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const said = new Map<string, Set<string>>()
  for (const folder of folders) {
    for (const file of files) {
      if (file.folder !== folder || file.agent !== agent || file.session !== session) continue
      if (file.subagent === undefined) continue
      const lines = said.get(file.subagent) ?? new Set()
      said.set(file.subagent, lines)
      for (const line of (await readText(reader, file.path) ?? '').split('\n')) if (line !== '') lines.add(line)
    }
  }
  return new Map([...said].map(([subagent, lines]) => [subagent, [...lines]]))
}

async function readText(reader: ObjectReader, path: string): Promise<string | undefined> {
  const object = await reader.read(`${CHECKPOINTS_REF}:${path}`)
  return object?.type === 'blob' ? object.body.toString('utf8') : undefined
}
