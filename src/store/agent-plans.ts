// The agent hooks of a whole clone: all agents in all worktrees.

import { relative } from 'node:path'
import { HOOK_STEPS } from '../agents/hook-forms.ts'
import { HOOK_PLACES } from '../agents/hook-places.ts'
import { mainWorktree } from '../git/repository.ts'
import type { Repository } from '../git/repository.ts'
import type { FileChange } from '../model/file-change.ts'
import type { AgentName } from '../model/ids.ts'
import { listTrackedHookFiles, planAgentHooks } from './agent-hooks.ts'
import type { AgentHooksPlan } from './agent-hooks.ts'
import { rootsOf } from './agents-here.ts'
import type { ExcludedHookFiles } from './exclude.ts'

export interface AgentsRequest {
  readonly agents: readonly AgentName[]
  /** Those whose hooks go to the files that are shared through Git. */
  readonly shared: readonly AgentName[]
  /** Asked before anything is written where others would see it. */
  readonly consent: (question: string) => Promise<boolean>
}

export interface AgentsPlan extends AgentHooksPlan {
  readonly files: ExcludedHookFiles
}

/** For init. What is private goes to all worktrees, what is shared to the one that init is run in. */
export async function planHooksOfAgents(
  repository: Repository, worktrees: readonly string[], { agents, ...request }: AgentsRequest,
): Promise<AgentsPlan> {
  const plans: (AgentHooksPlan & { readonly agent: AgentName; readonly root: string; readonly shared: boolean })[] = []
  const consent = onceEach(request.consent)
  for (const root of worktrees) {
    const tracked = await listTrackedHookFiles(repository, root, agents)
    for (const agent of agents) {
      const roots = rootsOf(agent, repository, worktrees)
      if (!roots.includes(root)) continue
      const shared = request.shared.includes(agent) && (root === repository.worktree || roots.length === 1)
      const plan = planAgentHooks(root, agent, shared, tracked)
      const isAllowed = plan.reserved !== undefined
        && await consent(`${plan.reserved} is in Git. Register the hooks of git-bitloops in it, for everybody?`)
      plans.push({ agent, root, shared, ...isAllowed ? planAgentHooks(root, agent, shared, new Set()) : plan })
    }
  }
  const changed = agents.filter((agent) => plans.some((plan) => plan.agent === agent && plan.changes.length > 0))
  return {
    changes: plans.flatMap(({ changes }) => changes),
    findings: [
      ...plans.flatMap(({ findings }) => findings), ...changed.flatMap((agent) => HOOK_STEPS[agent] ?? []),
    ],
    files: {
      hidden: plans.filter(({ shared }) => !shared).flatMap(({ agent, root, changes }) =>
        hiddenOf(agent, root, changes)),
      shown: plans.filter(({ shared }) => shared).map(({ agent }) => HOOK_PLACES[agent].shared),
    },
  }
}

/** For a worktree that was just added. */
export async function planHooksOfNew(
  repository: Repository, agents: readonly AgentName[],
): Promise<Pick<AgentsPlan, 'changes' | 'files'>> {
  const root = repository.worktree!
  const tracked = await listTrackedHookFiles(repository, root, agents)
  const plans = agents
    .filter((agent) => HOOK_PLACES[agent].onlyMain !== true || mainWorktree(repository) === undefined)
    .map((agent) => ({ agent, ...planAgentHooks(root, agent, false, tracked) }))
  return {
    changes: plans.flatMap(({ changes }) => changes),
    files: { hidden: plans.flatMap(({ agent, changes }) => hiddenOf(agent, root, changes)), shown: [] },
  }
}

/** A file of settings that agents themselves call local is private whoever made it, any other one when we did. */
function hiddenOf(agent: AgentName, root: string, changes: readonly FileChange[]): readonly string[] {
  const { local, shared } = HOOK_PLACES[agent]
  if (local !== shared) return [local]
  return changes.filter(({ before }) => before === undefined).map(({ path }) => relative(root, path))
}

/** The same question is asked once, however many worktrees it is about. */
function onceEach(consent: AgentsRequest['consent']): AgentsRequest['consent'] {
  const answers = new Map<string, Promise<boolean>>()
  return (question) => {
    const answer = answers.get(question) ?? consent(question)
    answers.set(question, answer)
    return answer
  }
}
