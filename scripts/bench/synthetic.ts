// Large stores in seconds: the files of a checkpoint that was really promoted, under other ids, over and over, written
// by git fast-import as promotion writes them: a commit of our refs for each.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openObjectReader } from '../../src/git/cat-file.ts'
import { openRepository } from '../../src/git/repository.ts'
import { CHECKPOINTS_REF, NOTES_REF, checkpointPath, linkPath } from '../../src/model/checkpoint.ts'
import type { LinkRecord } from '../../src/model/checkpoint.ts'
import type { CheckpointId, Oid } from '../../src/model/ids.ts'
import { checkpointIdOf } from '../../src/model/ulid.ts'
import { FIRST_FILES, formatLink } from '../../src/store/checkpoints.ts'
import { openLiveStore } from '../../src/store/live.ts'
import { notePath } from '../../src/store/notes.ts'
import { updateIndex } from '../../src/store/rebuild-index.ts'
import { readLinked } from '../../test/support/checkpoints.ts'
import { commitAll, makeInitialised } from '../../test/support/repository.ts'
import { numbered, playTurn } from '../../test/support/turn.ts'
import { call } from './measure.ts'

/** Where git runs. */
export interface Place {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
}

/** A checkpoint to make others after. */
interface Template {
  readonly commit: string
  readonly id: string
  readonly session: string
  readonly files: readonly (readonly [path: string, text: string])[]
  readonly note: string
}

const COMMITTER = 'committer Ada Example <ada@example.com>'
const FIRST_SECOND = 1_700_000_000
const FILES = 100
let known: Promise<Template> | undefined

/** A turn that changes one file, played and committed. */
async function makeTemplate(): Promise<Template> {
  const repository = await makeInitialised()
  const { session } = await playTurn(repository, 'Limit how often somebody can try to log in.',
    { 'src/login.txt': numbered(40, 'export const limit =') })
  await repository.sh(commitAll('Limit logins'))
  const [linked] = await readLinked(repository)
  const { id, origin: { commit } } = linked!.record
  const folder = checkpointPath(commit, id)
  const listed = await repository.git('ls-tree', '-r', '--name-only', CHECKPOINTS_REF, `${folder}/`)
  const files = await Promise.all(listed.split('\n').map(async (path) =>
    [path.slice(folder.length + 1), await repository.git('cat-file', 'blob', `${CHECKPOINTS_REF}:${path}`)] as const))
  const note = await repository.git('notes', '--ref', 'bitloops', 'show', commit)
  await repository.waitForIdle()
  repository.remove()
  return { commit, id, session, files, note }
}

/** Adds so many commits to `main`, each with a checkpoint of its own, and checks them out. */
export async function grow(place: Place, count: number): Promise<void> {
  const template = await (known ??= makeTemplate())
  const before = tipOf(place, 'refs/heads/main')
  const since = before === undefined ? FIRST_SECOND : Math.max(FIRST_SECOND, timeOf(place, before) + 1)
  await fastImport(place, writeUserCommits(before, since, count, place.root))
  const range = before === undefined ? 'main' : `${before}..main`
  const commits = call('git', ['rev-list', '--reverse', range], { cwd: place.root, env: place.env }).trim().split('\n')
  const tips = { checkpoints: tipOf(place, CHECKPOINTS_REF), notes: tipOf(place, NOTES_REF) }
  await fastImport(place, writeCheckpoints(template, since, commits as Oid[], tips))
  if (call('git', ['rev-parse', '--is-bare-repository'], { cwd: place.root, env: place.env }).trim() === 'false') {
    call('git', ['reset', '--quiet', '--hard'], { cwd: place.root, env: place.env })
  }
}

/** The committed tables, as promotion and fetch keep them. */
export async function indexAll({ root, env }: Place): Promise<void> {
  const repository = await openRepository(root, env)
  const reader = openObjectReader(repository)
  const store = await openLiveStore(repository.home)
  try {
    await updateIndex({ repository, reader, store, now: Date.now })
  } finally {
    store.close()
    reader.close()
  }
}

