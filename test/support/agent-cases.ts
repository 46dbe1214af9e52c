// Recorded sessions of every agent, and what `explain` must tell of them.

import * as assert from 'uvu/assert'
import type { CheckpointRecord, SessionRecord, TranscriptEntry } from '../../src/model/checkpoint.ts'
import type { AgentName } from '../../src/model/ids.ts'
import type { ReplayOptions } from './replay.ts'
import type { TestRepository } from './repository.ts'

export interface Round {
  readonly prompt: string
  readonly answers: readonly string[]
  readonly tools: readonly string[]
  readonly files: readonly string[]
  /** Input and output tokens, from the recording; absent: it tells none. */
  readonly tokens?: readonly [input: number, output: number]
}

export interface Case extends ReplayOptions {
  readonly capture: string
  readonly model: string
  /** An event of this agent, and a hook of somebody else's for it. */
  readonly foreign?: readonly [event: string, hook: object]
  /** Git has the file, and everybody is to have the hooks. */
  readonly tracked?: true
  readonly rounds: readonly [Round, Round]
}

const MINE = 'echo mine >>"$HOME/mine"'
const grouped = { hooks: [{ type: 'command', command: MINE }] }

/** The same conversation was held with five agents; each has its own tools. */
const conversation = (
  tools: readonly [readonly string[], readonly string[]],
  tokens: readonly [readonly [number, number], readonly [number, number]],
): readonly [Round, Round] => [{
  prompt: 'Add token auth to this project and commit it',
  answers: [
    'Let me look at the repository first.', 'I will create the auth module.', 'Tightening the length check.',
    'Reading it back.',
    'Added src/auth.ts with verifyToken and login, tightened the length check to ten, and committed it.',
  ],
  tools: tools[0], tokens: tokens[0], files: ['src/auth.ts'],
}, {
  prompt: 'Please verify that expired tokens are rejected',
  answers: [
    'Checking the verifier.', 'Adding an expiry check.',
    'Expired tokens are now rejected, and the change is committed.',
  ],
  tools: tools[1], tokens: tokens[1], files: ['src/auth.ts'],
}]

/** Cursor was not recorded twice: the same edits on, with other ids, and by a client that tells no tokens. */
const askCursorAgain = (text: string): string => text
  .replaceAll('Add token auth to this project and commit it', 'Now ask for ten characters')
  .replaceAll('"old_string":""', '"old_string":"  return token.length > 3;\\n"')
  .replaceAll(/"new_string":"[^]*?[^\\]"/g, '"new_string":"  return token.length > 10;\\n"')
  .replaceAll('length > 3;\\n}', 'length > 10;\\n}').replaceAll('Added src/auth.ts.', 'Ten it is.')
  .replaceAll('8f57-000000000001', '8f57-000000000002').replaceAll('"tool_0', '"tool_1')
  .replaceAll('c2d9a4c4-7a2f-4f56-8b2f-1f0a4a1d5a01', 'c2d9a4c4-7a2f-4f56-8b2f-1f0a4a1d5a02')
  .replaceAll(/"(?:input|output|cache_read|cache_write)_tokens":\d+,/g, '')

