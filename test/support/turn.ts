// Short words for what scenarios do over and over.

import { playClaude } from './player.ts'
import type { Player } from './player.ts'
import type { TestRepository } from './repository.ts'

/** A whole turn that writes files, in a session of its own or in the one given. */
export async function playTurn(
  repository: TestRepository, prompt: string, files: Readonly<Record<string, string>>, claude?: Player,
): Promise<Player> {
  const player = claude ?? await playStart(repository)
  await player.prompt(prompt)
  for (const [path, text] of Object.entries(files)) await player.write(path, text)
  await player.stop(`${prompt}: done.`)
  return player
}

/** A session that has begun. */
export async function playStart(repository: TestRepository): Promise<Player> {
  const claude = playClaude(repository)
  await claude.start()
  return claude
}

/** `word 1`, `word 2` … each on a line. */
export const numbered = (count: number, word: string): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1}\n`).join('')
