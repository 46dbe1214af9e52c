// git-bitloops(1), which `git bitloops --help` shows: roff, made from the command table. See man(7).

import type { CommandSpec } from './command.ts'

export function formatManPage(commands: readonly CommandSpec[], version: string): string {
  const people = commands.filter(({ plumbing }) => plumbing !== true)
  const hooks = commands.filter(({ plumbing }) => plumbing === true)
  return [
    `.TH GIT\\-BITLOOPS 1 "" "git\\-bitloops ${escape(version)}" "Git Manual"`,
    '.SH NAME', 'git\\-bitloops \\- the reasoning behind commits, kept in Git itself',
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => ['.br', formatSynopsis(command)]).slice(1),
    '.SH DESCRIPTION', ...DESCRIPTION.flatMap((paragraph) => ['.PP', escape(paragraph)]),
    '.SH COMMANDS', ...people.flatMap(formatCommand),
    '.SH COMMANDS RUN BY HOOKS', ...hooks.flatMap(formatCommand),
    '.SH CONFIGURATION', escape(CONFIGURATION_ORDER), ...CONFIGURATION.flatMap(definition),
    '.SH ENVIRONMENT', ...ENVIRONMENT.flatMap(definition),
    '.SH FILES', ...FILES.flatMap(definition),
    '.SH REFS', ...REFS.flatMap(definition),
    '.SH EXIT STATUS', ...EXIT_STATUS.flatMap(definition),
    '.SH SEE ALSO', '.BR git (1),', '.BR git\\-log (1),', '.BR git\\-notes (1)',
    '',
  ].join('\n')
}

const DESCRIPTION = [
  'While an AI agent works in a repository, everything it is asked, answers, thinks and does is written to a private ' +
    'log below .git. git commit turns the part that led to the commit into an immutable checkpoint, redacted of ' +
    'secrets, in a ref of the same repository.',
  'Commit messages, the staging area and branches are never touched. A hook never makes a commit, or a turn of an ' +
    'agent, fail.',
]

const CONFIGURATION_ORDER = 'Each key may stand in .bitloops/settings.json, .bitloops/settings.local.json, git ' +
  'config (as bitloops.<key>) and the environment (as BITLOOPS_<KEY>); the later one wins.'

type Definition = readonly [name: string, text: string]

const CONFIGURATION: readonly Definition[] = [
  ['enabled', 'Whether sessions are recorded; true by default.'],
  ['strategy', 'When checkpoints are made: manual_commit (the default) makes them of commits; session also when a ' +
    'session ends, is compacted, or was silent for a day. A later commit that holds its edits is linked to it.'],
  ['directory', 'Checkpoints as files in the working tree: untracked (the default), tracked or off.'],
  ['push', 'auto (the default) or manual.'],
  ['remote', 'The one remote that checkpoints go to.'],
  ['sign', 'true signs the tip of the checkpoints before it is published, with the key that signs your commits; ' +
    'in git config only.'],
  ['keepRaw', 'For how many days the raw events of committed turns are kept; 30 by default.'],
  ['color.bitloops', 'Colour, as color.ui; in git config only.'],
]

const ENVIRONMENT: readonly Definition[] = [
  ['NO_COLOR', 'When it is set and not empty, output has no colour.'],
  ['GIT_PAGER', 'The pager, as for every Git command.'],
]

const FILES: readonly Definition[] = [
  ['.bitloops/settings.json', 'Settings that are shared through Git.'],
  ['.bitloops/settings.local.json', 'Settings of this clone.'],
  ['.bitloops/checkpoints/v1/<commit>/',
    'The checkpoints of a commit as files: session.json, summary.md, transcript.jsonl.'],
  ['<common git directory>/bitloops/',
    'What is private to this clone: the live store, the inbox of the hooks, and the log of failures.'],
]

const REFS: readonly Definition[] = [
  ['refs/bitloops/checkpoints', 'All checkpoints, and the links from commits to them.'],
  ['refs/notes/bitloops', 'A note for each commit with a checkpoint; git log --notes=bitloops shows them.'],
]

const EXIT_STATUS: readonly Definition[] = [
  ['0', 'Done.'],
  ['1', 'The answer is no: there is no reasoning behind the commit, something is not in order.'],
  ['128', 'It could not be done; the message says why.'],
  ['129', 'The command line makes no sense; the usage is printed.'],
  ['130', 'A question was left with Ctrl-C.'],
]

const formatSynopsis = ({ name, synopsis }: CommandSpec): string =>
  `\\fBgit bitloops ${escape(name)}\\fR ${escape(synopsis)}`.trimEnd()

const formatCommand = ({ name, synopsis, description, options }: CommandSpec): string[] => [
  '.SS "' + `${escape(name)} ${escape(synopsis).replaceAll('"', '\\(dq')}`.trimEnd() + '"',
  ...description.flatMap((paragraph) => ['.PP', escape(paragraph)]),
  ...options.flatMap(({ flag, help }) => definition([flag, help])),
]

const definition = ([name, text]: Definition): string[] => ['.TP', `.B ${escape(name)}`, escape(text)]

/** A dash stays a dash when copied; a line must not begin as a request. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^([.'])/, '\\&$1')
}
