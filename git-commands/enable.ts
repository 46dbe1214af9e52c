// git bitloops enable

import { enable } from '../src/enable.ts'
import type { Switched } from '../src/enable.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Run } from './io.ts'

export const run: Run = async (io, _args, options) => {
  const scope = options['project'] === true ? 'project' : 'local'
  const switched = await enable(await openRepository(io.cwd, io.env), scope, io.now())
  io.out(formatEnabled(switched))
  return switched.enabled ? 0 : 1
}

function formatEnabled({ enabled, changed, overruledBy }: Switched): string {
  if (!enabled) return `Capture is still off: ${overruledBy ?? 'another setting'} says so.\n`
  return changed ? 'Capture is on.\n' : 'Capture was on already.\n'
}
