// `git bitloops completion`: the completion script of a shell, made from the command table.

import { BitloopsError } from '../src/errors.ts'
import { SHELLS, formatCompletion } from '../src/model/completion.ts'
import { COMMANDS } from './cli.ts'
import type { Run } from './io.ts'

export const run: Run = async (io, [name]) => {
  const shell = SHELLS.find((each) => each === name)
  if (shell === undefined) {
    throw new BitloopsError('usage', name === undefined ? 'name a shell' : `there is no completion for '${name}'`)
  }
  io.out(formatCompletion(shell, COMMANDS))
  return 0
}
