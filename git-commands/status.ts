// `git bitloops status`: whether capture is on, who is at work, what is recorded.

import { BitloopsError } from '../src/errors.ts'
import { readConfigAndHooks } from '../src/git/config.ts'
import { openRepository, ownEnvironment } from '../src/git/repository.ts'
import { cleanValue } from '../src/model/clean-value.ts'
import { formatJson } from '../src/model/json-text.ts'
import { formatStatus, statusLines, statusToJson } from '../src/model/status-report.ts'
import { readStatus } from '../src/status.ts'
import { loadLiveStore } from '../src/store/live.ts'
import { catchUpIfStale } from './fresh.ts'
import type { Run } from './io.ts'
import { openStyle, widthOfScreen } from './screen.ts'

export const run: Run = async (io, _args, options) => {
  const isPorcelain = options['porcelain'] === true
  if (isPorcelain && options['json'] === true) {
    throw new BitloopsError('usage', '--json cannot be used with --porcelain')
  }
  if (options['z'] === true && !isPorcelain) throw new BitloopsError('usage', '-z needs --porcelain')
  // All that Git is asked runs at once, and the database's module loads meanwhile.
  const place = { cwd: io.cwd, env: ownEnvironment(io.env) }
  const [repository, config] = await Promise.all([
    openRepository(io.cwd, io.env), readConfigAndHooks(place), loadLiveStore(),
  ])
  await catchUpIfStale(io, repository)
  const report = await readStatus(repository, config, io.now())
  if (options['json'] === true) io.out(formatJson(statusToJson(report)))
  else if (isPorcelain) io.out(statusLines(report).map((line) => line + (options['z'] === true ? '\0' : '\n')).join(''))
  else io.out(formatStatus(cleanValue(report), io.now(), await openStyle(io), widthOfScreen(io)))
  return 0
}
