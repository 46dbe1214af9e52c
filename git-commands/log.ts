// `git bitloops log`: commits and the sessions behind them, one line each.

import { BitloopsError } from '../src/errors.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { listFirstSessions, logCommits } from '../src/log-commits.ts'
import type { LogRequest, LoggedCommit } from '../src/log-commits.ts'
import type { ReadCheckpoint } from '../src/model/explanation.ts'
import { commitToJson, explanationToJson } from '../src/model/explanation-json.ts'
import { formatLogLine, formatSessionLine } from '../src/model/format-log.ts'
import { formatJson } from '../src/model/json-text.ts'
import { catchUpIfStale, sayOfHead } from './fresh.ts'
import type { Run } from './io.ts'
import { columnsOf, openScreen, openStyle } from './screen.ts'

export const run: Run = async (io, [range], options) => {
  const repository = await openRepository(io.cwd, io.env)
  await catchUpIfStale(io, repository)
  const commits = logCommits(repository, requestOf(range, options))
  if (options['json'] === true) {
    const all: object[] = []
    const first = await eachOf(repository, range, commits, async (commit) => all.push(toJson(commit)) > 0)
    io.out(formatJson({ schema: 1, commits: all, ...first.length === 0 ? {} : { sessions: first.map(sessionToJson) } }))
    return 0
  }
  const end = options['z'] === true ? '\0' : '\n'
  const style = await openStyle(io)
  // Only a person has too little room.
  const width = io.isTerminal ? columnsOf(io) : Infinity
  const screen = await openScreen(io)
  const linesOf = (sessions: readonly ReadCheckpoint[]): string =>
    sessions.map((session) => formatSessionLine(session, style, width) + end).join('')
  const first = await eachOf(repository, range, commits, async (commit) =>
    await screen.write(formatLogLine(commit, style, width) + end + linesOf(commit.sessions)))
  if (first.length > 0) await screen.write(linesOf(first))
  await screen.close()
  return 0
}

/** Shows commits until `show` says that it is enough. Gives back the sessions that were kept before the first one. */
async function eachOf(
  repository: Repository, range: string | undefined, commits: AsyncIterable<LoggedCommit>,
  show: (commit: LoggedCommit) => Promise<boolean>,
): Promise<readonly ReadCheckpoint[]> {
  try {
    for await (const commit of commits) if (!await show(commit)) break
    return []
  } catch (error) {
    const sessions = range === undefined && error instanceof BitloopsError && error.code === 'unknown-revision'
      ? await listFirstSessions(repository) : []
    if (sessions.length === 0) throw range === undefined ? sayOfHead(error) : error
    return sessions
  }
}

/** Of the commit more than `explain` tells: here it was read. */
const toJson = (logged: LoggedCommit): object => ({
  ...explanationToJson(logged, { session: '', transcript: false }), commit: commitToJson(logged.commit),
  ...logged.sessions.length === 0 ? {} : { sessions: logged.sessions.map(sessionToJson) },
})

const sessionToJson = ({ record }: ReadCheckpoint): object => ({ id: record.id, record })

function requestOf(range: string | undefined, options: Readonly<Record<string, unknown>>): LogRequest {
  const max = options['maxCount']
  if (max !== undefined && !/^\d+$/.test(String(max))) {
    throw new BitloopsError('usage', `'${String(max)}' is not a number of commits`)
  }
  const { agent, author, since } = options
  const given = { range, agent, author, since, max: max === undefined ? undefined : Number(max) }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as LogRequest
}
