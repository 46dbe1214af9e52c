// What hooks start: without the table of commands, help and all else that only people need. See scripts/build.ts.

import { openIo } from './io.ts'
import type { Run } from './io.ts'

const LOAD: Readonly<Record<string, () => Promise<{ readonly run: Run }>>> = {
  promote: () => import('./promote.ts'),
  settle: () => import('./settle.ts'),
  drain: () => import('./drain.ts'),
  hook: () => import('./hook.ts'),
}

const [name = '', ...words] = process.argv.slice(2)
const io = openIo()
LOAD[name]!().then(({ run }) => run(io, words, {})).catch((error: unknown) => {
  const said = error instanceof Error ? error.stack ?? error.message : String(error)
  io.err(`fatal: this is a bug in git-bitloops\n${said}\n`)
  return 128
}).then((code) => { process.exitCode = code })
