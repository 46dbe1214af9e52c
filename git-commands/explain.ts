// `git bitloops explain`: the reasoning behind a commit.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../src/errors.ts'
import { explain } from '../src/explain.ts'
import type { ExplainRequest, Explained } from '../src/explain.ts'
import { openObjectReader } from '../src/git/cat-file.ts'
import type { ObjectReader } from '../src/git/cat-file.ts'
import { openRepository, ownEnvironment } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { directoryPath } from '../src/model/checkpoint.ts'
import { cleanValue } from '../src/model/clean-value.ts'
import { explainLoss } from '../src/model/explanation.ts'
import type { CommitExplanation } from '../src/model/explanation.ts'
import { EXPLANATION_SCHEMA, explanationToJson } from '../src/model/explanation-json.ts'
import type { Layout } from '../src/model/format-explanation.ts'
import { formatView } from '../src/model/format-view.ts'
import { formatJson } from '../src/model/json-text.ts'
import { catchUpIfStale } from './fresh.ts'
import type { Io, Run } from './io.ts'
import { openStyle, show, widthOfScreen } from './screen.ts'

export const run: Run = async (io, [given], options) => {
  const target = given ?? 'HEAD'
  if (options['short'] === true && (options['full'] === true || options['transcript'] === true)) {
    throw new BitloopsError('usage', '--short cannot be used with --full or --transcript')
  }
  const isShort = options['short'] === true || target.includes('..')
  const kind = options['transcript'] === true ? 'transcript' : isShort ? 'short' : 'whole'
  const full = options['full'] === true
  const entries = full || kind === 'transcript' ? 'all' : kind === 'short' ? 'none' : 'reasoning'
  const { remote } = options
  const explained: Explained = typeof remote !== 'string' ? await findExplanations(io, { target, entries })
    : { kind: 'commit', explanation: await (await import('./explain-remote.ts')).explainRemotely(io, remote,
      { entries, ...given === undefined ? {} : { target: given } }) }
  const all = explained.kind === 'range' ? explained.explanations : [explained.explanation]
  const session = typeof options['session'] === 'string' ? options['session'] : ''

  if (options['json'] === true) {
    const json = all.map((one) => explanationToJson(one, { session, transcript: entries === 'all' }))
    io.out(formatJson({ schema: EXPLANATION_SCHEMA, ...explained.kind === 'range' ? { commits: json } : json[0] }))
  } else {
    const layout: Layout = { style: await openStyle(io), width: widthOfScreen(io), now: io.now(), full }
    const texts = cleanValue(all).map((one) => formatView(one, { kind, session }, layout))
    await show(io, texts.join(isShort ? '' : '\n'))
  }
  for (const one of all) tellLosses(io, one, remote === undefined ? 'clone' : 'remote')
  const sessions = all.flatMap(({ checkpoints }) => checkpoints.flatMap(({ record }) => record.sessions))
  return sessions.some((one) => one.session.startsWith(session)) ? 0 : 1
}

async function findExplanations(io: Io, request: ExplainRequest): Promise<Explained> {
  // Both processes start at once.
  const objects = openObjectReader({ cwd: io.cwd, env: ownEnvironment(io.env) })
  try {
    const repository = await openRepository(io.cwd, io.env)
    await catchUpIfStale(io, repository)
    const explained = await explain(repository, objects, request)
    await restoreMissing(io, repository, objects, explained)
    return explained
  } finally {
    objects.close()
  }
}

/** The files beside the commit are made again where they are missing. That they cannot be is no reason to be silent. */
async function restoreMissing(
  io: Io, repository: Repository, objects: ObjectReader, explained: Explained,
): Promise<void> {
  if (explained.kind === 'range' || explained.explanation.checkpoints.length === 0) return
  const { oid } = explained.explanation.commit
  if (repository.worktree === undefined || existsSync(join(repository.worktree, directoryPath(oid)))) return
  try {
    const { restoreDirectory } = await import('../src/restore-directory.ts')
    await restoreDirectory(repository, objects, oid)
  } catch (error) {
    io.err(`warning: ${directoryPath(oid)} could not be written: ${(error as Error).message}\n`)
  }
}

function tellLosses(io: Io, { lost, absence }: CommitExplanation, place: 'clone' | 'remote'): void {
  for (const one of lost) {
    const { message, hint } = explainLoss(one, place)
    io.err(`warning: ${message}\nhint: ${hint}\n`)
  }
  if (absence?.hint !== undefined) io.err(`hint: ${absence.hint}\n`)
}
