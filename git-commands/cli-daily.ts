// Commands of every day: reading, going back, going on, sharing.

import type { CommandSpec } from '../src/model/command.ts'
import { JSON_OPTION, NUL_OPTION } from './cli-options.ts'

export const DAILY = [
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
      'Lists the commits of a range (all that HEAD leads to by default), each with its checkpoints; a commit ' +
        'without one says so.',
      'Below a commit stand sessions that were kept while HEAD was there, and that no commit listed above it carries.',
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
    name: 'rewind',
    synopsis: '[--list | --to <state> | --undo] [<options>]',
    maxArgs: 0,
    summary: 'go back to what files and conversation were at a turn',
    description: [
      'On a terminal, shows the sessions of this worktree, their turns and checkpoints, what was said and changed ' +
        'in each, and goes back to one of them. --list and --to do the same without a screen.',
      'A state is named as --list shows it: the number of a turn of the newest session, <session>:<number> for ' +
        'others, or the beginning of a checkpoint\'s id. It is what the turn left; with a ^ behind it (3^), what ' +
        'was there before.',
      'Files are written and deleted as far as this session changed them since. Files that somebody else changed ' +
        'are named, and nothing is written (exit code 1) unless --keep, --force or your answer says otherwise. ' +
        'Ignored files, submodules and other repositories are never touched. HEAD and the index stay.',
      'The conversation, cut there, becomes a new session of its agent; the command that goes on with it is printed.',
      'What was there before is kept, and --undo brings it back. After a rewind that was interrupted, --continue ' +
        'brings it to its end, and --undo takes it back.',
    ],
    options: [
      { flag: '--list', help: 'list what can be gone back to' },
      { flag: '--to <state>', help: 'go back to this turn or checkpoint' },
      { flag: '--files', help: 'only files' },
      { flag: '--conversation', help: 'only the conversation' },
      { flag: '--reset', help: 'HEAD with its branch, and the index, go to the commit of that time as well' },
      { flag: '--keep <path>', help: 'leave this file or folder as it is; may be repeated', many: true },
      { flag: '--force', help: 'take back, too, what somebody else changed' },
      { flag: '--dry-run', help: 'only show what would be written and deleted' },
      { flag: '--undo', help: 'bring back what was there before the last rewind' },
      { flag: '--continue', help: 'bring a rewind to its end that was interrupted' },
      JSON_OPTION,
    ],
  },
  {
    name: 'resume',
    synopsis: '[<branch> | <session>] [<options>]',
    maxArgs: 1,
    summary: 'go on with a session where its agent left it',
    description: [
      'Finds the newest sessions of the branch, puts their transcripts back where the agent looks for them, and ' +
        'prints the agent\'s command that goes on with them. What is not here is fetched.',
      'A named branch is switched to, as git switch does it. A session is named by its id or the first four or ' +
        'more characters of it.',
      'A transcript of the agent\'s own that holds more than the checkpoints is never replaced unasked.',
    ],
    options: [
      { flag: '--run', help: 'start the agent; of several sessions, asks which, or takes the newest' },
      { flag: '--no-switch', help: 'stay on the branch that is checked out' },
      { flag: '--force',
        help: 'put the checkpoints\' transcript in the place of the agent\'s own, which is kept as a copy' },
      JSON_OPTION,
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
] as const satisfies readonly CommandSpec[]
