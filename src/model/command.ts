// A subcommand as data: what parsing, `-h`, the man page, shell completion and the README's table are made from.

export interface CommandOption {
  /** As it is written in a usage: `--json`, `--agent <name>`, `-n, --max-count <number>`. */
  readonly flag: string
  readonly help: string
  /** May be given several times; the command gets a list. */
  readonly many?: true
  /** The only values that make sense. */
  readonly values?: readonly string[]
}

export interface CommandSpec {
  readonly name: string
  /** What stands after the name in a usage. */
  readonly synopsis: string
  /** How many words besides options it takes, at most. */
  readonly maxArgs: number
  /** One line, as in a table. */
  readonly summary: string
  /** Paragraphs, each a string. */
  readonly description: readonly string[]
  readonly options: readonly CommandOption[]
  /** For hooks and scripts: its words reach the command untouched. */
  readonly plumbing?: true
  /** What shells offer for its words. */
  readonly completes?: 'revisions' | readonly string[]
}

/** The names of an option with their dashes, shortest first: `['-n', '--max-count']`. */
export const optionNames = (option: CommandOption): readonly string[] =>
  option.flag.replace(/ <.*/, '').split(', ')

export const takesValue = (option: CommandOption): boolean => option.flag.includes(' <')
