// Reads from the words of the git process that runs our pre-push hook whether it really pushes: Git does not tell
// a hook of `--dry-run`, and nothing may be published then.

/** Options of git itself whose value is the next word. */
const WITH_VALUE = [
  '-c', '-C', '--git-dir', '--work-tree', '--namespace', '--super-prefix', '--config-env', '--exec-path',
]

/** The name of the command that git was called with, to look whether it is an alias. */
export const subcommandOf = (words: readonly string[]): string | undefined => words[subcommandAt(words)]

/**
 * `alias`: what the configuration says the command's name stands for. Whatever cannot be told apart is no real
 * push.
 */
export function isRealPush(words: readonly string[], alias?: string): boolean {
  const at = subcommandAt(words)
  const name = words[at]
  if (name === undefined) return false
  const given = words.slice(at + 1)
  if (name === 'push') return !isDryRun(given)
  const [first, ...more] = alias?.trim().split(/\s+/) ?? []
  return first === 'push' && !isDryRun([...more, ...given])
}

function subcommandAt(words: readonly string[]): number {
  let at = 1
  while (words[at]?.startsWith('-') === true) at += WITH_VALUE.includes(words[at]!) ? 2 : 1
  return at
}

/**
 * Long options may be shortened, short ones bundled; a branch or push option that looks so keeps the queue,
 * nothing worse.
 */
const isDryRun = (words: readonly string[]): boolean =>
  words.some((word) => /^--dr/.test(word) || /^-[a-zA-Z0-9]*n/.test(word))
