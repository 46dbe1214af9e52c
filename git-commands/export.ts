// `git bitloops export`: one JSON record for each commit with a checkpoint, a line each.

import { BitloopsError } from '../src/errors.ts'
import { exportTraces } from '../src/export.ts'
import { openRepository } from '../src/git/repository.ts'
import { formatJsonLine } from '../src/model/json-text.ts'
import { catchUpIfStale, sayOfHead } from './fresh.ts'
import type { Run } from './io.ts'
import { programVersion } from './program-version.ts'

export const run: Run = async (io, [range], options) => {
  if (options['format'] === undefined) throw new BitloopsError('usage', 'which format? Say --format agent-trace')
  const repository = await openRepository(io.cwd, io.env)
  await catchUpIfStale(io, repository)
  const request = { version: programVersion(), ...range === undefined ? {} : { range } }
  let count = 0
  try {
    for await (const record of exportTraces(repository, request)) {
      io.out(formatJsonLine(record))
      count += 1
    }
  } catch (error) {
    throw range === undefined ? sayOfHead(error) : error
  }
  if (count > 0) return 0
  io.err('No commit there has a checkpoint.\n')
  return 1
}
