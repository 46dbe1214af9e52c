// What the configuration says about remotes, and the few lines of it that are ours.

import type { Oid } from '../model/ids.ts'
import { withoutSecrets } from '../model/push-report.ts'
import type { ConfigEntry } from '../model/mappings.ts'
import { git, runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import { fetchRefspecs } from './remote.ts'

/** All `remote.<name>.fetch`, `.push` and `.url`, in Git's order. A url may hold a password: it is left empty. */
export async function readRemoteSettings(place: GitPlace): Promise<readonly ConfigEntry[]> {
  const entries = await readRemoteConfig(place, 'fetch|push|url')
  return entries.map(({ key, value }) => ({ key, value: key.endsWith('.url') ? '' : value }))
}

async function readRemoteConfig(place: GitPlace, keys: string): Promise<readonly ConfigEntry[]> {
  const answer = await runGit(place, ['config', '-z', '--get-regexp', `^remote\\..*\\.(${keys})$`])
  return answer.stdout.toString('utf8').split('\0').filter(Boolean).map((entry) => {
    const end = entry.indexOf('\n')
    return end < 0 ? { key: entry, value: '' } : { key: entry.slice(0, end), value: entry.slice(end + 1) }
  })
}

/** The URL behind a remote's name or a URL, as `url.<base>.insteadOf` makes it. Needs no repository. */
export async function findRemoteUrl(place: GitPlace, remote: string): Promise<string> {
  const answer = await runGit(place, ['ls-remote', '--get-url', '--', remote])
  return answer.code === 0 ? answer.stdout.toString('utf8').replace(/\n$/, '') : remote
}

/** What makes git reach a URL through a proxy: the name of a setting or a variable. */
export async function findProxySetting(place: GitPlace, url: string): Promise<string | undefined> {
  const answer = await runGit(place, ['config', '--get-urlmatch', 'http.proxy', url])
  // Set to nothing, it switches off what variables say.
  if (answer.code === 0) return answer.stdout.toString('utf8').trim() === '' ? undefined : 'http.proxy'
  const names = /^https:/i.test(url) ? ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
    : ['http_proxy', 'all_proxy', 'ALL_PROXY']
  return names.find((name) => (place.env[name] ?? '') !== '')
}

export interface Remote {
  readonly name: string
  /** Where pushes go, fit to be shown: without a password. */
  readonly address: string
}

/** The remotes that have a url, in Git's order. */
export async function listRemotes(place: GitPlace): Promise<readonly Remote[]> {
  const remotes = new Map<string, string>()
  for (const { key, value } of await readRemoteConfig(place, 'pushurl|url')) {
    const [, name = '', kind] = /^remote\.([^]+)\.(pushurl|url)$/.exec(key) ?? []
    if (kind === 'pushurl' || !remotes.has(name)) remotes.set(name, withoutSecrets(value))
  }
  return [...remotes].map(([name, address]) => ({ name, address }))
}

/** The remote to share with where nobody has said: the branch's upstream, `origin`, or the only one. */
export async function guessRemote(place: GitPlace, remotes: readonly Remote[]): Promise<string | undefined> {
  const branch = (await runGit(place, ['symbolic-ref', '--quiet', '--short', 'HEAD'])).stdout.toString('utf8').trim()
  const upstream = branch === '' ? ''
    : (await runGit(place, ['config', `branch.${branch}.remote`])).stdout.toString('utf8').trim()
  const isThere = (wanted: string): boolean => remotes.some(({ name }) => name === wanted)
  return [upstream, 'origin'].find(isThere) ?? (remotes.length === 1 ? remotes[0]!.name : undefined)
}

/** Makes a plain `git fetch` bring checkpoints, too. True when there was something to add. */
export async function addFetchRefspecs(place: GitPlace, remote: string): Promise<boolean> {
  const known = await readFetchRefspecs(place, remote)
  const missing = fetchRefspecs(remote).filter((refspec) => !known.includes(refspec))
  for (const refspec of missing) await git(place, ['config', '--local', '--add', `remote.${remote}.fetch`, refspec])
  return missing.length > 0
}

/** Takes them out of all remotes, those that were renamed since as well. True when there were any. */
export async function removeFetchRefspecs(place: GitPlace): Promise<boolean> {
  let removed = false
  for (const { key, value } of await readRemoteConfig(place, 'fetch')) {
    const tracked = /:refs\/bitloops\/remotes\/([^]+)\/(?:checkpoints|notes)\*$/.exec(value)?.[1]
    if (tracked === undefined || !fetchRefspecs(tracked).includes(value)) continue
    // Settings of others, the user's own file say, are not ours to change.
    const answer = await runGit(place, ['config', '--local', '--fixed-value', '--unset-all', key, value])
    removed ||= answer.code === 0
  }
  return removed
}

async function readFetchRefspecs(place: GitPlace, remote: string): Promise<readonly string[]> {
  const answer = await runGit(place, ['config', '-z', '--get-all', `remote.${remote}.fetch`])
  return answer.stdout.toString('utf8').split('\0').filter(Boolean)
}

export const setConfig = async (place: GitPlace, key: string, value: string): Promise<void> => {
  await git(place, ['config', '--local', key, value])
}

export const unsetConfig = async (place: GitPlace, key: string): Promise<boolean> =>
  (await runGit(place, ['config', '--local', '--unset-all', key])).code === 0

/** What these blobs take in the object store, in bytes. */
export async function measureBlobs(place: GitPlace, oids: readonly Oid[]): Promise<number> {
  if (oids.length === 0) return 0
  const words = ['cat-file', '--buffer', '--batch-check=%(objectsize:disk)']
  const answer = await runGit(place, words, { input: `${oids.join('\n')}\n` })
  return answer.stdout.toString('latin1').split('\n').reduce((sum, line) => sum + (Number(line) || 0), 0)
}
