// The command table. Parsing, `-h`, the man page, completion and the README's table are made from it.

import type { CommandOption, CommandSpec } from '../src/model/command.ts'

const JSON_OPTION: CommandOption = { flag: '--json', help: 'print JSON with a schema number, whole ids and no colour' }
const NUL_OPTION: CommandOption = { flag: '-z', help: 'end lines with NUL instead of newline' }

export const COMMANDS = [
  {
    name: 'init',
    synopsis: '[<options>]',
    maxArgs: 0,
    summary: 'set up this repository',
    description: [
      'Finds the agents in use, installs the Git hooks and the agents\' hooks in all existing worktrees, and writes ' +
        '.bitloops/settings.json.',
      'It says what it did, and what will be published where. Repeating it changes nothing.',
    ],
    options: [
      { flag: '--agent <name>', help: 'set up this agent instead of those found; may be repeated', many: true },
      { flag: '--local', help: 'write .bitloops/settings.local.json, so that there is nothing to commit' },
      { flag: '--project', help: 'register the agents\' hooks in the settings that are shared through Git' },
      { flag: '--directory <mode>', help: 'checkpoints as files in the working tree: untracked, tracked or off',
        values: ['untracked', 'tracked', 'off'] },
      { flag: '--push <mode>', help: 'auto publishes checkpoints with your pushes, manual never does',
        values: ['auto', 'manual'] },
      { flag: '--remote <name>', help: 'the one remote that checkpoints go to' },
      { flag: '--yes', help: 'write hooks also where others would see them, without asking' },
    ],
  },
  {
    name: 'enable',
    synopsis: '[--local | --project]',
    maxArgs: 0,
    summary: 'switch capture on',
    description: ['Sessions are recorded again. Hooks and everything recorded so far have stayed in place.'],
    options: [
      { flag: '--local', help: 'for this clone only (the default)' },
      { flag: '--project', help: 'in .bitloops/settings.json, for everybody who uses it' },
    ],
  },
  {
    name: 'disable',
    synopsis: '[--local | --project]',
    maxArgs: 0,
    summary: 'switch capture off',
    description: ['Nothing is recorded until enable. The hooks stay, and answer at once without starting anything.'],
    options: [
      { flag: '--local', help: 'for this clone only (the default)' },
      { flag: '--project', help: 'in .bitloops/settings.json, for everybody who uses it' },
    ],
  },
  {
    name: 'uninstall',
    synopsis: '[--data [--yes]]',
    maxArgs: 0,
    summary: 'take out what init put in',
    description: [
      'Takes out exactly what init put in, byte for byte. Checkpoints, and what was recorded, stay without --data.',
    ],
    options: [
      { flag: '--data', help: 'remove the live store, checkpoints and notes of this clone too, after asking' },
      { flag: '--yes', help: 'do not ask' },
    ],
  },
  {
    name: 'status',
    synopsis: '[--json | --porcelain [-z]]',
    maxArgs: 0,
    summary: 'is capture on, who is at work, what is recorded',
    description: [
      'Shows whether capture is on, the agents set up, the session at work, and the number of checkpoints; then ' +
        'what is recorded but not yet committed, and anything that needs you.',
    ],
    options: [
      JSON_OPTION,
      { flag: '--porcelain', help: 'print lines that never change their form, for scripts' },
      NUL_OPTION,
    ],
  },
  {
    name: 'explain',
    synopsis: '[<revision> | <a>..<b> | <checkpoint>] [<options>]',
    maxArgs: 1,
    summary: 'the reasoning behind a commit',
    description: [
      'Tells what was asked, decided, rejected and done in the sessions that led to a commit (HEAD by default), ' +
        'and how that is known.',
      'Of a range, each commit in short. A checkpoint is named by its id or the first four or more characters of it.',
    ],
    options: [
      { flag: '--short', help: 'three to five lines' },
      { flag: '--full', help: 'nothing shortened, all reasoning, every tool call' },
      { flag: '--transcript', help: 'the whole conversation in the order of time' },
      { flag: '--session <id>', help: 'only this session; the first characters of its id do' },
      { flag: '--remote <url>', help: 'ask a remote, by its URL or name, instead of a clone; works anywhere' },
      JSON_OPTION,
    ],
    completes: 'revisions',
  },
  {
    name: 'log',
    synopsis: '[<range>] [<options>]',
    maxArgs: 1,
    summary: 'commits and the sessions behind them',
    description: [
      'Lists the commits of a range (all that HEAD leads to by default), each with its checkpoints; a commit without ' +
        'one says so.',
    ],
    options: [
      { flag: '--agent <name>', help: 'only commits this agent had a part in' },
      { flag: '--author <pattern>', help: 'only commits whose author matches, as in git log' },
      { flag: '--since <date>', help: 'only commits after this date, as in git log' },
      { flag: '-n, --max-count <number>', help: 'at most so many commits' },
      JSON_OPTION,
      NUL_OPTION,
    ],
    completes: 'revisions',
  },
  {
    name: 'push',
    synopsis: '[<remote>]',
    maxArgs: 1,
    summary: 'publish checkpoints and notes',
    description: [
      'Sends refs/bitloops/checkpoints and refs/notes/bitloops to a remote: the one named, or the one chosen at ' +
        'init. What others have published meanwhile is united with it; nothing is ever forced.',
      'With `push: auto` (the default) each git push to the chosen remote does so by itself.',
    ],
    options: [],
  },
  {
    name: 'fetch',
    synopsis: '[<remote>]',
    maxArgs: 1,
    summary: 'bring the checkpoints and notes of a remote',
    description: [
      'Fetches refs/bitloops/checkpoints and refs/notes/bitloops of a remote and unites them with those here. ' +
        'After init, a plain git fetch or git pull brings them, too.',
    ],
    options: [],
  },
  {
    name: 'doctor',
    synopsis: '[--fix] [--verify] [--json]',
    maxArgs: 0,
    summary: 'prove that it works, and mend what does not',
    description: [
      'Tries the hooks of Git and of the agents, and checks the live store, the inbox, and the newest checkpoints ' +
        'and notes.',
      'Each problem says what it means and what --fix will do, which removes nothing that was recorded. ' +
        'The exit code is 1 when something does not work.',
    ],
    options: [
      { flag: '--fix', help: 'mend what can be mended without asking, then check again' },
      { flag: '--verify', help: 'read all checkpoints and notes again, also those that were found sound before' },
      JSON_OPTION,
    ],
  },
  {
    name: 'relink',
    synopsis: '[<range>] [--dry-run]',
    maxArgs: 1,
    summary: 'find the checkpoints of commits that were rewritten unseen',
    description: [
      'Gives commits without a checkpoint those of the commits they were made from, where that can be shown: they ' +
        'hold the same files, or make the same change. Without a range, it looks at the newest commits of HEAD and ' +
        'all branches.',
      'Amends, rebases, picks and squashes that Git\'s hooks saw need no relink. The exit code is 1 when nothing ' +
        'was found.',
    ],
    options: [
      { flag: '--dry-run', help: 'only show what would be linked, and why' },
      JSON_OPTION,
    ],
    completes: 'revisions',
  },
  {
    name: 'completion',
    synopsis: '(bash | zsh | fish)',
    maxArgs: 1,
    summary: 'print the completion script of a shell',
    description: ['Source it from the shell\'s startup file. In bash it works through Git\'s own completion.'],
    options: [],
    completes: ['bash', 'zsh', 'fish'],
  },
  {
    name: 'promote',
    synopsis: '[--hook] [<commit>]',
    maxArgs: 1,
    summary: 'turn what led to a commit into its checkpoint (run by Git hooks)',
    description: [
      'Takes what was recorded for the commit (HEAD by default) and writes it as a checkpoint. Twice is harmless.',
    ],
    options: [],
    plumbing: true,
  },
  {
    name: 'settle',
    synopsis: '(amend | rebase | pick | commit)',
    maxArgs: 1,
    summary: 'link what an amend, a rebase or a pick made (run by Git hooks)',
    description: [
      'Takes what the hooks of Git recorded of a rewrite, promotes what is new in it, and links the new commits. ' +
        'Always exits 0 and prints nothing.',
    ],
    options: [],
    plumbing: true,
  },
  {
    name: 'drain',
    synopsis: '--home <folder>',
    maxArgs: 0,
    summary: 'take what agent hooks delivered into the live store (run by agent hooks)',
    description: ['Only one drain works at a time; another ends at once. Killed at any moment, it loses nothing.'],
    options: [],
    plumbing: true,
  },
  {
    name: 'hook',
    synopsis: '<agent>',
    maxArgs: 1,
    summary: 'record a hook payload from standard input (run by agents where there is no sh)',
    description: ['Always exits 0 and prints nothing.'],
    options: [],
    plumbing: true,
  },
] as const satisfies readonly CommandSpec[]

export type CommandName = (typeof COMMANDS)[number]['name']

export const findCommand = (name: string): (CommandSpec & { readonly name: CommandName }) | undefined =>
  COMMANDS.find((command) => command.name === name)
