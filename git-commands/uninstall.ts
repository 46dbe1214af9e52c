// git bitloops uninstall

import { relative } from 'node:path'
import { openRepository } from '../src/git/repository.ts'
import { uninstall } from '../src/uninstall.ts'
import type { Run } from './io.ts'

const QUESTION = 'Remove everything recorded in this clone for good: the live store, checkpoints and notes?'

export const run: Run = async (io, _args, options) => {
  const repository = await openRepository(io.cwd, io.env)
  const data = options['data'] === true
  if (data && options['yes'] !== true && !await io.ask(QUESTION, false)) {
    io.err(`Nothing was removed.${io.canAsk ? '' : ' Where nobody can be asked, --yes answers.'}\n`)
    return 1
  }
  const result = await uninstall(repository, { data })
  io.out(result.changed ? 'git-bitloops was taken out of this repository.\n' : 'There was nothing to take out here.\n')
  for (const path of result.restored) io.out(`  restored: ${relative(io.cwd, path)}\n`)
  for (const path of result.removed) io.out(`  removed: ${relative(io.cwd, path)}\n`)
  if (result.dataRemoved) io.out('  removed: live store, checkpoints and notes; what was pushed stays where it is\n')
  for (const line of result.left) io.err(`note: ${line}\n`)
  return 0
}
