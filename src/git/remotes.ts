// What the configuration says about remotes.

import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import type { ConfigEntry } from '../model/mappings.ts'

/** All `remote.<name>.fetch`, `.push` and `.url`, in Git's order. A url may hold a password: it is left empty. */
export async function readRemoteSettings(place: GitPlace): Promise<readonly ConfigEntry[]> {
  const answer = await runGit(place, ['config', '-z', '--get-regexp', '^remote\\..*\\.(fetch|push|url)$'])
  return answer.stdout.toString('utf8').split('\0').filter(Boolean).map((entry) => {
    const end = entry.indexOf('\n')
    const key = end < 0 ? entry : entry.slice(0, end)
    return { key, value: end < 0 || key.endsWith('.url') ? '' : entry.slice(end + 1) }
  })
}

/** The URL behind a remote's name or a URL, as `url.<base>.insteadOf` makes it. Needs no repository. */
export async function findRemoteUrl(place: GitPlace, remote: string): Promise<string> {
  const answer = await runGit(place, ['ls-remote', '--get-url', '--', remote])
  return answer.code === 0 ? answer.stdout.toString('utf8').replace(/\n$/, '') : remote
}
