// Which agents the user of this machine, or the people of this repository, seem to use.

import { existsSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { AGENT_SIGNS } from '../agents/agent-signs.ts'
import type { Environment } from '../git/repository.ts'
import { AGENT_NAMES } from '../model/ids.ts'
import type { AgentName } from '../model/ids.ts'

export interface FoundAgent {
  readonly agent: AgentName
  /** What gave it away, for people. */
  readonly sign: string
}

/** How programs are called here and on Windows. */
const ENDINGS = ['', '.exe', '.cmd']

export const detectAgents = (worktree: string, env: Environment): readonly FoundAgent[] =>
  AGENT_NAMES.flatMap((agent) => {
    const sign = findSign(agent, worktree, env)
    return sign === undefined ? [] : [{ agent, sign }]
  })

function findSign(agent: AgentName, worktree: string, env: Environment): string | undefined {
  const { programs, folder, files } = AGENT_SIGNS[agent]
  const program = programs.find((name) => isOnPath(name, env))
  if (program !== undefined) return `${program} is on the PATH`
  const home = env['HOME'] ?? env['USERPROFILE']
  const place = home === undefined ? undefined : folder(home, env)
  if (place !== undefined && isFolder(place)) return `${place} is there`
  const file = files.find((name) => existsSync(join(worktree, name)))
  return file === undefined ? undefined : `${file} is in this repository`
}

const isOnPath = (name: string, env: Environment): boolean =>
  (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
    .some((folder) => ENDINGS.some((ending) => isFile(join(folder, `${name}${ending}`))))

const isFile = (path: string): boolean => kindOf(path)?.isFile() === true
const isFolder = (path: string): boolean => kindOf(path)?.isDirectory() === true

function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
