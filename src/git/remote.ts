// Talks to remotes: fetches our refs beside the live ones, and pushes them. Never forces, never asks in a hook,
// and never takes longer than it may.

import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { connectionFailure, parsePushReport } from '../model/push-report.ts'
import type { PushReport } from '../model/push-report.ts'
import { CHECKPOINTS_REF, NOTES_REF } from '../model/checkpoint.ts'
import type { Oid } from '../model/ids.ts'
import { QUIET_ARGS, QUIET_ENV, runGit } from './git.ts'
import type { GitAnswer, GitPlace } from './git.ts'

export interface Talk {
  readonly timeoutMs: number
  /** True when a person sits there, who may be asked for a password. */
  readonly mayAsk: boolean
}

/** Why nothing came of it. */
export type Failure = { readonly kind: 'failed'; readonly reason: string; readonly timedOut: boolean }

/** Where the refs of a remote are kept here: never below refs/notes, and never the live refs. */
export const trackingRef = (remote: string, of: 'checkpoints' | 'notes'): string =>
  `refs/bitloops/remotes/${remote}/${of}`

/** Globs: a mapping of a ref that the remote does not have makes `git fetch` fail. */
export const fetchRefspecs = (remote: string): readonly string[] => [
  `+${CHECKPOINTS_REF}*:${trackingRef(remote, 'checkpoints')}*`,
  `+${NOTES_REF}*:${trackingRef(remote, 'notes')}*`,
]

/** Brings the remote's refs into the tracking refs; the live ones stay as they are. */
export async function fetchRefs(
  place: GitPlace, remote: string, talk: Talk,
): Promise<{ readonly kind: 'fetched' } | Failure> {
  const answer = await talkTo(place, [
    '-c', 'fetch.pruneTags=false', '-c', `remote.${remote}.pruneTags=false`,
    'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--no-auto-maintenance',
    '--no-filter', '--prune', '--', remote, ...fetchRefspecs(remote),
  ], talk)
  return answer.code === 0 ? { kind: 'fetched' } : failureOf(answer)
}

/** A plain fetch, as the user has set it up: it brings the branches. */
export async function fetchBranches(
  place: GitPlace, remote: string, talk: Talk,
): Promise<{ readonly kind: 'fetched' } | Failure> {
  const answer = await talkTo(place, ['fetch', '--quiet', '--no-auto-maintenance', '--', remote], talk)
  return answer.code === 0 ? { kind: 'fetched' } : failureOf(answer)
}

export interface RefPush {
  readonly ref: string
  /**
   * The tip of another epoch at the remote, all of which is united into ours: this one may be replaced, and no
   * other.
   */
  readonly replaces?: Oid
}

/** Pushes our refs, apart from the user's branches. */
export async function pushRefs(
  place: GitPlace, remote: string, refs: readonly RefPush[], talk: Talk,
): Promise<{ readonly kind: 'answered'; readonly report: PushReport } | Failure> {
  const leases = refs.flatMap(({ ref, replaces }) =>
    replaces === undefined ? [] : [`--force-with-lease=${ref}:${replaces}`])
  const answer = await talkTo(place, [
    // What the user has set for pushes of branches is not meant for these.
    '-c', `remote.${remote}.mirror=false`, '-c', 'push.pushOption=',
    'push', '--porcelain', '--no-verify', '--no-follow-tags', '--no-signed', '--recurse-submodules=no', ...leases,
    '--', remote, ...refs.map(({ ref }) => `${ref}:${ref}`),
  ], talk)
  const report = parsePushReport(answer.stdout.toString('utf8'), answer.stderr)
  return report.size > 0 ? { kind: 'answered', report } : failureOf(answer)
}

const failureOf = ({ code, stderr }: GitAnswer): Failure => code === TIMED_OUT
  ? { kind: 'failed', reason: 'it did not answer in time', timedOut: true }
  : { kind: 'failed', reason: connectionFailure(stderr), timedOut: false }

const TIMED_OUT = -1
const MAX_SAID = 1024 * 1024

/**
 * Runs git with what it starts (ssh, curl) in a process group of its own, so that all of it can be ended. It has
 * no terminal then, and cannot ask; where it may ask, it keeps the terminal, and only git itself is ended.
 */
async function talkTo(place: GitPlace, args: readonly string[], { timeoutMs, mayAsk }: Talk): Promise<GitAnswer> {
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)))
  const slow = ['-c', 'http.lowSpeedLimit=1', '-c', `http.lowSpeedTime=${seconds}`]
  const env = {
    ...place.env, ...QUIET_ENV, ...await sshVariables(place, seconds, mayAsk),
    ...mayAsk ? { GIT_TERMINAL_PROMPT: '1' } : { GIT_ASKPASS: 'false', SSH_ASKPASS: 'false', GCM_INTERACTIVE: 'never' },
  }
  return await new Promise((resolve) => {
    const child = spawn('git', [...QUIET_ARGS, ...slow, ...args], {
      cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: !mayAsk, windowsHide: true,
    })
    const said: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] }
    let heard = 0
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (chunk: Buffer) => {
        heard += chunk.length
        if (heard <= MAX_SAID) said[stream].push(chunk)
      })
    }
    const end = (code: number, more = ''): void => {
      clearTimeout(limit)
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
      resolve({ code, stdout: Buffer.concat(said.stdout), stderr: Buffer.concat(said.stderr).toString('utf8') + more })
    }
    const limit = setTimeout(() => {
      endGroup(child.pid, mayAsk)
      end(TIMED_OUT)
    }, timeoutMs)
    child.on('error', (error) => { end(128, error.message) })
    child.on('close', (code) => { end(code ?? 128) })
  })
}

function endGroup(pid: number | undefined, isAlone: boolean): void {
  if (pid === undefined) return
  try {
    process.kill(isAlone ? pid : -pid, isAlone ? 'SIGTERM' : 'SIGKILL')
  } catch {
    // It ended by itself just now.
  }
}

/** ssh must not ask and not wait; whatever else the user starts in its place knows no such options. */
async function sshVariables(
  place: GitPlace, seconds: string, mayAsk: boolean,
): Promise<Readonly<Record<string, string>>> {
  if (mayAsk || place.env['GIT_SSH'] !== undefined) return {}
  const command = place.env['GIT_SSH_COMMAND'] ?? await configuredSsh(place) ?? 'ssh'
  const program = basename(/^\s*(\S+)/.exec(command)?.[1] ?? '').replace(/\.exe$/i, '')
  return program === 'ssh' ? { GIT_SSH_COMMAND: `${command} -o BatchMode=yes -o ConnectTimeout=${seconds}` } : {}
}

async function configuredSsh(place: GitPlace): Promise<string | undefined> {
  const answer = await runGit(place, ['config', 'core.sshCommand'])
  return answer.stdout.toString('utf8').trim() || undefined
}
