// Repositories as git-ai and Entire leave them, written with git alone.

import { openObjectReader } from '../../src/git/cat-file.ts'
import { openRepository } from '../../src/git/repository.ts'
import { importForeign } from '../../src/import-foreign.ts'
import type { ForeignImport } from '../../src/model/foreign-import.ts'
import type { ForeignTool } from '../../src/model/foreign-record.ts'
import { makeInbox } from '../../src/store/inbox.ts'
import { openLiveStore } from '../../src/store/live.ts'
import type { TestRepository } from './repository.ts'

/** Imports as the command does. */
export async function importFrom(
  repository: TestRepository, tool: ForeignTool, dryRun = false, onProgress?: (done: number, all: number) => void,
): Promise<ForeignImport> {
  const opened = await openRepository(repository.root, repository.env)
  makeInbox(opened.home)
  const reader = openObjectReader(opened)
  const store = await openLiveStore(opened.home)
  try {
    const context = { repository: opened, store, reader, now: Date.now, patienceMs: 10_000 }
    return await importForeign(context, { tool, dryRun, ...onProgress === undefined ? {} : { onProgress } })
  } finally {
    reader.close()
    store.close()
  }
}

/** How often each thing happened. */
export const countsOf = ({ outcomes }: ForeignImport): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Adds files to a ref in one commit. */
export async function addToRef(
  repository: TestRepository, ref: string, files: Readonly<Record<string, string>>,
): Promise<void> {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`
  const tip = await repository.tryGit('rev-parse', '--verify', '--quiet', ref)
  const input = [
    `commit ${ref}\ncommitter Entire <entire@local> 1795190400 +0000\n${data('Checkpoint')}`,
    tip.code === 0 ? `from ${ref}^0\n` : '',
    ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
  ].join('')
  const { root, env, sandbox } = repository
  const outcome = await sandbox.run('git', ['fast-import', '--quiet'], { cwd: root, env, input })
  if (outcome.code !== 0) throw new Error(outcome.output)
}

export interface EntireSession {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly transcript?: string
  readonly prompts?: readonly string[]
}

/** The files of a checkpoint of Entire, below its folder. */
export const entireFiles = (
  folder: string, id: string, sessions: readonly EntireSession[],
): Record<string, string> => ({
  [`${folder}metadata.json`]: JSON.stringify({ checkpoint_id: id, strategy: 'manual-commit', sessions: [{}] }),
  ...Object.assign({}, ...sessions.map(({ metadata, transcript, prompts }, at) => ({
    [`${folder}${at}/metadata.json`]: JSON.stringify({ checkpoint_id: id, ...metadata }),
    ...transcript === undefined ? {} : { [`${folder}${at}/full.jsonl`]: transcript },
    ...prompts === undefined ? {} : { [`${folder}${at}/prompt.txt`]: prompts.join('\n\n---\n\n') },
  }))),
})
