// Replays every recording of the real client: in whatever order and pieces it comes, the events are the golden ones.

import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { claudeCode } from '../../../src/agents/claude-code/adapter.ts'
import { adapters, findAdapter } from '../../../src/agents/registry.ts'
import type { Event, EventKind, Observation, TokenUsage } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'
import { formatGolden, recordingsOf } from '../recordings.ts'
import type { RecordedTranscript } from '../recordings.ts'
import { randomFrom, shuffled } from '../random.ts'

const {
  captures, goldenPath, hookObservations, readHooks, readingOf, readInSlices, sessionsOf, transcriptObservations,
  transcriptsOf,
} = recordingsOf(claudeCode)

const goldenOf = (capture: string, session: SessionId): string => readFileSync(goldenPath(capture, session), 'utf8')

const eventsOf = (capture: string): readonly Event[] => sessionsOf(capture)
  .flatMap((session) => goldenOf(capture, session)
  .split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Event))

/** The slices end at up to five lines chosen at random. */
function readInRandomSlices(transcript: RecordedTranscript, random: () => number): readonly Observation[] {
  const ends = Array.from({ length: 5 }, () => Math.floor(random() * (transcript.lines.length + 1)))
  return readInSlices(transcript, ends.sort((a, b) => a - b))
}

function tokensOf(capture: string, session: SessionId): TokenUsage {
  const told = goldenOf(capture, session).split('\n').filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event)
  return sum(told.flatMap((event) => event.kind === 'usage' ? [event.tokens] : []))
}

const sum = (all: readonly TokenUsage[]): TokenUsage => all.reduce((total, one) => ({
  input: total.input + one.input, output: total.output + one.output,
  cacheRead: total.cacheRead + one.cacheRead, cacheWrite: total.cacheWrite + one.cacheWrite,
}), { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 })

/** What the client itself counted at the end of the session, compactions included. */
function clientsCount(capture: string, session: SessionId): TokenUsage | undefined {
  const lines = transcriptsOf(capture, session).filter(({ source }) => source.subagent === undefined)
    .flatMap((one) => one.lines)
  const last = lines.findLast((line) => line.text.startsWith('{"type":"cost-state"'))
  if (last === undefined) return undefined
  const { modelUsage } = JSON.parse(last.text) as { modelUsage: Record<string, Record<string, number>> }
  return sum(Object.values(modelUsage).map((model) => ({
    input: model['inputTokens'] ?? 0, output: model['outputTokens'] ?? 0,
    cacheRead: model['cacheReadInputTokens'] ?? 0, cacheWrite: model['cacheCreationInputTokens'] ?? 0,
  })))
}

/** Counted by hand in the scenarios. The forks tell their origin's prompts and answers again. */
const COUNTS = {
  '01-tools': { human: 7, responses: 17, calls: 20, files: ['docs/auth.md', 'src/auth.ts', 'src/token.ts'] },
  '02-interactive': { human: 6, responses: 8, calls: 4, files: ['src/auth.ts'] },
  '03-flush': { human: 3, responses: 13, calls: 9, files: ['a.txt'] },
  '09-agents': { human: 23, responses: 30, calls: 47, files: [
    '.claude/worktrees/agent-a2f0825797f544fec/wt2.txt', '.claude/worktrees/featx/fwt.txt',
    'c.txt', 'inner.txt', 'n.ipynb', 'sub1.txt',
  ] },
  '15-old-client-2.0.76': {
    human: 9, responses: 27, calls: 20, files: ['docs/auth.md', 'src/auth.ts', 'src/token.ts'],
  },
  '20-steering-and-terminal-fork': { human: 8, responses: 8, calls: 4, files: ['a.txt'] },
} as const

/** What the client counted and no line tells, by the start of the session's id. */
const UNTOLD: Readonly<Record<string, TokenUsage>> = {
  // The fork counts its origin's subagent, whose transcript stays with the origin.
  cbf2f7d6: { input: 57, output: 63, cacheRead: 27000, cacheWrite: 2700 },
  // The request that wrote the summary of a compaction.
  c010dd4b: { input: 19, output: 82, cacheRead: 9000, cacheWrite: 900 },
}

