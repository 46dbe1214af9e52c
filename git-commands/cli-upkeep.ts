// Commands for what is seldom needed, and what hooks run.

import type { CommandSpec } from '../src/model/command.ts'
import { JSON_OPTION } from './cli-options.ts'

export const UPKEEP = [
  {
    name: 'doctor',
    synopsis: '[--fix] [--verify] [--json]',
    maxArgs: 0,
    summary: 'prove that it works, and mend what does not',
    description: [
      'Tries the hooks of Git and of the agents, and checks the live store, the inbox, and the newest checkpoints ' +
        'and notes.',
      'Each problem says what it means and what --fix will do, which removes nothing that was recorded. The exit ' +
        'code is 1 when something does not work.',
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
        'hold the same files, or make the same change. Without a range, it looks at the newest commits of HEAD ' +
        'and all branches.',
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
    name: 'export',
    synopsis: '--format agent-trace [<range>]',
    maxArgs: 1,
    summary: 'which lines which conversation wrote, for other tools',
    description: [
      'Prints a record of Agent Trace 0.1.0 for each commit with a checkpoint, of a range or of all that HEAD ' +
        'leads to: a line of JSON each, the newest commit first.',
      'Ranges are of the lines that the commit adds, numbered as it leaves them. What recorded edits did not ' +
        'write is called human, or mixed where it stands right among their lines. Texts are redacted, and no ' +
        'person is named.',
      'The exit code is 1 when no commit there has a checkpoint.',
    ],
    options: [
      { flag: '--format <name>', help: 'the form of the records: agent-trace', values: ['agent-trace'] },
    ],
    completes: 'revisions',
  },
  {
    name: 'import',
    synopsis: '[<options>]',
    maxArgs: 0,
    summary: 'link sessions that no hook told of to their commits',
    description: [
      'Reads the sessions that agents keep of this repository in their own folders, and finds the commits they ' +
        'led to: the lines of their edits must be in the commit, at the same path, made before it and not long ' +
        'ago.',
      'Sessions of worktrees that are gone are found where Git or git-bitloops remembers the worktree, or where ' +
        'it lay in a folder called worktrees below this one. Sessions that led to no commit are not kept.',
      'With --from, it reads what another tool kept in this clone: the notes of git-ai, or the checkpoints of ' +
        'Entire. Those are never changed.',
      'Doing it again adds nothing but what is new. It may be stopped at any time; the next import goes on.',
    ],
    options: [
      { flag: '--agent <name>', help: 'only sessions of this agent; may be repeated', many: true },
      { flag: '--since <date>', help: 'only sessions that were gone on with after this date, as in git log' },
      { flag: '--from <tool>', help: 'what another tool kept, instead: git-ai or entire',
        values: ['git-ai', 'entire'] },
      { flag: '--dry-run', help: 'only show what would be linked, and why' },
      JSON_OPTION,
    ],
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
    synopsis: '[--hook] [<commit>] | --session [<session>]',
    maxArgs: 1,
    summary: 'make a checkpoint of what led to a commit, or of a session',
    description: [
      'Takes what was recorded for the commit (HEAD by default) and writes it as a checkpoint. Run by post-commit; ' +
        'twice is harmless.',
      'With --session it keeps what a session has said without waiting for a commit: research, or a plan. The ' +
        'session is named by its id or the first characters of it; else it is the one at work here, or the last ' +
        'one.',
    ],
    options: [],
    plumbing: true,
  },
  {
    name: 'settle',
    synopsis: '(amend | rebase | pick | commit)',
    maxArgs: 1,
    summary: 'link what an amend, a rebase or a pick made',
    description: [
      'Run by hooks of Git. Takes what they recorded of a rewrite, promotes what is new in it, and links the new ' +
        'commits. Always exits 0 and prints nothing.',
    ],
    options: [],
    plumbing: true,
  },
  {
    name: 'drain',
    synopsis: '--home <folder>',
    maxArgs: 0,
    summary: 'take what agent hooks delivered into the live store',
    description: [
      'Run by the agents\' hooks. Only one drain works at a time; another ends at once. Killed at any moment, it ' +
        'loses nothing.',
    ],
    options: [],
    plumbing: true,
  },
  {
    name: 'hook',
    synopsis: '<agent>',
    maxArgs: 1,
    summary: 'record a hook payload from standard input',
    description: ['Run by agents where there is no sh. Always exits 0 and prints nothing.'],
    options: [],
    plumbing: true,
  },
] as const satisfies readonly CommandSpec[]
