// Which of the user's fetch and push settings reach notes and checkpoints, and what Git would do to them there.

import { CHECKPOINTS_REF, NOTES_REF } from './checkpoint.ts'

/** One line of Git's configuration. */
export interface ConfigEntry {
  readonly key: string
  readonly value: string
}

export interface MappingDanger {
  readonly entry: ConfigEntry
  readonly danger: string
}

/** The dangerous ones among `remote.<name>.fetch` and `.push`; `remote.<name>.url` tells which remotes there are. */
export const findDangers = (entries: readonly ConfigEntry[]): readonly MappingDanger[] => entries.flatMap((entry) => {
  const [, remote = '', direction] = /^remote\.(.+)\.(fetch|push)$/.exec(entry.key) ?? []
  const danger = direction === 'fetch' ? dangerOfFetch(remote, entry.value, entries)
    : direction === 'push' ? dangerOfPush(remote, entry.value, entries) : undefined
  return danger === undefined ? [] : [{ entry, danger }]
})

function dangerOfFetch(remote: string, refspec: string, entries: readonly ConfigEntry[]): string | undefined {
  const [from, to] = sidesOf(refspec)
  if (refspec.startsWith('^') || !OURS.some((ref) => matches(from, ref))) return undefined
  if (!from.includes('*')) return `git fetch fails while ${remote} has no such ref`
  const tracked = /^refs\/bitloops\/remotes\/([^/]+)\//.exec(to)?.[1]
  if (tracked !== undefined && tracked !== remote && !isRemote(tracked, entries)) {
    return `it tracks ${tracked}, a remote that is no more`
  }
  if (!OURS.some((ref) => matches(to, ref))) return undefined
  return refspec.startsWith('+') ? 'git fetch replaces yours by those of the remote: what it does not have is lost here'
    : 'git fetch fails as soon as both sides have new ones'
}

/** With a push setting of its own, a bare `git push` sends nothing else. */
function dangerOfPush(remote: string, refspec: string, entries: readonly ConfigEntry[]): string | undefined {
  const all = entries.filter(({ key }) => key === `remote.${remote}.push`)
  return all.every(({ value }) => isOnlyOurs(sidesOf(value)[0])) && isOnlyOurs(sidesOf(refspec)[0])
    ? `git push to ${remote} sends only this, and not your branch` : undefined
}

const OURS: readonly string[] = [CHECKPOINTS_REF, NOTES_REF]
const isOnlyOurs = (pattern: string): boolean => /^refs\/(bitloops|notes)\//.test(pattern)
const isRemote = (name: string, entries: readonly ConfigEntry[]): boolean =>
  entries.some(({ key }) => key === `remote.${name}.url`)

function sidesOf(refspec: string): readonly [string, string] {
  const [from = '', to = ''] = refspec.replace(/^[+^]/, '').split(':')
  return [from, to]
}

function matches(pattern: string, ref: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === ref
  return ref.startsWith(pattern.slice(0, star)) && ref.endsWith(pattern.slice(star + 1))
}
