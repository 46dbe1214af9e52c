// `git bitloops resume [<branch> | <session>]`: goes on with a session where its agent left it.

import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../src/errors.ts'
import { switchBranch } from '../src/git/branches.ts'
import { openObjectReader } from '../src/git/cat-file.ts'
import type { ObjectReader } from '../src/git/objects.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { cleanForTerminal, cleanLine } from '../src/model/clean.ts'
import { explainLoss } from '../src/model/explanation.ts'
import { formatCommand, formatConflict } from '../src/model/format-resume.ts'
import { formatJson } from '../src/model/json-text.ts'
import { PLAIN } from '../src/model/style.ts'
import { countOf, formatAge, shortOid } from '../src/model/text-layout.ts'
import { findResumable, isCertain, restoreSessions } from '../src/resume.ts'
import type { PutBack, Restored, Resumable } from '../src/resume.ts'
import { loadLiveStore, openLiveStore } from '../src/store/live.ts'
import { isFolder } from '../src/store/put-back.ts'
import { catchUpIfStale, tellNotSetUp } from './fresh.ts'
import type { Io, Run } from './io.ts'
import { bringCheckpoints } from './bring-checkpoints.ts'
import { mayDraw, openStyle } from './screen.ts'

export const run: Run = async (io, [named], options) => {
  if (options['run'] === true && options['json'] === true) {
    throw new BitloopsError('usage', '--run cannot be used with --json')
  }
  const repository = await openRepository(io.cwd, io.env)
  const { worktree } = repository
  if (worktree === undefined) {
    throw new BitloopsError('no-worktree', 'a session goes on in a working tree, and there is none here')
  }
  await catchUpIfStale(io, repository)
  const objects = openObjectReader(repository)
  try {
    const found = await find(io, repository, objects, named)
    for (const one of found.lost) warn(io, explainLoss(one, 'clone'))
    if (found.sessions.length === 0) return tellNothing(io, repository, found)
    if (found.between > 0 && !await mayGoBack(io, found)) return 1
    const code = await switchTo(io, repository, found, options['noSwitch'] !== true)
    if (code !== 0) return code
    const restored = await restore(io, { ...repository, worktree }, found, options['force'] === true)
    if (options['json'] === true) io.out(formatJson(toJson(found, restored)))
    else tell(io, restored)
    const ready = restored.filter(isReady)
    if (ready.length === 0) return 1
    if (options['run'] === true) return await start(io, ready)
    return restored.length === ready.length ? 0 : 1
  } finally {
    objects.close()
  }
}

/** What is here; where that may not be all, what the remote has as well. */
async function find(
  io: Io, repository: Repository, objects: ObjectReader, named: string | undefined,
): Promise<Resumable> {
  const request = named === undefined ? {} : { named }
  const here = await findResumable(repository, objects, request)
  if (here !== undefined && isCertain(here)) return here
  const brought = await bringCheckpoints(io, repository, { branches: here === undefined })
  // The reader has seen the refs as they were.
  const fresh = brought.kind === 'brought' ? openObjectReader(repository) : objects
  try {
    const found = brought.kind === 'brought' ? await findResumable(repository, fresh, request) : here
    const isHere = found !== undefined && found.sessions.length > 0
    if (brought.kind === 'failed' && !isHere) {
      throw new BitloopsError('remote-failed', `${brought.remote} could not be asked: ${brought.reason}`,
        'no session was found here; there may be one at the remote')
    }
    if (brought.kind === 'failed') {
      io.err(`warning: ${brought.remote} could not be asked for newer sessions: ${brought.reason}\n`)
    }
    if (found !== undefined) return found
    throw new BitloopsError('unknown-revision', `'${named!}' is neither a branch nor a session`)
  } finally {
    if (fresh !== objects) fresh.close()
  }
}

function tellNothing(io: Io, repository: Repository, { branch, lost }: Resumable): number {
  const where = branch === undefined ? 'on this commit' : `on ${branch}`
  if (lost.length === 0) {
    io.err(cleanForTerminal(`no session is known ${where}\n`))
    tellNotSetUp(io, repository)
  }
  return 1
}

/** Only commits of people lie between: what was said is older than the branch. */
async function mayGoBack(io: Io, { commit, between }: Resumable): Promise<boolean> {
  if (commit === undefined) return true
  const news = `The newest session belongs to ${shortOid(commit)}; `
    + `${countOf(between, 'commit')} without one came after it.`
  io.err(`${news}\n`)
  return !io.isTerminal || await io.ask('Go on with it?', true)
}

/** Git alone decides whether it can be; gives back its exit code. */
async function switchTo(io: Io, repository: Repository, { target }: Resumable, wanted: boolean): Promise<number> {
  if (target === undefined || !wanted) return 0
  if (io.isTerminal && !await io.ask(`Switch to ${cleanForTerminal(target.name)}?`, true)) return 0
  const said = await switchBranch(repository, target.name)
  io.err(cleanForTerminal(said.text))
  return said.code
}

