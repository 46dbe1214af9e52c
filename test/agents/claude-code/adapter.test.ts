// Replays every recording of the real client: in whatever order and pieces it comes, the events are the golden ones.

import * as assert from 'uvu/assert'
import { claudeCode } from '../../../src/agents/claude-code/adapter.ts'
import { adapters, findAdapter } from '../../../src/agents/registry.ts'
import type { Observation, TokenUsage } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'
import { keepsContract, sumOfTokens } from '../contract.ts'
import { recordingsOf } from '../recordings.ts'

const recordings = recordingsOf(claudeCode)
const { captures, goldenEvents, hookObservations, sessionsOf, transcriptObservations, transcriptsOf } = recordings

const tokensOf = (capture: string, session: SessionId): TokenUsage =>
  sumOfTokens(goldenEvents(capture, session).flatMap((event) => event.kind === 'usage' ? [event.tokens] : []))

/** What the client itself counted at the end of the session, compactions included. */
function clientsCount(capture: string, session: SessionId): TokenUsage | undefined {
  const lines = transcriptsOf(capture, session).filter(({ source }) => source.subagent === undefined)
    .flatMap((one) => one.lines)
  const last = lines.findLast((line) => line.text.startsWith('{"type":"cost-state"'))
  if (last === undefined) return undefined
  const { modelUsage } = JSON.parse(last.text) as { modelUsage: Record<string, Record<string, number>> }
  return sumOfTokens(Object.values(modelUsage).map((model) => ({
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
}

/** What the client counted and no line tells, by the start of the session's id. */
const UNTOLD: Readonly<Record<string, TokenUsage>> = {
  // The fork counts its origin's subagent, whose transcript stays with the origin.
  cbf2f7d6: { input: 57, output: 63, cacheRead: 27000, cacheWrite: 2700 },
  // The request that wrote the summary of a compaction.
  c010dd4b: { input: 19, output: 82, cacheRead: 9000, cacheWrite: 900 },
}

describe('the events of recorded sessions', (it) => {
  keepsContract(it, claudeCode, recordings, COUNTS)

  for (const capture of captures) {
    it(`count the tokens that the client counted: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const counted = clientsCount(capture, session)
        const untold = UNTOLD[session.slice(0, 8)]
        if (counted === undefined) continue
        const told = [tokensOf(capture, session), ...untold === undefined ? [] : [untold]]
        assert.equal(sumOfTokens(told), counted, session)
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
