// What the pre-push hook runs when something is queued: publishes it at the chosen remote, beside the user's own
// push. Silent on stdout, at most one line on stderr, never longer than it may, and never a reason for a push to
// fail.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { readSettings } from '../src/git/config.ts'
import { runGit } from '../src/git/git.ts'
import { findRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { openLog } from '../src/log.ts'
import type { Millis } from '../src/model/event.ts'
import { isRealPush, subcommandOf } from '../src/model/push-words.ts'
import { countOf, formatBytes } from '../src/model/text-layout.ts'
import type { Pushed } from '../src/push.ts'
import { clearQueued } from '../src/store/own-tips.ts'
import { readPushMemory, rememberRemote, updatePushMemory } from '../src/store/push-memory.ts'
import type { RemoteMemory } from '../src/store/push-memory.ts'
import { readPushState } from '../src/store/push-state.ts'
import type { Io } from './io.ts'
import { inExchange } from './open-exchange.ts'

/** With the start of Node the hook stays below two seconds. */
const BOUND_MS = 1500
/** A remote that said no is asked again after a day; the same failure is told again after an hour. */
const REFUSED_FOR_MS = 24 * 3_600_000
const TOLD_FOR_MS = 3_600_000

/** `parent`: the process that runs the hook. `destination`: the remote's name, or a URL where it was called by one. */
export async function prePush(io: Io, [parent = '', destination = '']: readonly string[]): Promise<number> {
  const repository = await findRepository(io.cwd, io.env)
  if (repository === undefined) return 0
  try {
    const said = await publishQueued(io, repository, Number(parent), destination)
    if (said !== undefined) io.err(`git-bitloops: ${said}\n`)
  } catch (error) {
    openLog({ home: repository.home, env: io.env, now: io.now })('pre-push', (error as Error).message)
  }
  return 0
}

async function publishQueued(
  io: Io, repository: Repository, parent: number, destination: string,
): Promise<string | undefined> {
  const { home } = repository
  const { settings: { push: mode, remote } } = await readSettings(repository)
  if (mode === 'manual' || remote === undefined) {
    clearQueued(home)
    return undefined
  }
  if (destination !== remote) return tellOnce(home, destination, remote)
  const memory = readPushMemory(home).remotes[remote] ?? {}
  if (memory.refused !== undefined && io.now() - memory.refused.at < REFUSED_FOR_MS) {
    clearQueued(home)
    return undefined
  }
  if (!await isReal(repository, parent)) return undefined
  const { push } = await import('../src/push.ts')
  const pushed = await inExchange(
    io, repository, { boundMs: BOUND_MS, mayAsk: false, withStore: false }, (exchange) => push(exchange, remote))
  return await tell(repository, pushed, remote, memory, io.now())
}

/** Checkpoints go to the chosen remote only. */
function tellOnce(home: string, destination: string, remote: string): string | undefined {
  if (/[:/]/.test(destination) || readPushMemory(home).toldOf.includes(destination)) return undefined
  updatePushMemory(home, (memory) => ({ ...memory, toldOf: [...memory.toldOf, destination] }))
  return `checkpoints go to ${remote} only; none were published at ${destination}`
}

async function tell(
  repository: Repository, pushed: Pushed, remote: string, before: RemoteMemory, now: Millis,
): Promise<string | undefined> {
  switch (pushed.kind) {
    case 'up-to-date':
    case 'nothing': return undefined
    case 'published': {
      if (before.announced === true) return undefined
      rememberRemote(repository.home, remote, (memory) => ({ ...memory, announced: true }))
      const { address = '' } = await readPushState(repository, { push: 'auto', remote })
      const published = `${countOf(pushed.checkpoints, 'checkpoint')} (${formatBytes(pushed.sizeBytes)})`
      return `published ${published} to ${remote} (${address}), as with each push from now on; `
        + 'git config bitloops.push manual stops it'
    }
    case 'refused':
      return `${remote} does not take checkpoints (${pushed.reason}); they stay here, and git bitloops push tries again`
    case 'out-of-time': return `checkpoints wait for the next push: others were faster at ${remote}`
    case 'failed': {
      const isKnown = before.failed?.reason === pushed.reason && now - before.failed.at < TOLD_FOR_MS
      return isKnown && !pushed.timedOut ? undefined : `checkpoints wait for the next push: ${remote}: ${pushed.reason}`
    }
  }
}

/** Between git and the hook there may be a hook manager. */
const MAX_PARENTS = 6

async function isReal(repository: Repository, parent: number): Promise<boolean> {
  for (let pid = parent, up = 0; pid > 1 && up < MAX_PARENTS; up += 1) {
    const process = readProcess(pid)
    if (process === undefined) return false
    if (/^git(\.exe)?$/.test(basename(process.words[0] ?? ''))) {
      const name = subcommandOf(process.words)
      const alias = name === undefined || name === 'push' ? undefined : await readAlias(repository, name)
      return isRealPush(process.words, alias)
    }
    pid = process.parent
  }
  return false
}

async function readAlias(repository: Repository, name: string): Promise<string | undefined> {
  const answer = await runGit(repository, ['config', `alias.${name}`])
  return answer.code === 0 ? answer.stdout.toString('utf8').trim() : undefined
}

interface Process {
  readonly words: readonly string[]
  readonly parent: number
}

/** Undefined when nobody tells: then nothing is published. */
function readProcess(pid: number): Process | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    const parent = Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
    return { words, parent }
  } catch {
    return askPs(pid)
  }
}

function askPs(pid: number): Process | undefined {
  try {
    const said = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], {
      encoding: 'utf8', timeout: 500, stdio: 'pipe',
    })
    const [parent = '', ...words] = said.trim().split(/\s+/)
    return { words, parent: Number(parent) }
  } catch {
    return undefined
  }
}
