// Clones of one remote, and checkpoints in them without a session: for what is about sharing, not about capture.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openObjectReader } from '../../src/git/cat-file.ts'
import { openRepository } from '../../src/git/repository.ts'
import { checkpointPath, CHECKPOINTS_REF, NOTES_REF, tombstonePath } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { writePlan } from '../../src/store/checkpoints.ts'
import type { Exchange } from '../../src/store/exchange.ts'
import type { LiveStore } from '../../src/store/live.ts'
import type { Plan } from '../../src/store/plans.ts'
import { checkpointId, checkpointRecord, entry } from './checkpoint-fixture.ts'
import { makeRepository, repositoryAt } from './repository.ts'
import type { RepositoryOptions, TestRepository } from './repository.ts'

/** An empty bare repository; clones lie beside it. */
export const makeRemote = (options: RepositoryOptions = {}): Promise<TestRepository> =>
  makeRepository({ ...options, bare: true, at: 'remote.git' })

/** A clone of the remote (by `url`, or of its folder) with git-bitloops at work. `args`: of `git clone`. */
export async function cloneOf(
  remote: TestRepository, name: string, { args = [], url = remote.root, init = true }:
  { readonly args?: readonly string[]; readonly url?: string; readonly init?: boolean } = {},
): Promise<TestRepository> {
  const { sandbox } = remote
  const root = join(sandbox.folder, name)
  const cloned = await sandbox.run('git', ['clone', '--quiet', ...args, url, root])
  if (cloned.code !== 0) throw new Error(`git clone: ${cloned.output}`)
  const clone = repositoryAt(sandbox, root, join(root, '.git', 'bitloops'))
  if (init) await initIn(clone)
  return clone
}

export async function initIn(clone: TestRepository): Promise<void> {
  // With local settings there is nothing to commit.
  const done = await clone.bitloops('init', '--agent', 'claude-code', '--local')
  if (done.code !== 0) throw new Error(`git bitloops init: ${done.output}`)
}

/** A remote with one commit on `main`, and clones of it. */
export async function makeClones(
  names: readonly string[], options: RepositoryOptions & { readonly init?: boolean } = {},
): Promise<{ readonly remote: TestRepository; readonly clones: readonly TestRepository[] }> {
  const remote = await makeRemote(options)
  const seed = await makeRepository({ ...options, beside: remote, at: 'seed' })
  await seed.commit('Begin', { 'README.md': '# Example\n' })
  await seed.git('push', '--quiet', remote.root, 'main')
  const clones: TestRepository[] = []
  for (const name of names) {
    clones.push(await cloneOf(remote, name, options.init === undefined ? {} : { init: options.init }))
  }
  return { remote, clones }
}

export interface FixedCheckpoint {
  readonly number: number
  /** Default HEAD. */
  readonly commit?: string
  readonly prompt?: string
}

/** Writes a checkpoint, its link and its note the way promotion does. */
export async function addCheckpoint(
  clone: TestRepository, { number, commit, prompt = `Task ${number}` }: FixedCheckpoint,
): Promise<CheckpointId> {
  const oid = (commit ?? await clone.git('rev-parse', 'HEAD')) as Oid
  const id = checkpointId(number)
  const note = [`${id} 00 claude-code · session ${number}`, `${id} 10 intent ${prompt}`, `${id} 99 origin ${oid}`]
  const record = checkpointRecord(oid, { id, note })
  const said = { ...entry({ kind: 'prompt', text: prompt, origin: 'human' }), id: `event-${number}` }
  const plan: Plan = {
    row: number, checkpoint: id, commit: oid, kind: 'commit', cutoff: 0, state: 'frozen', note,
    files: {
      'session.json': `${JSON.stringify(record, undefined, 2)}\n`, 'summary.md': `# ${prompt}\n`,
      'transcript.jsonl': `${JSON.stringify(said)}\n`,
    },
    links: [{ schema: 1, commit: oid, checkpoint: id, evidence: 'commit', by: 'promotion' }],
  }
  const committer = `Ada Example <ada@example.com> ${1_795_190_400 + number} +0000`
  await inExchangeOf(clone, (exchange) => writePlan({ ...exchange, mayGoOn: () => true }, committer, plan))
  return id
}

