// `git bitloops import --from <tool>`: checkpoints of what git-ai or Entire kept.

import { importForeign } from '../src/import-foreign.ts'
import { foreignImportToJson, formatForeignImport } from '../src/model/foreign-import.ts'
import type { ForeignTool } from '../src/model/foreign-record.ts'
import { formatJson } from '../src/model/json-text.ts'
import { relinkRange } from '../src/relink.ts'
import type { Io } from './io.ts'
import { openProgress } from './progress.ts'
import { openWorkspace, promoteContextOf } from './workspace.ts'

const PATIENCE_MS = 60_000

export async function runForeign(
  io: Io, tool: ForeignTool, options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const workspace = await openWorkspace(io)
  const { repository, store, reader } = workspace
  const dryRun = options['dryRun'] === true
  const progress = openProgress(io)
  try {
    const result = await importForeign({ repository, store, reader, now: io.now, patienceMs: PATIENCE_MS }, {
      tool, dryRun,
      onProgress: (done, all) => {
        progress.tell(`Looking at commits: ${Math.floor(100 * done / all)}% (${done}/${all})`)
      },
    })
    // Many of these commits have been rewritten since.
    if (!dryRun) await relinkRange(promoteContextOf(io, workspace, PATIENCE_MS), { by: 'import' })
    progress.end()
    io.out(options['json'] === true ? formatJson(foreignImportToJson(result)) : formatForeignImport(result))
    return result.refs.length === 0 ? 1 : result.isComplete ? 0 : 128
  } finally {
    progress.end()
    workspace.close()
  }
}
