// Which agents are set up: those that the user names, those of an earlier init, those that are found.

import { BitloopsError } from '../errors.ts'
import type { Environment } from '../git/repository.ts'
import { AGENT_NAMES } from '../model/ids.ts'
import type { AgentName } from '../model/ids.ts'
import { detectAgents } from './detect-agents.ts'
import type { FoundAgent } from './detect-agents.ts'
import { readInstallation } from './installation.ts'

export interface AgentChoice {
  /** Named by the user, beside those that are set up already. Empty: they, and what `choose` takes of those found. */
  readonly agents: readonly string[]
  /** Asked about agents that are found here and not set up; absent: nobody looks for any. */
  readonly choose?: (found: readonly FoundAgent[], isFirst: boolean) => Promise<readonly AgentName[]>
}

export interface ChosenAgents {
  /** In the order in which they are told. */
  readonly agents: readonly AgentName[]
  /** Those of them that this init is about. */
  readonly meant: readonly AgentName[]
  readonly findings: readonly string[]
}

/** Where nothing speaks for any agent. */
const DEFAULT_AGENT: AgentName = 'claude-code'

export async function chooseAgents(
  home: string, worktree: string, env: Environment, { agents: names, choose }: AgentChoice,
): Promise<ChosenAgents> {
  const known = readInstallation(home).agents
  const named = requireKnown(names)
  if (named.length > 0) return { agents: inOrder([...known, ...named]), meant: named, findings: [] }
  const found = choose === undefined ? []
    : detectAgents(worktree, env).filter(({ agent }) => !known.includes(agent))
  const isFirst = known.length === 0
  const chosen = found.length === 0 ? [] : await choose!(found, isFirst)
  const agents = inOrder([...known, ...chosen])
  if (agents.length > 0) {
    return { agents, meant: agents, findings: tellOthers(found.filter(({ agent }) => !agents.includes(agent))) }
  }
  if (found.length > 0) {
    throw new BitloopsError('no-agent', 'no agent was chosen, so there is nothing to set up',
      'git bitloops init --agent <name> names one')
  }
  return {
    agents: [DEFAULT_AGENT], meant: [DEFAULT_AGENT],
    findings: choose === undefined ? []
      : [`no agent was found here, so it is set up for ${DEFAULT_AGENT}; git bitloops init --agent <name> adds others`],
  }
}

/** Those that an earlier init has set up; before several could be, it was one. */
export function installedAgents(home: string): readonly AgentName[] {
  const { agents } = readInstallation(home)
  return agents.length === 0 ? [DEFAULT_AGENT] : agents
}

const tellOthers = (others: readonly FoundAgent[]): readonly string[] => others.map(({ agent, sign }) =>
  `${agent} is not set up, but ${sign}: git bitloops init --agent ${agent} adds it`)

const inOrder = (agents: readonly AgentName[]): readonly AgentName[] =>
  AGENT_NAMES.filter((agent) => agents.includes(agent))

function requireKnown(names: readonly string[]): readonly AgentName[] {
  const unknown = names.find((name) => !AGENT_NAMES.includes(name as AgentName))
  if (unknown === undefined) return names as readonly AgentName[]
  throw new BitloopsError('unknown-agent', `'${unknown}' is not an agent that git-bitloops knows`,
    `known agents: ${AGENT_NAMES.join(', ')}`)
}
