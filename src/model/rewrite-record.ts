// What the hook script wrote down of amends, rebases, picks and squashes, line by line.

import { isOid } from './ids.ts'
import type { Oid } from './ids.ts'

export interface Pair {
  readonly old: Oid
  readonly now: Oid
}

/** A commit made inside a rebase. */
export interface Step {
  readonly made: Oid
  /** The commit of the todo list that was being worked on. */
  readonly source?: Oid
  /** Git picked it, whole; otherwise it was committed after a conflict, or at a stop. */
  readonly picked: boolean
}

/** One amend or rebase, as the hook script wrote it down. */
export interface Rewriting {
  readonly kind: 'amend' | 'rebase'
  readonly pairs: readonly Pair[]
  readonly steps: readonly Step[]
  /** Amends inside the rebase: rewords, squashes, and those of the user at a stop. */
  readonly amends: readonly Pair[]
  /** Commits of the todo list that were to be melted into the one before. */
  readonly melted: ReadonlySet<Oid>
  readonly listed: ReadonlySet<Oid>
  readonly onto?: Oid
  readonly before?: Oid
}

/** A commit that was picked, with its source; or made otherwise in a row of picks or reverts, without one. */
export interface Pick {
  readonly made: Oid
  readonly source?: Oid
}

/** `pick <commit> <source>` and `made <commit> -`. */
export const parsePicks = (text: string): readonly Pick[] => text.split('\n').flatMap((line) => {
  const [how = '', made = '', source = ''] = line.split(' ')
  return isOid(made) ? [{ made, ...(how === 'pick' && isOid(source) ? { source } : {}) }] : []
})

/** `squash <source>`, the newest first, as `git merge --squash` lists them. */
export const parseSquashed = (text: string): readonly Oid[] => text.split('\n').flatMap((line) => {
  const [how, source = ''] = line.split(' ')
  return how === 'squash' && isOid(source) ? [source] : []
}).reverse()

/**
 * The blocks of a state file: Git's pairs, and lines of files in the rebase's folder behind the file's name. A block
 * that was torn is read as far as it goes.
 */
export function parseRewritings(text: string): readonly Rewriting[] {
  return text.split(/^(?=rewrite )/m).flatMap((block) => {
    const [, kind] = /^rewrite (amend|rebase)\n/.exec(block) ?? []
    return kind === undefined ? [] : [parseBlock(kind as Rewriting['kind'], block.split('\n'))]
  })
}

function parseBlock(kind: Rewriting['kind'], lines: readonly string[]): Rewriting {
  const rest = (all: readonly string[], beginning: string): string[] =>
    all.filter((line) => line.startsWith(beginning)).map((line) => line.slice(beginning.length))
  const own = rest(lines, 'bitloops:')
  const todo = rest(lines, 'done:').flatMap((line) => parseTodo(line) ?? [])
  const [onto] = rest(lines, 'onto:').filter(isOid)
  const [before] = rest(lines, 'orig-head:').filter(isOid)
  return {
    kind,
    pairs: rest(lines, 'pair ').flatMap(parsePair),
    steps: own.flatMap(parseStep),
    amends: rest(own, 'amend ').flatMap(parsePair),
    melted: new Set(todo.filter(({ command }) => /^[sf]/.test(command)).map(({ commit }) => commit)),
    listed: new Set(todo.map(({ commit }) => commit)),
    ...(onto === undefined ? {} : { onto }),
    ...(before === undefined ? {} : { before }),
  }
}

function parsePair(line: string): Pair[] {
  const [old = '', now = ''] = line.split(' ')
  return isOid(old) && isOid(now) ? [{ old, now }] : []
}

/** See git-rebase(1), "Interactive mode"; the files hold whole ids. */
const TODO_LINE = /^(pick|reword|edit|squash|fixup|merge|[presfm]) (?:-[cC] )?(\S+)/

function parseTodo(line: string): { readonly command: string; readonly commit: Oid } | undefined {
  const [, command = '', commit = ''] = TODO_LINE.exec(line) ?? []
  return isOid(commit) ? { command, commit } : undefined
}

function parseStep(line: string): Step[] {
  const [how = '', made = '', ...words] = line.split(' ')
  if (!isOid(made) || (how !== 'pick' && how !== 'made')) return []
  const source = how === 'pick' ? words[0] : parseTodo(words.join(' '))?.commit
  return [{ made, picked: how === 'pick', ...(source !== undefined && isOid(source) ? { source } : {}) }]
}
