// `git bitloops import`: links old sessions, of which no hook told, to the commits they led to.

import type { AgentAdapter } from '../src/agents/agent.ts'
import { adapters } from '../src/agents/registry.ts'
import { BitloopsError } from '../src/errors.ts'
import { readDate } from '../src/git/dates.ts'
import { importSessions } from '../src/import.ts'
import { FOREIGN_TOOLS } from '../src/model/foreign-record.ts'
import { formatImport, formatProgress, importToJson } from '../src/model/import-report.ts'
import { promoteContinuations } from '../src/promote.ts'
import { relinkRange } from '../src/relink.ts'
import { catchUp } from './catch-up.ts'
import { tellOpenRewind } from './fresh.ts'
import type { Io, Run } from './io.ts'
import { openProgress } from './progress.ts'
import { openWorkspace, promoteContextOf, recordContextOf } from './workspace.ts'
import type { Workspace } from './workspace.ts'

const BOUND_MS = 60_000

export const run: Run = async (io, _args, options) => {
  const from = FOREIGN_TOOLS.find((tool) => tool === options['from'])
  if (from !== undefined) return await (await import('./import-foreign.ts')).runForeign(io, from, options)
  const dryRun = options['dryRun'] === true
  const chosen = chooseAdapters([options['agent'] ?? []].flat() as string[])
  const workspace = await openWorkspace(io)
  const progress = openProgress(io)
  try {
    const { repository, settings: { directory } } = workspace
    const since = options['since'] === undefined ? 0 : await readDate(repository, options['since'] as string)
    tellOpenRewind(io, repository)
    if (!dryRun) await catchUp(io, repository)
    const report = await importSessions(
      { ...recordContextOf(io, workspace), reader: workspace.reader, directory },
      { adapters: chosen, since, dryRun, onProgress: (step) => { progress.tell(formatProgress(step)) } })
    if (!dryRun && report.commits.length > 0) await promoteRest(io, workspace)
    progress.end()
    io.out(options['json'] === true ? `${JSON.stringify(importToJson(report), undefined, 2)}\n` : formatImport(report))
    return 0
  } finally {
    progress.end()
    workspace.close()
  }
}

/** What followed a commit in its turn, and what has become of the commits since: rebased, squashed, picked. */
async function promoteRest(io: Io, workspace: Workspace): Promise<void> {
  const context = promoteContextOf(io, workspace, BOUND_MS)
  await promoteContinuations(context)
  await relinkRange(context, { by: 'import' })
}

function chooseAdapters(names: readonly string[]): readonly AgentAdapter[] {
  const wanted = names.flatMap((name) => name.split(','))
  const unknown = wanted.find((name) => !adapters.some((adapter) => adapter.name === name))
  if (unknown !== undefined) {
    throw new BitloopsError('unknown-agent', `no agent is called '${unknown}'`,
      `one of: ${adapters.map(({ name }) => name).join(', ')}`)
  }
  return wanted.length === 0 ? adapters : adapters.filter(({ name }) => wanted.includes(name))
}