function tipOf({ root, env }: Place, ref: string): Oid | undefined {
  const said = call('git', ['for-each-ref', '--format=%(objectname)', ref], { cwd: root, env }).trim()
  return said === '' ? undefined : said as Oid
}

const timeOf = ({ root, env }: Place, commit: Oid): number =>
  Number(call('git', ['show', '--no-patch', '--format=%ct', commit], { cwd: root, env }))

/** Git walks by time: what comes later is younger. */
function* writeUserCommits(tip: Oid | undefined, since: number, count: number, salt: string): Generator<string> {
  for (let number = 0; number < count; number += 1) {
    const from = number === 0 && tip !== undefined ? `from ${tip}\n` : ''
    const text = `${salt} ${tip ?? ''} ${number}\n`.repeat(20)
    yield `commit refs/heads/main\n${COMMITTER} ${since + number} +0000\n${data(`Work ${number}`)}${from}` +
      `M 100644 inline src/file-${number % FILES}.txt\n${data(text)}\n`
  }
}

function* writeCheckpoints(
  template: Template, since: number, commits: readonly Oid[],
  tips: { readonly checkpoints?: Oid | undefined; notes?: Oid | undefined },
): Generator<string> {
  const begin = (ref: string, number: number, message: string, tip: Oid | undefined): string =>
    `commit ${ref}\n${COMMITTER} ${since + number} +0000\n${data(message)}` +
      (number === 0 && tip !== undefined ? `from ${tip}\n` : '')
  const file = (path: string, text: string): string => `M 100644 inline ${path}\n${data(text)}`
  for (const [number, commit] of commits.entries()) {
    const id = checkpointIdOf(commit, (since + number) * 1000, '')
    const rename = renaming(template, commit, id)
    const link: LinkRecord = { schema: 1, commit, checkpoint: id, evidence: 'commit', by: 'promotion' }
    yield [
      begin(CHECKPOINTS_REF, number, `Checkpoint ${id}\n\nfor commit ${commit}\n`, tips.checkpoints),
      ...number === 0 && tips.checkpoints === undefined ? FIRST_FILES.map(({ path, text }) => file(path, text)) : [],
      ...template.files.map(([path, text]) => file(`${checkpointPath(commit, id)}/${rename(path)}`, rename(text))),
      file(linkPath(commit, id), formatLink(link)),
      '\n',
    ].join('')
  }
  for (const [number, commit] of commits.entries()) {
    const id = checkpointIdOf(commit, (since + number) * 1000, '')
    yield `${begin(NOTES_REF, number, `Note checkpoint ${id}\n`, tips.notes)}` +
      `${file(notePath(commit), `${renaming(template, commit, id)(template.note)}\n`)}\n`
  }
}

/** Another commit, another checkpoint, another session. */
function renaming({ commit, id, session }: Template, to: Oid, as: CheckpointId): (text: string) => string {
  const digest = createHash('sha256').update(to).digest('hex')
  const other = [digest.slice(0, 8), digest.slice(8, 12), `4${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`,
    digest.slice(20, 32)].join('-')
  return (text) => text.replaceAll(commit, to).replaceAll(id, as).replaceAll(session, other)
    .replaceAll(session.slice(0, 8), digest.slice(0, 8))
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`

async function fastImport({ root, env }: Place, stream: Iterable<string>): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet', '--force'],
    { cwd: root, env, stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = once(child, 'close') as Promise<[number]>
  await pipeline(Readable.from(inPieces(stream)), child.stdin)
  const [code] = await ended
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`)
}

const PIECE_CHARS = 1 << 20

function* inPieces(stream: Iterable<string>): Generator<string> {
  let piece = ''
  for (const part of stream) {
    piece += part
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
  }
  yield piece
}
