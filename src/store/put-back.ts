// Puts a session's own transcript where its agent looks for it, unless the agent has a newer one.

import { existsSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, Environment } from '../agents/agent.ts'
import { placeSession } from '../agents/place-session.ts'
import { findAdapter } from '../agents/registry.ts'
import { isPlainSession, newestIn } from '../agents/resume.ts'
import type { AgentPlace, AgentResume, RestoredSession } from '../agents/resume.ts'
import { findAgentResume } from '../agents/resume-registry.ts'
import type { Repository } from '../git/repository.ts'
import type { Millis } from '../model/event.ts'
import { goesOn, planWrite } from '../model/resume.ts'
import type { TranscriptFacts } from '../model/resume.ts'
import { linesOf } from '../model/slices.ts'
import { adoptSession } from './adopt-session.ts'
import {
  factsOf, linesOfFile, readAgentFile, readIfThere, replaceFile, writeNewFile, writeOver,
} from './agent-files.ts'
import type { LiveStore } from './live.ts'
import type { ResumableSession } from './resumable.ts'
import { listOpenCodeSessions } from './opencode-transcript.ts'
import { findSession } from './sessions.ts'
import { findTranscripts } from './transcript-files.ts'
import { transcriptPathOf } from './transcripts.ts'

export interface PutBackContext {
  readonly repository: Repository & { readonly worktree: string }
  /** Undefined where nothing was ever recorded. */
  readonly store: LiveStore | undefined
  /** The user's home folder. */
  readonly userHome: string
  readonly env: Environment
  readonly now: () => Millis
  readonly branch?: string
  /** For files that an agent takes in by a command of its own. */
  readonly scratch: string
  /** True for a folder of the working tree as it is, or as it will be after the switch. */
  readonly hasFolder: (below: string) => Promise<boolean>
  /** Whether what the agent has may give way: it is kept as a copy. */
  readonly mayReplace: (conflict: Conflict) => Promise<boolean>
}

/** What the agent has, and what checkpoints hold; without a time where nobody can tell. */
export interface Conflict {
  readonly path: string
  readonly here?: Millis
  readonly ours?: Millis
}

export type PutBack =
  | { readonly kind: 'written'; readonly path: string; readonly backup?: string; readonly conflict?: Conflict }
  /** The agent has it all; `newer`: and what came after. */
  | { readonly kind: 'kept'; readonly path: string; readonly newer?: Conflict }
  | { readonly kind: 'refused'; readonly conflict: Conflict }
  /** Earlier or later parts are not here. */
  | { readonly kind: 'incomplete'; readonly missing: { readonly from: number; readonly to: number } }
  /** This agent can be given no transcript; where it has the session itself, its command works. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  /** It cannot be put back at all. */
  | { readonly kind: 'impossible'; readonly why: string }

export interface PutBackSession {
  readonly outcome: PutBack
  /** Where it goes on. */
  readonly folder: string
  /** What the user types there, word by word; `steps` first. */
  readonly command: readonly string[]
  readonly steps: readonly (readonly string[])[]
}

export async function putBack(context: PutBackContext, session: ResumableSession): Promise<PutBackSession> {
  const agent = findAgentResume(session.agent)
  const adapter = findAdapter(session.agent)
  const { worktree } = context.repository
  if (agent === undefined || adapter === undefined || !isPlainSession(session.session)) {
    const why = agent === undefined || adapter === undefined ? `sessions of ${session.agent} cannot be put back yet`
      : 'its id is no plain name, and would not be safe in a command'
    return { outcome: { kind: 'impossible', why }, folder: worktree, command: [], steps: [] }
  }
  const command = agent.command(session.session)
  const slices = session.transcript.slices.map(({ text, paths }) => ({ lines: linesOf(text), paths }))
  const placed = placeSession(adapter, agent, slices, { root: worktree, home: context.userHome })
  const folder = await context.hasFolder(placed.below) ? join(worktree, placed.below) : worktree
  const place = placeOf(context, folder)
  const restored = placed.lines.length === 0 ? undefined
    : agent.restore({ session: session.session, lines: placed.lines, subagents: session.subagents }, place)
  const here = findHere(context, agent, adapter, session, restored, place)
  if (restored === undefined) {
    const outcome = here === undefined ? nothingFor(agent, session) : { kind: 'kept', path: here } as const
    return { outcome, folder: folderHere(context, session) ?? folder, command, steps: [] }
  }
  const outcome = adapter.transcript === 'sqlite'
    ? await offerImport(context, agent, adapter, session, restored)
    : await write(context, agent, adapter, session, restored, placed.lines, here)
  return { outcome, folder, command, steps: outcome.kind === 'written' ? restored.steps : [] }
}