/** Runs library code in a clone. */
export async function inExchangeOf<Result>(
  clone: TestRepository, work: (exchange: Exchange) => Promise<Result>,
  options: { readonly boundMs?: number; readonly store?: LiveStore } = {},
): Promise<Result> {
  const repository = await openRepository(clone.root, clone.env)
  const reader = openObjectReader(repository)
  try {
    return await work({
      repository, reader, now: Date.now, deadline: Date.now() + (options.boundMs ?? 60_000), mayAsk: false,
      log: (where, message) => { throw new Error(`${where}: ${message}`) },
      ...options.store === undefined ? {} : { store: options.store },
    })
  } finally {
    reader.close()
  }
}

/**
 * What purge does: a chain without parents, of the next epoch, whose tree has a tombstone in place of the
 * checkpoint. Notes likewise.
 */
export async function purgeHere(clone: TestRepository, id: CheckpointId): Promise<void> {
  const epoch = Number(await clone.git('cat-file', 'blob', `${CHECKPOINTS_REF}:.bitloops/epoch`)) + 1
  const tree = await treeOf(clone, CHECKPOINTS_REF)
  const notes = await treeOf(clone, NOTES_REF)
  const text = (path: string): string => `M 100644 inline ${path}\n${data(`${epoch}\n`)}`
  const dead = [...tree.keys()].filter((path) => path.includes(id))
  const texts = await Promise.all([...notes].map(async ([path, oid]): Promise<string> => {
    const lines = (await clone.git('cat-file', 'blob', oid)).split('\n')
      .filter((line) => line !== '' && !line.startsWith(id))
    return lines.length === 0 ? `D ${path}\n` : `M 100644 inline ${path}\n${data(`${lines.join('\n')}\n`)}`
  }))
  const begin = (ref: string, from: string): string =>
    `reset ${ref}\n\ncommit ${ref}\ncommitter Ada Example <ada@example.com> 1795200000 +0000\n` +
      `${data('Purge')}M 040000 ${from} ""\n`
  await clone.sh('git fast-import --quiet --force', { input: [
    begin(CHECKPOINTS_REF, await clone.git('rev-parse', `${CHECKPOINTS_REF}^{tree}`)),
    ...dead.map((path) => `D ${path}\n`),
    `M 100644 inline ${tombstonePath(id)}\n${data('{"schema":1}\n')}`, text('.bitloops/epoch'),
    begin(NOTES_REF, await clone.git('rev-parse', `${NOTES_REF}^{tree}`)), ...texts, text('.bitloops/epoch'),
  ].join('') })
  mkdirSync(clone.bitloopsHome, { recursive: true })
  const tips = await Promise.all([CHECKPOINTS_REF, NOTES_REF].map((ref) => clone.git('rev-parse', ref)))
  writeFileSync(join(clone.bitloopsHome, 'tips'), `${tips.join('\n')}\n`)
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

/** Path → blob, of a ref's tree; nothing where there is no ref. */
export async function treeOf(repository: TestRepository, ref: string): Promise<ReadonlyMap<string, string>> {
  const listed = await repository.tryGit('ls-tree', '-r', '-z', ref)
  return new Map(listed.code !== 0 ? [] : listed.stdout.split('\0').filter(Boolean).map((line): [string, string] => {
    const [head = '', path = ''] = line.split('\t')
    return [path, head.split(' ')[2]!]
  }))
}

/** The ids of the checkpoints in the ref, sorted. */
export async function checkpointsIn(
  repository: TestRepository, ref: string = CHECKPOINTS_REF,
): Promise<readonly string[]> {
  const paths = [...(await treeOf(repository, ref)).keys()]
  const idIn = (path: string): readonly string[] =>
    /checkpoints\/v1\/..\/\w+\/(\w+)\/session\.json$/.exec(path)?.slice(1) ?? []
  return [...new Set(paths.flatMap(idIn))].sort()
}

export const ids = (...numbers: readonly number[]): readonly string[] => numbers.map(checkpointId)

/** All lines of all notes, sorted. */
export async function noteLines(repository: TestRepository): Promise<readonly string[]> {
  const blobs = [...(await treeOf(repository, NOTES_REF))].filter(([path]) => !path.startsWith('.bitloops'))
  const texts = await Promise.all(blobs.map(([, oid]) => repository.git('cat-file', 'blob', oid)))
  return texts.flatMap((text) => text.split('\n')).sort()
}

export const folderOf = checkpointPath
