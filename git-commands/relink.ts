// `git bitloops relink [<range>]`: finds the checkpoints of commits that were rewritten unseen.

import { formatRelinked, relinkedToJson } from '../src/model/format-relinked.ts'
import { relinkRange } from '../src/relink.ts'
import type { Io } from './io.ts'
import { catchUp } from './catch-up.ts'
import { tellOpenRewind } from './fresh.ts'
import { openWorkspace, promoteContextOf } from './workspace.ts'

const BOUND_MS = 60_000

export const run = async (
  io: Io, [range]: readonly string[], options: Readonly<Record<string, unknown>>,
): Promise<number> => {
  const dryRun = options['dryRun'] === true
  const workspace = await openWorkspace(io)
  try {
    tellOpenRewind(io, workspace.repository)
    if (!dryRun) await catchUp(io, workspace.repository)
    const request = { dryRun, ...range === undefined ? {} : { range } }
    const relinked = await relinkRange(promoteContextOf(io, workspace, BOUND_MS), request)
    const isDone = dryRun || relinked.carried.length === 0 || relinked.links !== undefined
    io.out(options['json'] === true ? `${JSON.stringify(relinkedToJson(relinked.carried, dryRun), undefined, 2)}\n`
      : formatRelinked(relinked.carried, dryRun))
    if (!isDone) io.err('warning: the refs are in use; nothing was written yet\n')
    return !isDone ? 128 : relinked.carried.length > 0 ? 0 : 1
  } finally {
    workspace.close()
  }
}