async function restore(
  io: Io, repository: Repository & { readonly worktree: string }, found: Resumable, force: boolean,
): Promise<readonly Restored[]> {
  const isKept = existsSync(join(repository.home, 'live.db'))
  if (isKept) await loadLiveStore()
  const store = isKept ? await openLiveStore(repository.home) : undefined
  const userHome = io.env['HOME'] ?? '/'
  const state = io.env['XDG_STATE_HOME'] || join(userHome, '.local', 'state')
  try {
    return await restoreSessions({
      repository, store, userHome, env: io.env, now: io.now, scratch: join(state, 'git-bitloops', 'resume'),
      ...found.branch === undefined ? {} : { branch: found.branch },
      hasFolder: (below) => Promise.resolve(isFolder(join(repository.worktree, below))),
      mayReplace: async (conflict) => {
        if (force || !io.isTerminal) return force
        for (const line of formatConflict(conflict)) io.err(`${line}\n`)
        return await io.ask('Put that of the checkpoints in its place, and keep a copy?', false)
      },
    }, found.sessions)
  } finally {
    store?.close()
  }
}

const SHORT_SESSION = 8

const READY: ReadonlySet<PutBack['kind']> = new Set(['written', 'kept', 'elsewhere'])
const isReady = ({ outcome }: Restored): boolean => READY.has(outcome.kind)

function tell(io: Io, restored: readonly Restored[]): void {
  for (const one of restored) {
    const { session } = one
    const said = session.prompt === undefined ? '' : `: ${JSON.stringify(session.prompt.split('\n')[0]!.slice(0, 60))}`
    io.err(cleanForTerminal(`${session.agent} ${session.session}, ${formatAge(session.at, io.now())}${said}\n`))
    for (const line of wordsOf(one)) io.err(cleanForTerminal(`  ${line}\n`))
    if (!isReady(one)) continue
    for (const words of [...one.steps, one.command]) io.out(`${formatCommand(words, folderOf(io, one))}\n`)
  }
}

/** Named where it is another than the user is in. */
function folderOf(io: Io, { folder }: Restored): string | undefined {
  return realpathSync.native(io.cwd) === folder ? undefined : folder
}

function wordsOf({ outcome }: Restored): readonly string[] {
  switch (outcome.kind) {
    case 'written': return [
      `transcript put back: ${outcome.path}`,
      ...outcome.conflict === undefined ? [] : formatConflict(outcome.conflict),
      ...outcome.backup === undefined ? [] : [`what was there is kept: ${outcome.backup}`],
    ]
    case 'kept': return [
      `transcript is there: ${outcome.path}`,
      ...outcome.newer === undefined ? [] : [
        ...formatConflict(outcome.newer), 'it goes on with what the agent has; --force goes back to the checkpoints',
      ],
    ]
    case 'refused': return [
      `the agent has another transcript: ${outcome.conflict.path}`, ...formatConflict(outcome.conflict),
      'nothing was written; --force puts that of the checkpoints in its place and keeps a copy',
    ]
    case 'incomplete': return [
      `lines ${outcome.missing.from + 1} to ${outcome.missing.to} of its transcript are not here, or do not fit`,
    ]
    case 'elsewhere':
    case 'impossible': return [outcome.why]
  }
}

/** The agent takes over the terminal; its exit code is ours. */
async function start(io: Io, ready: readonly Restored[]): Promise<number> {
  const chosen = await chooseOne(io, ready)
  if (chosen === undefined) return 0
  for (const words of [...chosen.steps, chosen.command]) {
    const code = await runIn(io, chosen.folder, words)
    if (code !== 0) return code
  }
  return 0
}

/** Of several, the user says which; where nobody can be asked, it is the newest. Undefined: none. */
async function chooseOne(io: Io, ready: readonly Restored[]): Promise<Restored | undefined> {
  const newest = ready[0]!.session.session
  if (ready.length === 1) return ready[0]
  if (!mayDraw(io)) {
    io.err(`Going on with ${newest}, the newest.\n`)
    return ready[0]
  }
  const { choose, withoutColours } = await import('./rewind-prompts.ts')
  if (await openStyle(io) === PLAIN) withoutColours()
  const answer = await choose('Which session goes on?', ready.map(({ session: { agent, session, at, prompt } }) => ({
    value: session, label: cleanLine(`${agent} ${session.slice(0, SHORT_SESSION)}, ${formatAge(at, io.now())}`, 60),
    ...prompt === undefined ? {} : { hint: cleanLine(prompt, 30) },
  })))
  return answer.kind === 'chosen' ? ready.find(({ session }) => session.session === answer.value) : undefined
}

function runIn(io: Io, cwd: string, [program, ...words]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, { cwd, env: io.env, stdio: 'inherit' })
    // Ctrl-C is the agent's.
    const leave = (): void => {}
    process.on('SIGINT', leave)
    child.on('error', () => {
      process.off('SIGINT', leave)
      reject(new BitloopsError('cannot-write', `${program!} cannot be started here`, 'is it installed, and in PATH?'))
    })
    child.on('close', (code) => {
      process.off('SIGINT', leave)
      resolve(code ?? 128)
    })
  })
}

function warn(io: Io, { message, hint }: { readonly message: string; readonly hint: string }): void {
  io.err(`warning: ${message}\nhint: ${hint}\n`)
}

const toJson = (found: Resumable, restored: readonly Restored[]): object => ({
  schema: 1, branch: found.branch ?? null, commit: found.commit ?? null, between: found.between,
  sessions: restored.map(({ session, outcome, folder, command, steps }) => ({
    agent: session.agent, session: session.session, endedAt: new Date(session.at).toISOString(), live: session.live,
    folder, command, steps, transcript: outcome,
  })),
})
