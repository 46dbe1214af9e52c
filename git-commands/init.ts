// git bitloops init

import { relative } from 'node:path'
import { BitloopsError } from '../src/errors.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { init } from '../src/init.ts'
import type { InitRequest, InitResult } from '../src/init.ts'
import type { AgentName } from '../src/model/ids.ts'
import { countOf, formatBytes, wrap } from '../src/model/text-layout.ts'
import type { FoundAgent } from '../src/store/detect-agents.ts'
import { markQueued } from '../src/store/own-tips.ts'
import { readPushMemory, rememberRemote } from '../src/store/push-memory.ts'
import { readPushState } from '../src/store/push-state.ts'
import type { PushState } from '../src/model/push-state.ts'
import { answerSharing } from '../src/store/sharing.ts'
import { formatGathered } from './fetch.ts'
import { programPaths } from './io.ts'
import type { Io, Run } from './io.ts'
import { inExchange } from './open-exchange.ts'
import { widthOfScreen } from './screen.ts'

export const run: Run = async (io, _args, options) => {
  const repository = await openRepository(io.cwd, io.env)
  const result = await init(repository, {
    agents: ([options['agent'] ?? []].flat() as string[]).flatMap((names) => names.split(',')),
    choose: (found, isFirst) => chooseAgents(io, found, isFirst, options['yes'] === true),
    local: options['local'] === true,
    project: options['project'] === true,
    chosen: chosenOf(options),
    paths: programPaths(),
    consent: async (question) => options['yes'] === true || (io.canAsk && await io.ask(question, false)),
  })
  const brought = result.remote === undefined ? undefined : await fetchFirst(io, repository, result.remote)
  const state = await readPushState(repository, result.settings)
  io.out(formatInit(result, state, io))
  for (const finding of [...result.findings, ...brought ?? []]) io.err(formatNote(finding, io))
  if (state.remote !== undefined && state.mode === 'auto') {
    await askToShare(io, repository, state, options['push'] !== undefined)
  }
  return 0
}

/** On a terminal one is asked about each. Elsewhere all are taken the first time; later, they are only named. */
async function chooseAgents(
  io: Io, found: readonly FoundAgent[], isFirst: boolean, isAnswered: boolean,
): Promise<readonly AgentName[]> {
  if (isAnswered || !io.canAsk) return isFirst ? found.map(({ agent }) => agent) : []
  const chosen: AgentName[] = []
  for (const { agent, sign } of found) {
    if (await io.ask(`Record sessions of ${agent}? (${sign})`, true)) chosen.push(agent)
  }
  return chosen
}

const FETCH_BOUND_MS = 15_000

/** What the remote already has; gives back what the user has to know. */
async function fetchFirst(io: Io, repository: Repository, remote: string): Promise<readonly string[]> {
  const { fetch } = await import('../src/fetch.ts')
  const fetched = await inExchange(io, repository, { boundMs: FETCH_BOUND_MS, mayAsk: io.isTerminal }, (exchange) =>
    fetch(exchange, remote))
  if (fetched.kind === 'failed') {
    return [`nothing was fetched from ${remote} (${fetched.reason}); git bitloops fetch tries again`]
  }
  if (fetched.changed) io.out(formatGathered(fetched, remote))
  return fetched.warnings
}

const NOT_PUBLISHED = 'Nothing is published. git bitloops init --push auto changes that.\n'

/** Once: the answer stands in git's configuration, and the hook has something to do from now on. */
async function askToShare(io: Io, repository: Repository, state: PushState, isAnswered: boolean): Promise<void> {
  const isNew = readPushMemory(repository.home).remotes[state.remote!]?.announced !== true
  if (!isAnswered && isNew && io.canAsk) {
    if (!await mayPublish(io, repository, `Publish checkpoints to ${state.remote} with your pushes?`)) {
      io.out(NOT_PUBLISHED)
      return
    }
    rememberRemote(repository.home, state.remote!, (memory) => ({ ...memory, announced: true }))
  }
  if (state.waits) markQueued(repository.home)
}

/** Who leaves the question, in whatever way, has not said yes. */
async function mayPublish(io: Io, repository: Repository, question: string): Promise<boolean> {
  await answerSharing(repository, 'manual')
  try {
    if (!await io.ask(question, true)) return false
  } catch (error) {
    if (error instanceof BitloopsError && error.code === 'left') io.out(NOT_PUBLISHED)
    throw error
  }
  await answerSharing(repository, 'auto')
  return true
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

/** A label and what it is about; without one, it goes on with the row above. */
type Row = readonly [label: string, text: string]

/** What a new user has to know: what was done, what is recorded, where it stays, what leaves the machine. */
function formatInit(result: InitResult, state: PushState, io: Io): string {
  const near = (path: string): string => relative(io.cwd, path) || '.'
  const shared = !result.settingsFile.includes('.local.')
  const places = result.worktrees.length === 1 ? '' : ` in ${result.worktrees.length} worktrees`
  const rows: readonly Row[] = [
    ['Agents', `${result.agents.join(', ')}${places}${result.changed ? ' (restart sessions that are open now)' : ''}`],
    ['Git hooks', HOOKS[result.hooks](near(result.hooksFolder))],
    ['Settings', `${result.settingsFile}${shared ? ' (commit it to share it, or leave it)' : ''}`],
    ['Recorded', 'prompts, answers, reasoning, tool calls and file changes of these agents, in '
      + near(result.home)],
    ['On commit', 'what led to it is kept in refs/bitloops/checkpoints, secrets redacted, '
      + DIRECTORY[result.settings.directory]],
    ...rowsOnSharing(state),
  ]
  const width = widthOf(io)
  return [
    result.changed ? 'git-bitloops is set up.' : 'git-bitloops is already set up; nothing was changed.',
    ...rows.flatMap((row) => formatRow(row, width)),
    ...wrap('git bitloops status shows what is going on; git bitloops uninstall takes all of this out again.', width),
    '',
  ].join('\n')
}

/** What leaves the machine, how much of it, and where to. */
function rowsOnSharing({ mode, remote, address, waits, checkpoints, sizeBytes }: PushState): readonly Row[] {
  const row = (text: string): Row => ['Leaves this machine', text]
  if (remote === undefined) return [row('nothing, there is no remote (git bitloops init --remote <name> chooses one)')]
  if (mode === 'manual') return [row('nothing by itself; git bitloops push publishes checkpoints')]
  const now = waits ? `; ${countOf(checkpoints, 'checkpoint')} (${formatBytes(sizeBytes)}) so far` : ''
  return [
    row(`checkpoints with each git push to ${remote} (${address})${now}`), ['', '--push manual keeps them here'],
  ]
}

const LABEL_COLUMNS = 13

/** What is too long for the terminal goes on below the text, not below its label. */
function formatRow([label, text]: Row, width: number): readonly string[] {
  const head = label === '' ? '' : `  ${label}: `
  return wrap(text, width - Math.max(LABEL_COLUMNS, head.length))
    .map((line, at) => (at === 0 ? head : '').padEnd(LABEL_COLUMNS) + line)
}

function formatNote(text: string, io: Io): string {
  return wrap(text, widthOf(io) - NOTE.length)
    .map((line, at) => `${at === 0 ? NOTE : ' '.repeat(NOTE.length)}${line}\n`).join('')
}

const NOTE = 'note: '

/** Scripts get each sentence in one line. */
const widthOf = (io: Io): number => io.isTerminal ? widthOfScreen(io) : Infinity
