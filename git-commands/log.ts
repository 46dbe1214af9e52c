// `git bitloops log`: commits and the sessions behind them, one line each.

import { BitloopsError } from '../src/errors.ts'
import { openRepository } from '../src/git/repository.ts'
import { logCommits } from '../src/log-commits.ts'
import type { LogRequest, LoggedCommit } from '../src/log-commits.ts'
import { commitToJson, explanationToJson } from '../src/model/explanation-json.ts'
import { formatLogLine } from '../src/model/format-log.ts'
import { formatJson } from '../src/model/json-text.ts'
import { catchUpIfStale } from './fresh.ts'
import type { Run } from './io.ts'
import { columnsOf, openScreen, openStyle } from './screen.ts'

export const run: Run = async (io, [range], options) => {
  const repository = await openRepository(io.cwd, io.env)
  await catchUpIfStale(io, repository)
  const commits = logCommits(repository, requestOf(range, options))
  if (options['json'] === true) {
    const all: object[] = []
    for await (const commit of commits) all.push(toJson(commit))
    io.out(formatJson({ schema: 1, commits: all }))
    return 0
  }
  const end = options['z'] === true ? '\0' : '\n'
  const style = await openStyle(io)
  // Only a person has too little room.
  const width = io.isTerminal ? columnsOf(io) : Infinity
  const screen = await openScreen(io)
  for await (const commit of commits) {
    if (!await screen.write(formatLogLine(commit, style, width) + end)) break
  }
  await screen.close()
  return 0
}

/** Of the commit more than `explain` tells: here it was read. */
const toJson = (logged: LoggedCommit): object =>
  ({ ...explanationToJson(logged, { session: '', transcript: false }), commit: commitToJson(logged.commit) })

function requestOf(range: string | undefined, options: Readonly<Record<string, unknown>>): LogRequest {
  const max = options['maxCount']
  if (max !== undefined && !/^\d+$/.test(String(max))) {
    throw new BitloopsError('usage', `'${String(max)}' is not a number of commits`)
  }
  const { agent, author, since } = options
  const given = { range, agent, author, since, max: max === undefined ? undefined : Number(max) }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as LogRequest
}
