// git bitloops disable

import { disable } from '../src/enable.ts'
import type { Switched } from '../src/enable.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Run } from './io.ts'

export const run: Run = async (io, _args, options) => {
  const scope = options['project'] === true ? 'project' : 'local'
  const switched = await disable(await openRepository(io.cwd, io.env), scope, io.now())
  io.out(formatDisabled(switched))
  return switched.enabled ? 1 : 0
}

function formatDisabled({ enabled, changed, overruledBy }: Switched): string {
  if (enabled) return `Capture is still on: ${overruledBy ?? 'another setting'} says so.\n`
  if (!changed) return 'Capture was off already.\n'
  return 'Capture is off: nothing is recorded until git bitloops enable. Hooks stay, and answer at once.\n'
}
