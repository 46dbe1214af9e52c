// Conversations of the real clients, cut at a turn and made sessions of their own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { AgentAdapter } from '../../src/agents/agent.ts'
import { claudeCode } from '../../src/agents/claude-code/adapter.ts'
import { codex } from '../../src/agents/codex/adapter.ts'
import { copilot } from '../../src/agents/copilot/adapter.ts'
import { cutConversation } from '../../src/agents/cut-conversation.ts'
import type { Cut } from '../../src/agents/cut-conversation.ts'
import { gemini } from '../../src/agents/gemini/adapter.ts'
import { opencode } from '../../src/agents/opencode/adapter.ts'
import { findAgentResume } from '../../src/agents/resume-registry.ts'
import type { SessionId, TurnId } from '../../src/model/ids.ts'
import { mapStrings } from '../../src/model/json-strings.ts'
import { PROJECT } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

const UUID = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'
const CLAUDE = '76fa4d34-4f4c-475f-ab9b-2fe870c794a6'

const RECORDED: readonly (readonly [AgentAdapter, SessionId, string])[] = ([
  [claudeCode, CLAUDE, `agents/claude-code/transcripts/01-tools/-home-dev-project/${CLAUDE}.jsonl`],
  [codex, '01a1f9f5-9e4a-7b52-aa27-0f0b32f38a8b', 'resume/codex.jsonl'],
  [copilot, 'a45fc7d8-7e67-4302-ac91-64d256a38476', 'resume/copilot.jsonl'],
  [gemini, '852c264c-7f02-499d-84f0-13847ecd8b29', 'resume/gemini.jsonl'],
  [opencode, 'ses_e05ff0243ffeAUwKL6Ns8TgIoY', 'resume/opencode.jsonl'],
] as const).map(([adapter, session, path]) => [adapter, session as SessionId, path])

interface Prompt {
  readonly turn: TurnId
  readonly text: string
}

function promptsIn(adapter: AgentAdapter, lines: readonly string[], session: SessionId): readonly Prompt[] {
  const placed = lines.map((text, at) => ({ offset: at * 1e6, text }))
  return adapter.parseTranscript(placed, { session }, undefined).observations.flatMap(({ event }) =>
    event.kind === 'prompt' && event.origin === 'human' ? [{ turn: event.turn!, text: event.text }] : [])
}

for (const [adapter, session, path] of RECORDED) {
  describe(`cutConversation of ${adapter.name}`, (it) => {
    const agent = findAgentResume(adapter.name)!
    const newSession = agent.newSession(UUID)
    const lines = readFileSync(join(PROJECT, 'fixtures', path), 'utf8').trimEnd().split('\n')
    const prompts = promptsIn(adapter, lines, session)
    const cutAt = (turn: TurnId, keep: 'before' | 'after'): Cut =>
      cutConversation(adapter, agent, lines, { session, turn, keep, newSession })
    const linesOf = (cut: Cut): readonly string[] => {
      if (cut.kind !== 'cut') throw new Error(cut.kind)
      return cut.lines
    }

    it('keeps the turns up to the one named, and what they held', () => {
      for (const [at, { turn }] of prompts.entries()) {
        const kept = linesOf(cutAt(turn, 'after'))
        assert.equal(promptsIn(adapter, kept, newSession).map(({ text }) => text),
          prompts.slice(0, at + 1).map(({ text }) => text))
        const events = (of: readonly string[], as: SessionId): number => adapter.parseTranscript(
          of.map((text, index) => ({ offset: index * 1e6, text })), { session: as }, undefined)
          .observations.filter(({ event }) => event.kind === 'tool-result' || event.kind === 'response').length
        if (at === prompts.length - 1) assert.is(events(kept, newSession), events(lines, session))
        else assert.ok(events(kept, newSession) < events(lines, session))
      }
    })

    it('cuts before a turn where the one before it ends', () => {
      for (const [at, { turn }] of prompts.entries()) {
        if (at === 0) assert.is(cutAt(turn, 'before').kind, 'nothing-left')
        else assert.equal(cutAt(turn, 'before'), cutAt(prompts[at - 1]!.turn, 'after'))
      }
      assert.is(cutAt('unheard-of' as TurnId, 'after').kind, 'unknown-turn')
    })

    it('makes every line one of the new session', () => {
      const kept = linesOf(cutAt(prompts.at(-1)!.turn, 'after'))
      const names: string[] = []
      for (const line of kept) {
        mapStrings(JSON.parse(line), (text, name) => {
          if (text === session) names.push(name ?? '')
          return text
        })
      }
      // Where it was copied from.
      const origins = new Set(['sessionId', 'forked_from_id'])
      assert.equal(names.filter((name) => !origins.has(name)), [])
      if (adapter !== claudeCode && adapter !== codex) assert.equal(names, [])
      assert.ok(kept.some((line) => line.includes(newSession)))
    })
  })
}