/** A recording of each agent, and what somebody who was there would tell of it. */
export const CASES: Readonly<Record<AgentName, Case>> = {
  'claude-code': {
    capture: '01-tools', model: 'claude-opus-5-5', foreign: ['Stop', grouped],
    rounds: [{
      prompt: 'Add an auth module with login and logout',
      answers: [
        'I\'ll create the auth module.', 'Reading it back and listing.', 'Committing.',
        // The second time to the client, which reported that the subagent had come to its end.
        ...Array<string>(2).fill(
          'Done: `src/auth.ts` has login and logout, documented in docs/auth.md, and it is committed.'),
      ],
      tools: ['Write', 'Edit', 'Read', 'Bash', 'Bash', 'Edit', 'Agent', 'Bash'],
      files: ['docs/auth.md', 'src/auth.ts'],
      // 11 to 22, and 63 + 43 + 38 + 17 + 22 + 29 + 23 + 32 + 22 + 26 + 18 + 26
      tokens: [198, 359],
    }, {
      prompt: 'Now add a token helper', answers: ['Added src/token.ts.'], tools: ['Write'], files: ['src/token.ts'],
      tokens: [47, 28],
    }],
  },
  codex: {
    capture: 'resume', model: 'gpt-6.1-sol', foreign: ['Stop', grouped],
    rounds: conversation(
      [['Bash', 'apply_patch', 'apply_patch', 'Bash', 'Bash'], ['Bash', 'apply_patch', 'Bash']],
      [[42511, 316], [30548, 177]]),
  },
  copilot: {
    capture: 'resume', model: 'gpt-5.4', foreign: ['agentStop', { type: 'command', bash: MINE }],
    rounds: conversation(
      [['bash', 'apply_patch', 'apply_patch', 'view', 'bash'], ['view', 'apply_patch', 'bash']],
      [[21207, 311], [15383, 168]]),
  },
  cursor: {
    capture: 'engine', model: 'gpt-5.4-high', foreign: ['stop', { command: MINE }], tracked: true,
    transcripts: 'import', again: askCursorAgain,
    rounds: [{
      prompt: 'Add token auth to this project and commit it', answers: ['Added src/auth.ts.'],
      tools: ['Shell', 'Write', 'Read'], files: ['docs/auth.md', 'src/auth.ts'], tokens: [1200, 40],
    }, {
      prompt: 'Now ask for ten characters', answers: ['Ten it is.'], tools: ['Shell', 'Write', 'Read'],
      files: ['src/auth.ts'],
    }],
  },
  gemini: {
    capture: 'resume', model: 'gemini-3.8-flash', foreign: ['AfterAgent', { matcher: '*', ...grouped }], tracked: true,
    rounds: conversation([
      ['run_shell_command', 'write_file', 'replace', 'read_file', 'run_shell_command'],
      ['read_file', 'replace', 'run_shell_command'],
    ], [[26085, 527], [19509, 308]]),
  },
  opencode: {
    capture: 'resume', model: 'fake-model',
    rounds: conversation([['bash', 'write', 'edit', 'read', 'bash'], ['read', 'edit', 'bash']],
      [[8469, 273], [6823, 151]]),
  },
}

export interface Explained {
  readonly record: CheckpointRecord
  readonly transcript: readonly TranscriptEntry[]
}

interface ExplainedOne extends Explained {
  readonly session: SessionRecord
}

/** What `explain --json --full` tells of a commit. */
export const explain = async (repository: TestRepository, revision: string): Promise<readonly Explained[]> => {
  const { code, stdout, output } = await repository.bitloops('explain', '--json', '--full', revision)
  if (code !== 0) throw new Error(`explain ${revision} (${code}): ${output}`)
  return (JSON.parse(stdout) as { readonly checkpoints: readonly Explained[] }).checkpoints
}

/** The one checkpoint of a commit, with the one session of it. */
export async function explainOne(repository: TestRepository, revision: string): Promise<ExplainedOne> {
  const checkpoints = await explain(repository, revision)
  const [session] = checkpoints[0]?.record.sessions ?? []
  assert.equal([checkpoints.length, checkpoints[0]?.record.sessions.length], [1, 1])
  return { ...checkpoints[0]!, session: session! }
}

interface Told {
  readonly prompts: readonly string[]
  readonly answers: readonly string[]
  readonly thoughts: readonly string[]
  readonly tools: readonly string[]
}

/** What the agent itself said and did, as far as somebody who was there would know it; without its subagents. */
export function toldBy(entries: readonly TranscriptEntry[]): Told {
  const own = entries.filter(({ subagent }) => subagent === undefined)
  const texts = (kind: 'response' | 'reasoning'): readonly string[] =>
    own.flatMap((entry) => entry.kind === kind ? [entry.text] : [])
  return {
    prompts: own.flatMap((entry) => entry.kind === 'prompt' && entry.origin === 'human' ? [entry.text] : []),
    answers: texts('response'),
    thoughts: texts('reasoning'),
    tools: own.flatMap((entry) => entry.kind === 'tool-call' ? [entry.tool] : []),
  }
}

/** All of a round is there, each thing once, and calls before their results. */
export function assertTold(transcript: readonly TranscriptEntry[], round: Round): void {
  const { prompts, answers, tools } = toldBy(transcript)
  assert.equal({ prompts, answers, tools }, { prompts: [round.prompt], answers: round.answers, tools: round.tools })
  const ids = transcript.map(({ id }) => id)
  assert.is(new Set(ids).size, ids.length, 'each event is there once')
  const calls = new Set<string>()
  for (const entry of transcript) {
    if (entry.kind === 'tool-call') calls.add(entry.call)
    if (entry.kind === 'tool-result') assert.ok(calls.has(entry.call), `${entry.call} comes before its result`)
  }
}
