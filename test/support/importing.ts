// Repositories in which sessions were held before git-bitloops was there.

import { spawn } from 'node:child_process'
import * as assert from 'uvu/assert'
import { readLinked } from './checkpoints.ts'
import type { Imported } from './old-session.ts'
import { playClaude } from './player.ts'
import type { Player } from './player.ts'
import { makeRepository } from './repository.ts'
import type { TestRepository } from './repository.ts'
import { numbered } from './turn.ts'

/** Works in a repository that has two files and knows nothing of git-bitloops. */
export async function inUnseen(work: (repository: TestRepository) => Promise<void>): Promise<void> {
  const repository = await makeRepository()
  try {
    await repository.commit('Begin', { 'README.md': '# Example\n', 'shared.txt': numbered(9, 'line') })
    await work(repository)
  } finally {
    repository.remove()
  }
}

export async function initialise(repository: TestRepository): Promise<void> {
  const { code, output } = await repository.bitloops('init', '--agent', 'claude-code')
  assert.is(code, 0, output)
}

/** A session without hooks that has been asked something. */
export async function playUnseen(repository: TestRepository, prompt: string, cwd?: string): Promise<Player> {
  const claude = playClaude(repository, { noHooks: true, ...cwd === undefined ? {} : { cwd } })
  await claude.start()
  await claude.prompt(prompt)
  return claude
}

export const commitsOf = (imported: Imported): readonly string[] => imported.commits.map(({ commit }) => commit)

/** The prompts in the checkpoints of a commit. */
export const promptsIn = async (repository: TestRepository, revision: string): Promise<readonly string[]> =>
  (await readLinked(repository, revision)).flatMap(({ entries }) =>
    entries.flatMap((entry) => entry.kind === 'prompt' ? [entry.text] : []))

export interface Running {
  readonly pid: number
  readonly ended: Promise<unknown>
  kill(signal: NodeJS.Signals): void
}

/** The process itself, not git above it, which would leave it alone. */
export function startImport(repository: TestRepository): Running {
  const child = spawn('git-bitloops', ['import'], { cwd: repository.root, env: repository.env, stdio: 'ignore' })
  return {
    pid: child.pid!,
    ended: new Promise((resolve) => { child.on('close', resolve) }),
    kill: (signal) => { child.kill(signal) },
  }
}