describe('the events of recorded sessions', (it) => {
  it('covers every capture', () => assert.equal([...captures], Object.keys(COUNTS)))

  for (const capture of captures) {
    it(`are the golden ones: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const told = [...hookObservations(capture, session), ...transcriptObservations(capture, session)]
        assert.is(formatGolden(pickEvents(told)), goldenOf(capture, session), session)
      }
    })

    it(`are those counted by hand: ${capture}`, () => {
      const events = eventsOf(capture)
      const count = (kind: EventKind): number => events.filter((event) => event.kind === kind).length
      const expected = COUNTS[capture as keyof typeof COUNTS]
      const prompts = events.filter((event) => event.kind === 'prompt' && event.origin === 'human')
      assert.is(prompts.length, expected.human, 'prompts')
      assert.is(count('response'), expected.responses, 'responses')
      assert.is(count('tool-call'), expected.calls, 'tool calls')
      const paths = events.flatMap((event) =>
        event.kind === 'file-change' ? [event.path.replace('/home/dev/project/', '')] : [])
      assert.equal([...new Set(paths)].sort(), [...expected.files])
    })

    it(`count the tokens that the client counted: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const counted = clientsCount(capture, session)
        const untold = UNTOLD[session.slice(0, 8)]
        if (counted === undefined) continue
        assert.equal(sum([tokensOf(capture, session), ...untold === undefined ? [] : [untold]]), counted, session)
      }
    })

    it(`do not depend on order, repetition or where reading stopped: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const transcripts = transcriptsOf(capture, session)
        const hooks = readHooks(capture).filter((hook) => hook.payload['session_id'] === session)
        for (let seed = 1; seed <= 20; seed += 1) {
          const random = randomFrom(seed)
          const told = [
            ...shuffled([...hooks, ...hooks], random).flatMap((hook) => readingOf(hook).observations),
            ...transcripts.flatMap((transcript) => readInRandomSlices(transcript, random)),
          ]
          assert.is(formatGolden(pickEvents(shuffled(told, random))), goldenOf(capture, session),
            `${session}, seed ${seed}`)
        }
      }
    })
  }

  it('are told by the hooks alone where the client kept no transcript', () => {
    const session = '8ddc04d2-46e1-4445-8e77-f6361022cce7' as SessionId
    assert.equal(transcriptsOf('09-agents', session), [])
    const kinds = pickEvents(hookObservations('09-agents', session)).map((event) => event.kind)
    assert.equal(kinds, ['session-start', 'prompt', 'tool-call', 'tool-result', 'response', 'turn-end', 'session-end'])
  })

  it('are told by the transcript alone where no hook ran', () => {
    const session = 'ea0b34f0-11f0-46f3-88e9-71be29c199ca' as SessionId
    assert.equal(hookObservations('09-agents', session), [])
    const kinds = pickEvents(transcriptObservations('09-agents', session)).map((event) => event.kind)
    assert.equal(kinds, ['prompt', 'tool-call', 'usage', 'tool-result', 'response', 'usage'])
  })

  it('have ids under which hook and transcript agree', () => {
    const session = '76fa4d34-4f4c-475f-ab9b-2fe870c794a6' as SessionId
    const idsOf = (told: readonly Observation[]): readonly string[] => told.map(({ event }) => event.id)
      .filter((id) => /^(?:prompt|call|result|change|end):/.test(id))
    const fromTranscript = new Set(idsOf(transcriptObservations('01-tools', session)))
    const fromHooks = idsOf(hookObservations('01-tools', session))
    assert.is(fromHooks.length > 20, true)
    assert.equal(fromHooks.filter((id) => !fromTranscript.has(id)), [])
  })
})

describe('the adapter of Claude Code', (it) => {
  it('is found by its name', () => {
    assert.is(findAdapter('claude-code'), claudeCode)
    assert.is(findAdapter('nobody'), undefined)
    assert.is(adapters.includes(claudeCode), true)
  })

  it('knows its shell, and the session where the client names it', () => {
    assert.is(claudeCode.sessionOf({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'a-b' }), 'a-b')
    assert.is(claudeCode.sessionOf({ CLAUDECODE: '1' }), undefined)
    assert.is(claudeCode.sessionOf({ CLAUDE_CODE_SESSION_ID: '' }), undefined)
    assert.is(claudeCode.isShellOf({ CLAUDECODE: '1' }), true)
    assert.is(claudeCode.isShellOf({}), false)
  })

  it('finds the folder of transcripts as the client names it', () => {
    const folderOf = (cwd: string, env = {}): string | undefined =>
      claudeCode.transcriptFolders(cwd, '/home/dev', env)[0]?.path
    assert.is(folderOf('/home/dev/project'), '/home/dev/.claude/projects/-home-dev-project')
    assert.is(folderOf('/home/dev/project/.claude/worktrees/x'),
      '/home/dev/.claude/projects/-home-dev-project--claude-worktrees-x')
    assert.is(folderOf('/home/dev/a_b.c'), '/home/dev/.claude/projects/-home-dev-a-b-c')
    assert.is(folderOf('/p', { CLAUDE_CONFIG_DIR: '/etc/claude' }), '/etc/claude/projects/-p')
    assert.is(folderOf('/p', { CLAUDE_CONFIG_DIR: '' }), '/home/dev/.claude/projects/-p')
  })

  it('tells transcripts of sessions from those of subagents by their names', () => {
    const session = '/x/-p/76fa4d34-4f4c-475f-ab9b-2fe870c794a6.jsonl'
    const subagent = '/x/-p/76fa4d34-4f4c-475f-ab9b-2fe870c794a6/subagents/agent-adcff6fad1105d929.jsonl'
    assert.is(claudeCode.sessionOfTranscript(session), '76fa4d34-4f4c-475f-ab9b-2fe870c794a6')
    assert.is(claudeCode.sessionOfTranscript('/x/-p/agent-a134024.jsonl'), undefined)
    assert.is(claudeCode.sessionOfTranscript('/x/-p/notes.jsonl'), undefined)
    assert.is(claudeCode.subagentOfTranscript(subagent), 'adcff6fad1105d929')
    assert.is(claudeCode.subagentOfTranscript('/x/-p/agent-a134024.jsonl'), 'a134024')
    assert.is(claudeCode.subagentOfTranscript(subagent.replace('.jsonl', '.meta.json')), undefined)
    assert.is(claudeCode.subagentOfTranscript(session), undefined)
    assert.is(subagent.startsWith(`${claudeCode.subagentFolder(session)}/`), true)
  })

  it('takes for read-only what cannot write a file', () => {
    const readOnly = ['Read', 'Grep', 'Agent', 'Task', 'TaskCreate', 'AskUserQuestion']
    const writing = ['Bash', 'Write', 'Edit', 'NotebookEdit', 'MultiEdit', 'Skill', 'EnterWorktree',
      'mcp__demo__lookup', 'Unheard']
    assert.equal(readOnly.filter((tool) => !claudeCode.readOnlyTools.has(tool)), [])
    assert.equal(writing.filter((tool) => claudeCode.readOnlyTools.has(tool)), [])
  })
})
