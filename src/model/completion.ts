// Shell completion, made from the command table. In all three shells it hangs below `git`, whose own completion calls it.

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
const words = (command: CommandSpec): readonly string[] => Array.isArray(command.completes) ? command.completes : []
const longName = (option: CommandOption): string => optionNames(option).at(-1)!

/** Git's own completion calls `_git_bitloops` and offers `__gitcomp` and friends. */
function formatBash(commands: readonly CommandSpec[]): string {
  const cases = commands.map((command) => {
    const options = command.options.map((option) => `${longName(option)}${takesValue(option) && longName(option).startsWith('--') ? '=' : ''}`)
    const values = command.options.flatMap((option) => option.values === undefined ? [] : [
      `    ${command.name},${longName(option)}=*) __gitcomp ${quote(option.values.join(' '))} "" "\${cur#*=}" ;;`,
    ])
    const other = command.completes === 'revisions' ? '__git_complete_revlist'
      : words(command).length > 0 ? `__gitcomp ${quote(words(command).join(' '))}` : ':'
    return [...values, `    ${command.name},-*) __gitcomp ${quote(options.join(' '))} ;;`, `    ${command.name},*) ${other} ;;`].join('\n')
  })
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
${cases.join('\n')}
  esac
}
`
}

/** zsh's completion of git calls `_git-bitloops`. */
function formatZsh(commands: readonly CommandSpec[]): string {
  const brackets = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')
  const spec = (option: CommandOption): string => {
    const names = optionNames(option)
    const message = takesValue(option) ? `:${brackets(/<(.*)>/.exec(option.flag)![1]!)}:${option.values === undefined ? '' : `(${option.values.join(' ')})`}` : ''
    const many = option.many === true ? '*' : ''
    return names.map((name) => `      ${quote(`${many}${name}${message !== '' && name.startsWith('--') ? '=' : ''}[${brackets(option.help)}]${message}`)}`).join(' \\\n')
  }
  const cases = commands.map((command) => {
    const other = command.completes === 'revisions' ? [`      ${quote('*:revision:__git_commits')}`]
      : words(command).length > 0 ? [`      ${quote(`1:${command.name}:(${words(command).join(' ')})`)}`] : []
    const specs = [...command.options.map(spec), ...other]
    return `    ${command.name})\n${specs.length === 0 ? '      _message "no more arguments"' : `      _arguments \\\n${specs.join(' \\\n')}`} ;;`
  })
  return `#compdef git-bitloops
# zsh completion for git-bitloops: put it into a folder of $fpath under the name _git-bitloops.

_git-bitloops () {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${brackets(summary)}`)}`).join('\n')}
  )
  _arguments -C '1: :->command' '*:: :->words'
  case $state in
  command) _describe -t commands 'git bitloops command' commands ;;
  words)
    case $words[1] in
${cases.join('\n')}
    esac ;;
  esac
}

_git-bitloops "$@"
`
}

function formatFish(commands: readonly CommandSpec[]): string {
  const base = 'complete -c git'
  const isIn = (name: string): string => quote(`__fish_git_using_command bitloops; and __fish_seen_subcommand_from ${name}`)
  const lines = commands.flatMap((command) => [
    `${base} -f -n ${quote(`__fish_git_using_command bitloops; and not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`)} -a ${command.name} -d ${quote(command.summary)}`,
    ...command.options.map((option) => {
      const flags = optionNames(option).map((name) => name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`).join(' ')
      const value = !takesValue(option) ? '' : option.values === undefined ? ' -x' : ` -x -a ${quote(option.values.join(' '))}`
      return `${base} -n ${isIn(command.name)} ${flags}${value} -d ${quote(option.help)}`
    }),
    ...words(command).length === 0 ? [] : [`${base} -f -n ${isIn(command.name)} -a ${quote(words(command).join(' '))}`],
    ...command.completes === 'revisions' ? [`${base} -f -n ${isIn(command.name)} -a ${quote('(__fish_git_branches; __fish_git_tags)')}`] : [],
  ])
  return `# fish completion for git-bitloops.\n\ncomplete -f -c git -n __fish_git_needs_command -a bitloops -d 'The reasoning behind commits'\n${lines.join('\n')}\n`
}
