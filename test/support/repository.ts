// Temporary repositories for tests: own home, fixed author and, where ids are compared, a fixed clock.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeSandbox, quote } from './sandbox.ts'
import type { Environment, Outcome, RunOptions, Sandbox } from './sandbox.ts'

export interface RepositoryOptions {
  readonly objectFormat?: 'sha1' | 'sha256'
  readonly branch?: string
  readonly bare?: boolean
  /**
   * `fixed`: the first command runs at 2026-11-20T16:00:00Z, each further one a minute later, so that ids come out the
   * same in every run. Default `real`: hooks and transcripts know no other, and commits must fit them in time.
   */
  readonly clock?: 'real' | 'fixed'
  /** Folder of the repository in its sandbox; default `project`. */
  readonly at?: string
  /** Another repository whose home and folder it shares; it goes when that one goes. */
  readonly beside?: TestRepository
}

export interface TestRepository {
  readonly sandbox: Sandbox
  readonly root: string
  /** `$HOME`, where the agents keep their transcripts. */
  readonly home: string
  /** `<common>/bitloops` */
  readonly bitloopsHome: string
  readonly env: Environment
  /** Runs git in the worktree and gives back its output without the last newline; an exit code other than 0 throws. */
  git(...args: readonly string[]): Promise<string>
  /** As `git`, but gives back whatever came out of it. */
  tryGit(...args: readonly string[]): Promise<Outcome>
  /** Runs `git bitloops …` and gives back whatever came out of it. */
  bitloops(...args: readonly string[]): Promise<Outcome>
  /** Runs a line of sh. */
  sh(script: string, options?: RunOptions): Promise<Outcome>
  /** Writes the files (`null` removes one), stages exactly them, commits, and gives back the commit's id. */
  commit(message: string, files?: Readonly<Record<string, string | null>>): Promise<string>
  write(path: string, text: string | Uint8Array): void
  read(path: string): string
  exists(path: string): boolean
  /** A linked worktree on a new branch of the same name, beside the main one. */
  worktree(name: string): Promise<TestRepository>
  /** Waits until every delivery is in the live store; what a drain makes of a turn's end may come later. */
  waitForInbox(): Promise<void>
  /** Waits until, besides, no drain is alive. */
  waitForIdle(): Promise<void>
  remove(): void
}

/** 2026-11-20T16:00:00Z */
const FIRST_SECOND = 1_795_190_400

/** Makes a repository without any commit. */
export async function makeRepository(options: RepositoryOptions = {}): Promise<TestRepository> {
  const sandbox = options.beside?.sandbox ?? makeSandbox()
  const root = join(sandbox.folder, options.at ?? 'project')
  mkdirSync(root, { recursive: true })
  const made = await sandbox.run('git', [
    'init', '--quiet',
    `--initial-branch=${options.branch ?? 'main'}`,
    `--object-format=${options.objectFormat ?? 'sha1'}`,
    ...(options.bare === true ? ['--bare'] : []),
  ], { cwd: root })
  if (made.code !== 0) throw new Error(`git init: ${made.output}`)
  return repositoryAt(sandbox, root, join(options.bare === true ? root : join(root, '.git'), 'bitloops'), options.clock)
}

/** As `makeRepository`, with a first commit and git-bitloops at work. */
export async function makeInitialised(options: RepositoryOptions = {}): Promise<TestRepository> {
  const repository = await makeRepository(options)
  await repository.commit('Begin', { 'README.md': '# Example\n' })
  const init = await repository.bitloops('init', '--agent', 'claude-code')
  if (init.code !== 0) throw new Error(`git bitloops init: ${init.output}`)
  return repository
}

/** An existing worktree (a clone, a linked worktree) as a test repository. */
export function repositoryAt(
  sandbox: Sandbox, root: string, bitloopsHome: string, clock: RepositoryOptions['clock'] = 'real',
): TestRepository {
  let minute = 0
  const now = (): Environment => {
    if (clock === 'real') return sandbox.env
    const at = `${FIRST_SECOND + 60 * minute++} +0000`
    return { ...sandbox.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }
  }
  const run = (program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
    sandbox.run(program, args, { cwd: root, ...options, env: { ...now(), ...options.env } })
  const inbox = ['tmp', 'new'].map((name) => join(bitloopsHome, 'inbox', name))

  const repository: TestRepository = {
    sandbox,
    root,
    home: sandbox.home,
    bitloopsHome,
    env: sandbox.env,
    async git(...args) {
      const outcome = await run('git', args)
      if (outcome.code !== 0) throw new Error(`git ${args.join(' ')} (${outcome.code}): ${outcome.output}`)
      return outcome.stdout.replace(/\n$/, '')
    },
    tryGit: (...args) => run('git', args),
    bitloops: (...args) => run('git', ['bitloops', ...args]),
    sh: (script, options) => run('/bin/sh', ['-c', script], options),
    async commit(message, files = {}) {
      for (const [path, text] of Object.entries(files)) {
        if (text === null) rmSync(join(root, path), { force: true })
        else repository.write(path, text)
      }
      const paths = Object.keys(files)
      if (paths.length > 0) await repository.git('add', '--all', '--', ...paths)
      await repository.git('commit', '--quiet', '--allow-empty', '-m', message)
      return await repository.git('rev-parse', 'HEAD')
    },
    write(path, text) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    exists: (path) => existsSync(join(root, path)),
    async worktree(name) {
      const folder = join(dirname(root), name)
      await repository.git('worktree', 'add', '--quiet', '-b', name, folder)
      return repositoryAt(sandbox, folder, bitloopsHome, clock)
    },
    waitForInbox: () => until('the inbox is empty', () => inbox.every(isEmptyFolder)),
    async waitForIdle() {
      await repository.waitForInbox()
      await until('no drain is alive', () => !isFuture(join(bitloopsHome, 'drain.lease')))
    },
    remove: () => { sandbox.remove() },
  }
  return repository
}

/** The line of sh by which a person or an agent commits everything. */
export const commitAll = (message: string): string => `git add --all && git commit --quiet -m ${quote(message)}`

/** Whether recorded edits wait for their commit, as the Git hook sees it. */
export const hasDrafts = (repository: TestRepository): boolean => existsSync(join(repository.bitloopsHome, 'pending'))

function isEmptyFolder(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0
}

/** A drain that was killed leaves its lease behind; what counts is the time in it. */
function isFuture(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > Date.now()
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const limit = Date.now() + limitMs
  while (!await holds()) {
    if (Date.now() > limit) throw new Error(`waited ${limitMs} ms until ${what}`)
    await sleep(20)
  }
}
