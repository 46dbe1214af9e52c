// What single payloads of Copilot tell, in each of the shapes they come in.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { HookReading } from '../../../src/agents/agent.ts'
import { parseHook } from '../../../src/agents/copilot/hooks.ts'
import { describe } from '../../support/suite.ts'

const AT = '2026-11-20T17:20:18.635Z'
const MILLIS = Date.parse(AT)

function read(payload: unknown, event?: string): HookReading {
  const reading = parseHook({ agent: 'copilot', receivedAt: 7, ...event === undefined ? {} : { event }, payload })
  if (reading.kind === 'reading') return reading
  throw new Error(reading.kind === 'untold' ? 'tells nothing' : reading.reason)
}

const camel = { sessionId: 's1', timestamp: MILLIS, cwd: '/p' }
const snake = { session_id: 's1', timestamp: AT, cwd: '/p' }

describe('parseHook of Copilot', (it) => {
  it('reads both spellings of a payload alike', () => {
    const pairs = [
      [read({ ...camel, prompt: 'Go' }, 'userPromptSubmitted'),
        read({ ...snake, hook_event_name: 'UserPromptSubmit', prompt: 'Go' }, 'UserPromptSubmit')],
      [read({ ...camel, transcriptPath: '/t', stopReason: 'end_turn' }, 'agentStop'),
        read({ ...snake, hook_event_name: 'Stop', transcript_path: '/t', stop_reason: 'end_turn' })],
      [read({ ...camel, reason: 'complete' }, 'sessionEnd'),
        read({ ...snake, hook_event_name: 'SessionEnd', reason: 'complete' })],
    ]
    for (const [one, other] of pairs) assert.equal(one, other)
    const [prompt, stop, end] = pairs.map(([one]) => one!)
    assert.equal([prompt!.moment, prompt!.turn], ['turn-start', `at:${MILLIS}`])
    assert.equal(prompt!.observations.map(({ event, unnamed }) => [event.at, unnamed]), [[MILLIS, true]])
    assert.equal([stop!.moment, stop!.awaitsTurnEnd, stop!.transcriptPath], ['turn-end', true, '/t'])
    assert.equal([end!.moment, end!.observations[0]!.event.kind], ['session-end', 'session-end'])
  })

  it('takes the start of a session, which comes beside the first prompt, for no moment', () => {
    assert.is(read({ ...camel, source: 'new', initialPrompt: 'Go' }, 'sessionStart').moment, undefined)
  })

  it('leaves tool calls to the transcript, since it cannot name them', () => {
    const reading = read({ ...camel, toolName: 'bash', toolArgs: {}, toolResult: {} }, 'postToolUse')
    assert.equal([reading.observations, reading.moment], [[], undefined])
  })

  it('tells a subagent apart, in the session of its parent', () => {
    const child = { ...camel, sessionId: 'c1', agentId: 'c1', agentType: 'general-purpose', parentAgentId: 's1' }
    const stop = read({ ...child, transcriptPath: '/h/.copilot/session-state/s1/events.jsonl' }, 'agentStop')
    assert.equal([stop.session, stop.moment], ['s1', undefined])
    const prompt = { ...child, prompt: 'Do it' }
    const delivery = { agent: 'copilot', receivedAt: 7, event: 'userPromptSubmitted', payload: prompt } as const
    assert.equal(parseHook(delivery), { kind: 'untold' })
    const ended = read({ ...child, sessionId: 's1', response: 'Done.' }, 'subagentStop').observations
    assert.equal(ended.map(({ event }) => event), [{
      id: 'subagent-end:c1', subagent: 'c1', at: MILLIS,
      kind: 'subagent-end', agentType: 'general-purpose', text: 'Done.',
    }])
  })

  it('finds the session of a nested subagent by the path of its transcript', () => {
    const grandchild = { ...camel, sessionId: 'internal', agentId: 'g1', parentAgentId: 'c1', agentType: 'x' }
    const path = '/h/.copilot/session-state/s1/events.jsonl'
    assert.is(read({ ...grandchild, transcriptPath: path }, 'subagentStop').session, 's1')
  })

  it('reads the calls of VS Code, which have ids', () => {
    const payload = {
      timestamp: AT, hookEventName: 'PostToolUse', sessionId: 's1', cwd: '/p', tool_name: 'replace_string_in_file',
      transcript_path: '/u/workspaceStorage/h/GitHub.copilot-chat/transcripts/s1.jsonl',
      tool_input: { filePath: '/p/a.ts', oldString: 'a\nb\n', newString: 'a\nc\n' }, tool_response: 'ok',
      tool_use_id: 'call_1__vscode-1772105116075',
    }
    const reading = read(payload)
    assert.equal(reading.observations.map(({ event }) => event.id), ['call:call_1', 'result:call_1', 'change:call_1:0'])
    const change = reading.observations[2]!.event
    assert.equal(change.kind === 'file-change' && change.hunks?.[0]?.lines, [' a', '-b', '+c'])
    assert.equal(read(payload), reading)
  })

  it('AGT-12 shows of a prompt what the user typed', () => {
    const text = '<system_reminder>Be kind</system_reminder>\nGo on\n<system_reminder>x</system_reminder>'
    const [prompt] = read({ ...camel, prompt: text }, 'userPromptSubmitted').observations
    assert.is(prompt!.event.kind === 'prompt' && prompt!.event.text, 'Go on')
  })

  it('says why it cannot read a payload', () => {
    const reason = (payload: unknown, event?: string): string => {
      const reading = parseHook({ agent: 'copilot', receivedAt: 7, ...event === undefined ? {} : { event }, payload })
      return reading.kind === 'unreadable' ? reading.reason : ''
    }
    assert.is(reason([]), 'payload is not an object')
    assert.is(reason(camel), 'nobody says which event this is')
    assert.is(reason({ timestamp: 1 }, 'agentStop'), 'payload has no session id')
    assert.is(reason(camel, 'anythingNew'), '')
  })

  it('never throws', () => {
    const names = fc.constantFrom('userPromptSubmitted', 'postToolUse', 'subagentStart', 'subagentStop', 'agentStop',
      'sessionEnd', 'constructor', '')
    const keys = fc.constantFrom('sessionId', 'session_id', 'timestamp', 'prompt', 'agentId', 'parentAgentId',
      'tool_use_id', 'tool_name', 'tool_input', 'tool_response', 'transcriptPath', 'reason', 'hook_event_name')
    fc.assert(fc.property(names, fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 })), (event, payload) => {
      JSON.stringify(parseHook({ agent: 'copilot', receivedAt: 7, event, payload: { sessionId: 's1', ...payload } }))
    }), { numRuns: 500, seed: 3 })
  })
})
