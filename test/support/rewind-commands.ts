// Turns of Claude Code that are recorded by the installed hooks, for rewinds through the built program.

import { playClaude } from './player.ts'
import type { Player } from './player.ts'
import { makeInitialised, until } from './repository.ts'
import type { TestRepository } from './repository.ts'

export const FIRST = '11111111-1111-4111-8111-111111111111'
export const SECOND = '22222222-2222-4222-8222-222222222222'

/** A repository with git-bitloops at work, removed afterwards. */
export async function withRepository(work: (repository: TestRepository) => Promise<void>): Promise<void> {
  const repository = await makeInitialised()
  try {
    await work(repository)
  } finally {
    repository.remove()
  }
}

export async function startSession(repository: TestRepository, session = FIRST): Promise<Player> {
  const claude = playClaude(repository, { session })
  await claude.start()
  return claude
}

/** A turn that was looked at before and after. */
export async function playLookedAt(
  repository: TestRepository, claude: Player, prompt: string, work: () => Promise<void>,
): Promise<void> {
  await beginLookedAt(repository, claude, prompt)
  await work()
  await claude.stop(`${prompt}: done.`)
  await until(`somebody looked after ${prompt}`, () => isLookedAt(repository, claude, prompt, 'after'))
}

async function beginLookedAt(repository: TestRepository, claude: Player, prompt: string): Promise<void> {
  await claude.prompt(prompt)
  await until(`somebody looked before ${prompt}`, () => isLookedAt(repository, claude, prompt, 'before'))
}

async function isLookedAt(
  repository: TestRepository, claude: Player, prompt: string, side: 'before' | 'after',
): Promise<boolean> {
  const last = (await listed(repository)).find((one) => one.session === claude.session)?.turns.at(-1)
  return last?.prompt === prompt && last[side] !== null
}

/** A turn that writes these files. */
export const playFiles = (
  repository: TestRepository, claude: Player, prompt: string, files: Readonly<Record<string, string>>,
): Promise<void> => playLookedAt(repository, claude, prompt, async () => {
  for (const [path, text] of Object.entries(files)) await claude.write(path, text)
})

/** A turn that writes these files and is interrupted: only what comes next can look at its end. */
export async function playInterrupted(
  repository: TestRepository, claude: Player, prompt: string, files: Readonly<Record<string, string>>,
): Promise<void> {
  await beginLookedAt(repository, claude, prompt)
  for (const [path, text] of Object.entries(files)) await claude.write(path, text)
  await claude.interrupt()
}

export interface ListedState { readonly state: string; readonly tree: string; readonly head: string | null }
export interface ListedJson {
  readonly session: string
  readonly turns: readonly {
    readonly name: string
    readonly prompt: string | null
    readonly checkpoints: readonly string[]
    readonly before: ListedState | null
    readonly after: ListedState | null
  }[]
}

export async function listed(repository: TestRepository): Promise<readonly ListedJson[]> {
  const { stdout, stderr } = await repository.bitloops('rewind', '--list', '--json')
  if (stdout === '') throw new Error(`git bitloops rewind --list: ${stderr}`)
  return (JSON.parse(stdout) as { sessions: readonly ListedJson[] }).sessions
}
