// `git bitloops hook <agent> [<event>]`: what src/hooks/agent-hook.sh does, for systems without sh. Exits 0 and prints
// nothing, always.

import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findRepository, foreignEnvironment } from '../src/git/repository.ts'
import { openLog } from '../src/log.ts'
import { namesProject } from '../src/model/agent-command.ts'
import { deliver, formatMessage } from '../src/store/inbox.ts'
import { programPaths } from './io.ts'
import type { Io } from './io.ts'

export const run = async (io: Io, [agent = '', ...words]: readonly string[]): Promise<number> => {
  if (agent === 'worktree') return await equip(io)
  if (agent === 'pre-push') return await (await import('./pre-push.ts')).prePush(io, words)
  if (agent === 'post-merge') return await unite(io)
  const payload = await readInput()
  const projectDir = namesProject(agent) ? io.env['CLAUDE_PROJECT_DIR'] : undefined
  const repository = await findRepository(projectDir ?? io.cwd, foreignEnvironment(io.env)).catch(() => undefined)
  if (repository === undefined || !existsSync(join(repository.home, 'inbox', 'new'))) return 0
  if (existsSync(join(repository.home, 'disabled'))) return 0
  try {
    deliver(repository.home, formatMessage({ agent, projectDir, event: words[0], host: hostOf(io.env) }, payload))
    if (!isDrained(repository.home, io.now())) startDrain(io, repository.home)
  } catch (error) {
    openLog({ home: repository.home, env: io.env, now: io.now })('hook', (error as Error).message)
  }
  return 0
}

/** Some agents run the hooks of others too. */
const hostOf = (env: Io['env']): string | undefined =>
  (env['CURSOR_VERSION'] ?? '') !== '' ? 'cursor' : (env['COPILOT_CLI'] ?? '') !== '' ? 'copilot' : undefined

/** `git bitloops hook worktree`: post-checkout in a worktree that was just added; it gets the agent hooks, too. */
async function equip(io: Io): Promise<number> {
  const repository = await findRepository(io.cwd, io.env)
  if (repository?.worktree === undefined || !existsSync(join(repository.home, 'program'))) return 0
  const { equipWorktree } = await import('../src/init.ts')
  try {
    await equipWorktree(repository)
  } catch (error) {
    openLog({ home: repository.home, env: io.env, now: io.now })('post-checkout', (error as Error).message)
  }
  return 0
}

/** `git bitloops hook post-merge`: a pull may have brought checkpoints. */
async function unite(io: Io): Promise<number> {
  const repository = await findRepository(io.cwd, io.env)
  if (repository === undefined) return 0
  const { uniteFetched } = await import('./unite-fetched.ts')
  try {
    await uniteFetched(io, repository)
  } catch (error) {
    openLog({ home: repository.home, env: io.env, now: io.now })('post-merge', (error as Error).message)
  }
  return 0
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  } catch {
    // What came so far is set aside and counted by the drain.
  }
  return Buffer.concat(chunks)
}

/** A drain at work keeps the time of its lease in the future. */
const isDrained = (home: string, now: number): boolean =>
  (statSync(join(home, 'drain.lease'), { throwIfNoEntry: false })?.mtimeMs ?? 0) >= now

function startDrain(io: Io, home: string): void {
  const { node, program } = programPaths()
  const child = spawn(node, [program, 'drain', '--home', home], {
    cwd: '/', env: { ...foreignEnvironment(io.env) }, detached: true, stdio: 'ignore', windowsHide: true,
  })
  child.on('error', () => {})
  child.unref()
}
