// Passwords for remotes that we talk to ourselves, from where Git has them: `git credential`. See gitcredentials(7).

import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import type { CredentialSource } from './isomorphic-source.ts'

/** A person needs time to type. */
const ASKING_MS = 300_000

/** `mayAsk`: whether somebody sits at a terminal whom Git may ask. Without, only helpers answer. */
export function openCredentials(place: GitPlace, mayAsk: boolean): CredentialSource {
  const tell = async (how: string, url: string, fields: Readonly<Record<string, string>> = {}): Promise<string> => {
    const input = Object.entries({ url, ...fields }).map(([name, value]) => `${name}=${value}\n`).join('')
    const answer = await runGit(place, ['credential', how], {
      input: `${input}\n`, timeoutMs: ASKING_MS, ...mayAsk ? { env: { GIT_TERMINAL_PROMPT: undefined } } : {},
    })
    return answer.code === 0 ? answer.stdout.toString('utf8') : ''
  }
  return {
    async fill(url) {
      const fields = Object.fromEntries((await tell('fill', url)).split('\n').map((line) => {
        const equals = line.indexOf('=')
        return [line.slice(0, equals), line.slice(equals + 1)] as const
      }))
      const { username, password } = fields
      return username === undefined || password === undefined ? undefined : { username, password }
    },
    approve: async (url, { username, password }) => { await tell('approve', url, { username, password }) },
    reject: async (url, { username, password }) => { await tell('reject', url, { username, password }) },
  }
}
