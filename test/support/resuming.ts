// Short words for going on with sessions: work that is committed, a remote, and another machine.

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cloneOf, makeRemote } from './clones.ts'
import { playClaude } from './player.ts'
import type { Player } from './player.ts'
import { makeRepository } from './repository.ts'
import type { TestRepository } from './repository.ts'
import type { Outcome } from './sandbox.ts'

/** A session that writes a file, and the commit that takes it. */
export async function workOn(
  repository: TestRepository, path: string, claude = playClaude(repository),
): Promise<Player> {
  await claude.start()
  await claude.prompt(`Write ${path}`)
  await claude.think('A line will do.')
  await claude.write(path, `text of ${path}\n`)
  await claude.stop(`Wrote ${path}.`)
  await repository.waitForInbox()
  await repository.git('add', '--', path)
  await repository.git('commit', '--quiet', '-m', `Add ${path}`)
  return claude
}

/** A remote with a first commit, and a clone of it in which sessions are recorded. */
export async function makeShared(): Promise<{ readonly remote: TestRepository; readonly clone: TestRepository }> {
  const remote = await makeRemote()
  const seed = await makeRepository({ beside: remote, at: 'seed' })
  await seed.commit('Begin', { 'README.md': '# Example\n' })
  await seed.git('push', '--quiet', remote.root, 'main')
  return { remote, clone: await cloneOf(remote, 'one') }
}

/** Another machine: another path, and another home. */
export async function elsewhere(
  remote: TestRepository, name: string, init = false,
): Promise<{ readonly clone: TestRepository; readonly home: string; resume(...words: string[]): Promise<Outcome> }> {
  const clone = await cloneOf(remote, name, { init })
  const home = join(remote.sandbox.folder, `home-${name}`)
  mkdirSync(home)
  const env = { ...clone.env, HOME: home, GIT_CONFIG_GLOBAL: join(remote.home, '.gitconfig') }
  return {
    clone, home,
    resume: (...words) => clone.sandbox.run('git', ['bitloops', 'resume', ...words], { cwd: clone.root, env }),
  }
}

export const filesBelow = (folder: string): readonly string[] => existsSync(folder)
  ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  : []

export const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').trimEnd().split('\n')
