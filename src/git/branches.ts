// Branches: which one a name means, the commits on it in the order of its own work, and the switch to it.

import { execFile } from 'node:child_process'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'
import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'

export interface Branch {
  /** As `git switch` takes it. */
  readonly name: string
  readonly tip: Oid
  /** Only a remote has it: this is its tracking ref. */
  readonly tracking?: string
}

/** The branch of HEAD; `name` is missing where HEAD is detached, `tip` before the first commit. */
export async function readHead(place: GitPlace): Promise<{ readonly name?: string; readonly tip?: Oid }> {
  const [named, tip] = await Promise.all([
    runGit(place, ['symbolic-ref', '--quiet', '--short', 'HEAD']), resolveCommit(place, 'HEAD'),
  ])
  const name = lineOf(named.stdout)
  return { ...name === '' ? {} : { name }, ...tip === undefined ? {} : { tip } }
}

async function resolveCommit(place: GitPlace, name: string): Promise<Oid | undefined> {
  const answer = await runGit(place, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
  const oid = lineOf(answer.stdout)
  return isOid(oid) ? oid : undefined
}

/**
 * The branch of that name: a local one or, as `git switch` guesses, that of a remote. Where several remotes have it and
 * none was preferred, the newest: for the switch itself git has the last word.
 */
export async function findBranch(place: GitPlace, name: string): Promise<Branch | undefined> {
  const local = await resolveCommit(place, `refs/heads/${name}`)
  if (local !== undefined) return { name, tip: local }
  const [listed, named, preferred] = await Promise.all([
    runGit(place, ['for-each-ref', '--sort=-committerdate', '--format=%(refname)', 'refs/remotes']),
    runGit(place, ['remote']),
    runGit(place, ['config', 'checkout.defaultRemote']),
  ])
  const possible = new Set(named.stdout.toString('utf8').split('\n').map((remote) => `refs/remotes/${remote}/${name}`))
  const tracking = listed.stdout.toString('utf8').split('\n').filter((ref) => possible.has(ref))
  const wanted = `refs/remotes/${lineOf(preferred.stdout)}/${name}`
  const ref = tracking.includes(wanted) ? wanted : tracking[0]
  const tip = ref === undefined ? undefined : await resolveCommit(place, ref)
  return ref === undefined || tip === undefined ? undefined : { name, tip, tracking: ref }
}

/** True for the branch that others are merged into: what merges bring is its own work, too. */
export async function isTrunk(place: GitPlace, name: string): Promise<boolean> {
  const [heads, configured] = await Promise.all([
    runGit(place, ['for-each-ref', '--format=%(refname) %(symref)', 'refs/remotes']),
    runGit(place, ['config', 'init.defaultBranch']),
  ])
  const targets = [...heads.stdout.toString('utf8')
    .matchAll(/^refs\/remotes\/([^ ]+)\/HEAD refs\/remotes\/([^\n]+)$/gm)]
    .map(([, remote, target]) => target!.slice(remote!.length + 1))
  return targets.length > 0 ? targets.includes(name) : ['main', 'master', lineOf(configured.stdout)].includes(name)
}

/**
 * The newest commits of a branch, its own work first: on the trunk all by date, elsewhere along the first parents,
 * since a merge of the trunk brings the work of others.
 */
export async function listBranchCommits(
  place: GitPlace, tip: Oid, order: 'first-parent' | 'date', max: number,
): Promise<readonly Oid[]> {
  const words = order === 'date' ? ['--date-order'] : ['--first-parent']
  const answer = await runGit(place, ['rev-list', ...words, `--max-count=${max}`, tip])
  return answer.stdout.toString('utf8').split('\n').filter(isOid)
}

export interface GitSaid {
  readonly code: number
  readonly text: string
}

/** `git switch` as the user would run it: his hooks run, and git alone decides whether it may be. */
export function switchBranch(place: GitPlace, name: string): Promise<GitSaid> {
  return new Promise((resolve) => {
    const child = execFile('git', ['switch', name], {
      cwd: place.cwd, env: place.env, encoding: 'utf8',
    }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128
      resolve({ code, text: `${stdout}${stderr}` })
    })
    child.stdin?.end()
  })
}

const lineOf = (output: Buffer): string => output.toString('utf8').trim()
