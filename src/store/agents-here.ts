// Which agents call us, by a look at their files. Light: `status` and the drain ask it.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ALL_HOOK_FILES, HOOK_PLACES, hookFilesOf, mentionsUs } from '../agents/hook-places.ts'
import { mainWorktree } from '../git/repository.ts'
import type { Repository } from '../git/repository.ts'
import { AGENT_NAMES } from '../model/ids.ts'
import type { AgentName } from '../model/ids.ts'
import { listWritten, readInstallation } from './installation.ts'
import { readText } from './readable.ts'

/** The agents whose hooks are set up in this worktree. */
export function agentsIn(repository: Repository): readonly AgentName[] {
  const { worktree } = repository
  return worktree === undefined ? [] : AGENT_NAMES.filter((agent) => hookFilesOf(agent).some((name) =>
    rootsOf(agent, repository, [worktree, mainWorktree(repository) ?? worktree])
      .some((root) => mentionsUs(readText(join(root, name))))))
}

/** Those of the worktrees whose files an agent reads. */
export function rootsOf(agent: AgentName, repository: Repository, worktrees: readonly string[]): readonly string[] {
  const main = mainWorktree(repository)
  return HOOK_PLACES[agent].onlyMain === true && main !== undefined && worktrees.includes(main) ? [main] : worktrees
}

/** Files that we wrote and that have lost our part: another tool has written them anew, or taken them away. */
export const listLostHooks = (home: string): readonly string[] =>
  listWritten(home, readInstallation(home)).filter((path) => {
    const found = findHookFile(path)
    return found !== undefined && existsSync(join(found.root, '.git')) && !mentionsUs(readText(path))
  })

/** The folders between a worktree and a file in which hooks of ours stand; none for any other file. */
export function foldersAbove(path: string): readonly string[] {
  const found = findHookFile(path)
  return found === undefined ? [] : foldersOf(found.name).map((folder) => join(found.root, folder))
}

/** `.github`, `.github/copilot` for a file in there. */
export function foldersOf(name: string): readonly string[] {
  const folder = dirname(name)
  return folder === '.' ? [] : [...foldersOf(folder), folder]
}

function findHookFile(path: string): { readonly root: string; readonly name: string } | undefined {
  const name = ALL_HOOK_FILES.find((each) => path.endsWith(`/${each}`))
  return name === undefined ? undefined : { root: path.slice(0, -name.length - 1), name }
}
