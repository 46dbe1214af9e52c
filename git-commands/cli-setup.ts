// Commands that set a repository up, and take that back.

import type { CommandSpec } from '../src/model/command.ts'

export const SETUP = [
  {
    name: 'init',
    synopsis: '[<options>]',
    maxArgs: 0,
    summary: 'set up this repository',
    description: [
      'Finds the agents in use, installs the Git hooks and the agents\' hooks in all existing worktrees, and writes ' +
        '.bitloops/settings.json.',
      'On a terminal it asks about each agent; elsewhere it takes those it finds: by programs on the PATH, their ' +
        'folders in $HOME, and their files in the repository. What is set up stays, and --agent adds to it.',
      'An agent\'s hooks go to the file that it keeps for this clone alone. Codex, Cursor and Gemini CLI have none: ' +
        'where theirs is in Git, it is only changed with --project, or when you say yes.',
      'It says what it did, what an agent still needs of you, and what will be published where. Repeating it changes ' +
        'nothing.',
    ],
    options: [
      { flag: '--agent <names>', many: true,
        help: 'set up these agents instead of those found (claude-code, codex, copilot, cursor, gemini, opencode); ' +
          'may be repeated' },
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
] as const satisfies readonly CommandSpec[]
