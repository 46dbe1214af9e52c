// Whether an agent that asks its user about every hook runs ours. Only Codex does; it says nothing when it does not.

import { join } from 'node:path'
import { AGENT_SIGNS } from '../agents/agent-signs.ts'
import { readTrust, trustsFolder } from '../agents/codex/trust.ts'
import { HOOK_PLACES, mentionsUs } from '../agents/hook-places.ts'
import type { Environment } from '../git/repository.ts'
import type { Distrust } from '../model/diagnosis.ts'
import type { AgentName } from '../model/ids.ts'
import { readText } from './readable.ts'

/** Why the agent does not run the hooks of a worktree; undefined where it does, or where that cannot be known. */
export function findDistrust(agent: AgentName, root: string, env: Environment): Distrust | undefined {
  const home = env['HOME'] ?? env['USERPROFILE']
  if (agent !== 'codex' || home === undefined) return undefined
  const config = readText(join(AGENT_SIGNS.codex.folder(home, env), 'config.toml'))
  if (!trustsFolder(config, root)) return 'folder'
  const file = join(root, HOOK_PLACES.codex.local)
  const judged = readTrust(config, file, readText(file), mentionsUs)
  return judged.map(({ trust }) => trust).find((trust) => trust !== 'trusted')
}
