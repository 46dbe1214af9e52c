// Shell completion, made from the command table. In every shell it hangs below `git`, whose own completion calls it.

import { optionNames, takesValue } from './command.ts'
import type { CommandOption, CommandSpec } from './command.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function formatCompletion(shell: Shell, commands: readonly CommandSpec[]): string {
  // Nobody types what hooks run.
  const typed = commands.filter(({ plumbing }) => plumbing !== true)
  return { bash: formatBash, zsh: formatZsh, fish: formatFish }[shell](typed)
}

const quote = (text: string): string => `'${text.replaceAll('\'', '\'\\\'\'')}'`
const longName = (option: CommandOption): string => optionNames(option).at(-1)!
/** The only words a command takes, where there are such. */
const wordsOf = ({ completes }: CommandSpec): string =>
  completes === undefined || completes === 'revisions' ? '' : completes.join(' ')

/** Git's own completion calls `_git_bitloops` and offers `__gitcomp` and friends. */
function formatBash(commands: readonly CommandSpec[]): string {
  return `# bash completion for git-bitloops: source it after Git's own.

_git_bitloops ()
{
  local commands=${quote(commands.map(({ name }) => name).join(' '))}
  local command="$(__git_find_on_cmdline "$commands")"
  if [ -z "$command" ]; then
    __gitcomp "$commands"
    return
  fi
  case "$command,$cur" in
${commands.flatMap(bashCases).map((line) => `    ${line} ;;`).join('\n')}
  esac
}
`
}

function bashCases(command: CommandSpec): string[] {
  const { name, options, completes } = command
  const flags = options.map((option) => longName(option) + (takesValue(option) ? '=' : ''))
  const values = options.flatMap((option) => option.values === undefined ? []
    : [`${name},${longName(option)}=*) __gitcomp ${quote(option.values.join(' '))} "" "\${cur#*=}"`])
  const other = completes === 'revisions' ? '__git_complete_revlist'
    : wordsOf(command) === '' ? ':' : `__gitcomp ${quote(wordsOf(command))}`
  const dashed = flags.length === 0 ? [] : [`${name},-*) __gitcomp ${quote(flags.join(' '))}`]
  return [...values, ...dashed, `${name},*) ${other}`]
}

/** zsh's completion of git calls `_git-bitloops`. */
function formatZsh(commands: readonly CommandSpec[]): string {
  return `#compdef git-bitloops
# zsh completion for git-bitloops: put it into a folder of $fpath under the name _git-bitloops.

_git-bitloops () {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${escapeZsh(summary)}`)}`).join('\n')}
  )
  _arguments -C '1: :->command' '*:: :->words'
  case $state in
  command) _describe -t commands 'git bitloops command' commands ;;
  words)
    case $words[1] in
${commands.map((command) => `    ${command.name}) ${zshArguments(command)} ;;`).join('\n')}
    esac ;;
  esac
}

_git-bitloops "$@"
`
}

const escapeZsh = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')

function zshArguments(command: CommandSpec): string {
  const words = wordsOf(command)
  const specs = [
    ...command.options.flatMap(zshOption),
    ...command.completes === 'revisions' ? ['*:revision:__git_commits'] : [],
    ...words === '' ? [] : [`1:${command.name}:(${words})`],
  ]
  return specs.length === 0 ? '_message "no more arguments"' : ['_arguments', ...specs.map(quote)].join(' \\\n        ')
}

function zshOption(option: CommandOption): string[] {
  const [, value] = /<(.*)>/.exec(option.flag) ?? []
  const choices = option.values === undefined ? '' : `(${option.values.join(' ')})`
  const message = value === undefined ? '' : `:${escapeZsh(value)}:${choices}`
  const many = option.many === true ? '*' : ''
  return optionNames(option).map((name) =>
    `${many}${name}${value !== undefined && name.startsWith('--') ? '=' : ''}[${escapeZsh(option.help)}]${message}`)
}

function formatFish(commands: readonly CommandSpec[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  const lines = commands.flatMap((command) => [
    fishLine(`not __fish_seen_subcommand_from ${names}`, `-f -a ${command.name} -d ${quote(command.summary)}`),
    ...fishArguments(command).map((rest) => fishLine(`__fish_seen_subcommand_from ${command.name}`, rest)),
  ])
  return `# fish completion for git-bitloops.

complete -f -c git -n __fish_git_needs_command -a bitloops -d 'The reasoning behind commits'
${lines.join('\n')}
`
}

const fishLine = (condition: string, rest: string): string =>
  `complete -c git -n ${quote(`__fish_git_using_command bitloops; and ${condition}`)} ${rest}`

function fishArguments(command: CommandSpec): string[] {
  const words = command.completes === 'revisions' ? '(__fish_git_branches; __fish_git_tags)' : wordsOf(command)
  return [
    ...command.options.map((option) => {
      const flags = optionNames(option).map((name) => name.replace(/^--/, '-l ').replace(/^-(?!l )/, '-s '))
      const choices = option.values === undefined ? [] : [`-a ${quote(option.values.join(' '))}`]
      return [...flags, ...takesValue(option) ? ['-x', ...choices] : [], `-d ${quote(option.help)}`].join(' ')
    }),
    ...words === '' ? [] : [`-f -a ${quote(words)}`],
  ]
}
