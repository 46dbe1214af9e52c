// What `resume` says. The commands are for a shell; the rest is for a person.

import type { Millis } from './event.ts'

/** A command as a shell takes it, run in a folder; without one, where the user is. */
export function formatCommand(words: readonly string[], folder?: string): string {
  const command = words.map(quoteWord).join(' ')
  return folder === undefined ? command : `cd ${quoteWord(folder)} && ${command}`
}

const quoteWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`

/** `2026-11-20 16:11:19Z`; `unknown` where nobody can tell. */
export const formatTime = (at: Millis | undefined): string =>
  at === undefined ? 'unknown' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`

/** Both ends of a conversation that went on in two places. */
export function formatConflict({ here, ours }: { readonly here?: Millis; readonly ours?: Millis }): readonly string[] {
  return [
    `the agent's own transcript ends: ${formatTime(here)}`,
    `that of the checkpoints ends:    ${formatTime(ours)}`,
  ]
}