async function write(
  context: PutBackContext, agent: AgentResume, adapter: AgentAdapter, session: ResumableSession,
  restored: RestoredSession, lines: readonly string[], here: string | undefined,
): Promise<PutBack> {
  const { transcript } = restored
  const ours = factsOf(agent, lines, adapter, session.session)
  const theirs = here === undefined ? undefined : readHere(agent, adapter, session, here)
  const plan = planWrite(ours, theirs)
  const { missing } = session.transcript
  if (missing !== undefined && plan !== 'keep') return { kind: 'incomplete', missing }
  const conflict: Conflict | undefined = here === undefined ? undefined
    : { path: here, ...timeOf('here', theirs?.newest), ...timeOf('ours', ours.newest) }
  if (plan === 'keep') {
    if (theirs === undefined || conflict === undefined || !goesOn(ours, theirs)) return { kind: 'kept', path: here! }
    if (!await context.mayReplace(conflict)) return { kind: 'kept', path: here!, newer: conflict }
  }
  if (plan === 'ask' && !await context.mayReplace(conflict!)) return { kind: 'refused', conflict: conflict! }
  const target = { path: here ?? transcript.path, text: transcript.text }
  const backup = here === undefined ? undefined : replaceFile(target, context.now())
  if (here === undefined && !writeNewFile(target)) return await write(
    context, agent, adapter, session, restored, lines, transcript.path)
  for (const file of [...restored.subagents, ...restored.beside]) if (!existsSync(file.path)) writeNewFile(file)
  adopt(context, adapter, session, restored, target.path)
  return {
    kind: 'written', path: target.path,
    ...backup === undefined ? {} : { backup },
    ...plan === 'write' || plan === 'replace' ? {} : { conflict: conflict! },
  }
}

/** The agent itself takes the file in: it adds what it has not, and changes nothing of what it has. */
async function offerImport(
  { userHome, env }: PutBackContext, agent: AgentResume, adapter: AgentAdapter,
  { session, transcript }: ResumableSession, restored: RestoredSession,
): Promise<PutBack> {
  const path = adapter.transcriptOf?.(session, userHome, env)
  const here = path === undefined ? undefined
    : (await listOpenCodeSessions(path.slice(0, path.lastIndexOf('#')))).find((one) => one.session === session)
  const ours = newestIn(agent, transcript.slices.flatMap(({ text }) => linesOf(text)))
  if (path !== undefined && here !== undefined && here.updatedAt >= (ours ?? 0)) return { kind: 'kept', path }
  if (transcript.missing !== undefined) return { kind: 'incomplete', missing: transcript.missing }
  writeOver(restored.transcript)
  return { kind: 'written', path: restored.transcript.path }
}

const timeOf = <Key extends string>(key: Key, at: Millis | undefined): { readonly [K in Key]?: Millis } =>
  (at === undefined ? {} : { [key]: at }) as { readonly [K in Key]?: Millis }

function readHere(
  agent: AgentResume, adapter: AgentAdapter, { session }: ResumableSession, path: string,
): TranscriptFacts | undefined {
  const text = readAgentFile(path)
  return text === undefined || text.trim() === '' ? undefined : factsOf(agent, linesOfFile(text), adapter, session)
}

/** The transcript that the agent has of the session, wherever it filed it. */
function findHere(
  { store, userHome: home, env }: PutBackContext, agent: AgentResume, adapter: AgentAdapter,
  { session }: ResumableSession, restored: RestoredSession | undefined, { cwd }: AgentPlace,
): string | undefined {
  const known = store === undefined ? undefined : findSession(store, agent.agent, session)
  const recorded = known === undefined ? undefined : transcriptPathOf(store!, known.id)
  // A session in a database is only known to be there when it was read from there.
  if (adapter.transcript === 'sqlite') return recorded
  const kept = [restored?.transcript.path, recorded].find((path) => path !== undefined && existsSync(path))
  if (kept !== undefined) return kept
  const search = { home, env, since: 0, session, ...agent.finds === 'by-folder' ? { cwd } : {} }
  for (const { path } of findTranscripts(adapter, search)) return path
  return undefined
}

const nothingFor = (agent: AgentResume, { transcript }: ResumableSession): PutBack =>
  transcript.slices.length > 0 && agent.why !== undefined ? { kind: 'elsewhere', why: agent.why }
    : { kind: 'impossible', why: 'no checkpoint here holds its transcript, and its agent has none' }

/** Where a session that was recorded here is at work. */
function folderHere({ store }: PutBackContext, { agent, session }: ResumableSession): string | undefined {
  const known = store === undefined ? undefined : findSession(store, agent, session)
  return known?.cwd !== null && known?.cwd !== undefined && isFolder(known.cwd) ? known.cwd : undefined
}

function placeOf({ repository, userHome, env, branch, scratch }: PutBackContext, folder: string): AgentPlace {
  return {
    cwd: isFolder(folder) ? realpathSync.native(folder) : folder, root: repository.worktree,
    home: userHome, env, scratch, read: readIfThere, ...branch === undefined ? {} : { branch },
  }
}

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** What was put back is recorded already; what the agent does next comes behind it. */
function adopt(
  { store, repository, now }: PutBackContext, adapter: AgentAdapter, session: ResumableSession,
  restored: RestoredSession, path: string,
): void {
  if (store === undefined) return
  const { digest, lines, slices } = session.transcript
  const ids = [...session.subagents.keys()]
  const at = newestIn(findAgentResume(session.agent)!, linesOfFile(restored.transcript.text)) ?? now()
  adoptSession(store, adapter, {
    session: session.session, at: slices.at(-1)?.at ?? at, worktree: repository.worktree, cwd: repository.worktree,
    files: [{ path }, ...restored.subagents.map((file, index) => ({ path: file.path, subagent: ids[index]! }))],
    slicedLines: lines, slicedDigest: digest,
  })
}
