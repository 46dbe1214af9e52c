// git bitloops init

import { relative } from 'node:path'
import { openRepository } from '../src/git/repository.ts'
import { init } from '../src/init.ts'
import type { InitRequest, InitResult } from '../src/init.ts'
import { programPaths } from './io.ts'
import type { Run } from './io.ts'

export const run: Run = async (io, _args, options) => {
  const repository = await openRepository(io.cwd, io.env)
  const result = await init(repository, {
    agents: [options['agent'] ?? []].flat() as string[],
    local: options['local'] === true,
    project: options['project'] === true,
    chosen: chosenOf(options),
    paths: programPaths(),
    consent: async (question) => options['yes'] === true || (io.isTerminal && await io.ask(question, false)),
  })
  io.out(formatInit(result, io.cwd))
  for (const finding of result.findings) io.err(`note: ${finding}\n`)
  return 0
}

function chosenOf(options: Readonly<Record<string, unknown>>): InitRequest['chosen'] {
  const given = ['directory', 'push', 'remote'].filter((name) => options[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, options[name]]))
}

const HOOKS: Readonly<Record<InitResult['hooks'], (folder: string) => string>> = {
  files: (folder) => `in ${folder}, beside what was there`,
  config: () => "in the repository's Git configuration",
  none: () => 'not installed, see the notes; sessions are still recorded, and linked by the next git bitloops command',
}

const DIRECTORY: Readonly<Record<InitResult['settings']['directory'], string>> = {
  untracked: 'and files in .bitloops/checkpoints/ that Git does not show',
  tracked: 'and files in .bitloops/checkpoints/ for you to add',
  off: 'and nothing in the working tree',
}

/** What a new user has to know: what was done, what is recorded, where it stays, what leaves the machine. */
function formatInit(result: InitResult, cwd: string): string {
  const near = (path: string): string => relative(cwd, path) || '.'
  const shared = !result.settingsFile.includes('.local.')
  const places = result.worktrees.length === 1 ? '' : ` in ${result.worktrees.length} worktrees`
  const lines = [
    result.changed ? 'git-bitloops is set up.' : 'git-bitloops is already set up; nothing was changed.',
    `  Agents:    ${result.agents.join(', ')}${places}${result.changed ? ' (restart sessions that are open now)' : ''}`,
    `  Git hooks: ${HOOKS[result.hooks](near(result.hooksFolder))}`,
    `  Settings:  ${result.settingsFile}${shared ? ' (commit it to share it, or leave it)' : ''}`,
    `  Recorded:  prompts, answers, reasoning, tool calls and file changes of these agents, in ${near(result.home)}`,
    '  On commit: what led to it is kept in refs/bitloops/checkpoints, secrets redacted,',
    `             ${DIRECTORY[result.settings.directory]}`,
    '  Leaves this machine: nothing',
    'git bitloops status shows what is going on; git bitloops uninstall takes all of this out again.',
  ]
  return `${lines.join('\n')}\n`
}
