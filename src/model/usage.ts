// The help texts that `-h` prints, and the README's table of commands.

import type { CommandSpec } from './command.ts'
import { wrap } from './text-layout.ts'

const OPTION_COLUMN = 26

/** `-h` of one command, in the form of Git's own. */
export const formatUsage = (command: CommandSpec): string => format(command, command.description)

/** What stands below a mistake: short, so that the mistake stays in sight. */
export const formatShortUsage = (command: CommandSpec): string => format(command, [])

function format(command: CommandSpec, description: readonly string[]): string {
  const lines = [`usage: git bitloops ${command.name}${command.synopsis === '' ? '' : ` ${command.synopsis}`}`, '']
  for (const paragraph of description) lines.push(...wrap(paragraph, 80), '')
  if (command.options.length > 0) lines.push(...command.options.flatMap(({ flag, help }) => formatRow(flag, help)), '')
  return `${lines.join('\n').trimEnd()}\n`
}

/** What `git bitloops` alone and `git bitloops -h` print. */
export function formatShortHelp(commands: readonly CommandSpec[]): string {
  const group = (title: string, wanted: boolean): string[] => [
    '', title, ...commands.filter(({ plumbing }) => (plumbing === true) === wanted)
      .map(({ name, summary }) => `   ${name.padEnd(12)} ${summary}`),
  ]
  return [
    'usage: git bitloops [-h | --help] [--version] <command> [<args>]',
    '',
    'Keeps the reasoning behind every commit an AI agent helped to write, in Git.',
    ...group('Commands', false),
    ...group('Run by hooks', true),
    '',
    '`git bitloops <command> -h` tells more about a command,',
    '`git bitloops --help` opens the manual.',
    '',
  ].join('\n')
}

/** The rows of the README's table, between its marks. */
export const formatCommandTable = (commands: readonly CommandSpec[]): string => [
  '| command | does |',
  '|---|---|',
  ...commands.filter(({ plumbing }) => plumbing !== true)
    .map(({ name, summary }) => `| \`git bitloops ${name}\` | ${summary} |`),
].join('\n')

function formatRow(flag: string, help: string): string[] {
  const head = `    ${flag}`
  const [first = '', ...rest] = wrap(help, 80 - OPTION_COLUMN)
  const indent = ' '.repeat(OPTION_COLUMN)
  return head.length < OPTION_COLUMN - 1
    ? [head.padEnd(OPTION_COLUMN) + first, ...rest.map((line) => indent + line)]
    : [head, ...[first, ...rest].map((line) => indent + line)]
}
