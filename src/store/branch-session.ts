// Makes a new session of an agent out of one that was recorded here: its conversation as far as a turn, filed where the
// agent looks for it, so that it can be gone on with from there. The old one stays as it is.

import { existsSync, realpathSync } from 'node:fs'
import type { AgentAdapter, Environment } from '../agents/agent.ts'
import { cutConversation } from '../agents/cut-conversation.ts'
import type { ConversationCut } from '../agents/cut-conversation.ts'
import { findAdapter } from '../agents/registry.ts'
import { isPlainSession } from '../agents/resume.ts'
import type { AgentResume, RestoredSession } from '../agents/resume.ts'
import { findAgentResume } from '../agents/resume-registry.ts'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import type { AgentName, SessionId } from '../model/ids.ts'
import { linesOfFile, readIfThere, writeNewFile, writeOver } from './agent-files.ts'
import type { LiveStore } from './live.ts'
import { readOpenCodeLines } from './opencode-transcript.ts'
import { isFolder } from './put-back.ts'
import { findSession } from './sessions.ts'
import { transcriptPathOf } from './transcripts.ts'

export interface BranchContext {
  readonly repository: Repository & { readonly worktree: string }
  readonly store: LiveStore
  /** The user's home folder. */
  readonly userHome: string
  readonly env: Environment
  readonly now: () => Millis
  /** For files that an agent takes in by a command of its own. */
  readonly scratch: string
}

export interface BranchRequest extends Pick<ConversationCut, 'session' | 'turn' | 'keep'> {
  readonly agent: AgentName
  /** A random UUID, for the new session. */
  readonly uuid: string
}

interface Continued {
  readonly session: SessionId
  /** Where it goes on. */
  readonly folder: string
  /** What the user types there, word by word; `steps` first. */
  readonly command: readonly string[]
  readonly steps: readonly (readonly string[])[]
}

export type BranchPlan =
  | ({ readonly kind: 'new'; readonly files: RestoredSession; readonly isImport: boolean } & Continued)
  /** Nothing came after the turn: the session itself can be gone on with. */
  | ({ readonly kind: 'whole' } & Continued)
  | { readonly kind: 'impossible'; readonly why: string }

/** Reads, and writes nothing. */
export async function planBranch(context: BranchContext, request: BranchRequest): Promise<BranchPlan> {
  const agent = findAgentResume(request.agent)
  const adapter = findAdapter(request.agent)
  if (agent === undefined || adapter === undefined) return no(`${request.agent} has no resume`)
  if (!isPlainSession(request.session)) return no('the id of the session is no plain name')
  const lines = await readLines(context, adapter, request)
  if (lines === undefined) return no('its transcript is not here any more')
  const { session, turn, keep } = request
  const newSession = agent.newSession(request.uuid)
  const cut = cutConversation(adapter, agent, lines, { session, turn, keep, newSession })
  if (cut.kind === 'unknown-turn') return no('its transcript does not hold that turn')
  if (cut.kind === 'nothing-left') return no('nothing was said before that turn')
  const folder = folderOf(context, request)
  const facts = (of: SessionId) => ({ session: of, folder, command: agent.command(of), steps: [] })
  if (cut.lines.length === lines.length) return { kind: 'whole', ...facts(session) }
  const files = restore(context, agent, folder, newSession, cut.lines)
  if (files === undefined) return no(agent.why ?? 'the agent takes no transcript from others')
  return { kind: 'new', ...facts(newSession), steps: files.steps, files, isImport: adapter.transcript === 'sqlite' }
}

/** Files the new session. What is there already stays. */
export function makeBranch({ files, isImport }: Extract<BranchPlan, { kind: 'new' }>): void {
  if (isImport) writeOver(files.transcript)
  else writeNewFile(files.transcript)
  for (const file of files.beside) if (!existsSync(file.path)) writeNewFile(file)
}

async function readLines(
  { store, now }: BranchContext, adapter: AgentAdapter, { agent, session }: BranchRequest,
): Promise<readonly string[] | undefined> {
  const known = findSession(store, agent, session)
  const path = known === undefined ? undefined : transcriptPathOf(store, known.id)
  if (path === undefined) return undefined
  if (adapter.transcript === 'sqlite') return await readOpenCodeLines(path, now())
  const text = readIfThere(path)
  return text === undefined ? undefined : linesOfFile(text)
}

/** Where the session was at work, if that is still there. */
function folderOf({ store, repository }: BranchContext, { agent, session }: BranchRequest): string {
  const cwd = findSession(store, agent, session)?.cwd ?? undefined
  return realpathSync.native(cwd !== undefined && isFolder(cwd) ? cwd : repository.worktree)
}

function restore(
  { repository, userHome, env, scratch }: BranchContext, agent: AgentResume, folder: string, session: SessionId,
  lines: readonly string[],
): RestoredSession | undefined {
  return agent.restore({ session, lines, subagents: new Map() },
    { cwd: folder, root: repository.worktree, home: userHome, env, scratch, read: readIfThere })
}

const no = (why: string): BranchPlan => ({ kind: 'impossible', why })
